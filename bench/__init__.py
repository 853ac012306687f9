"""What it costs: mails a second and milliseconds a page, and how both grow with the number of tickets."""
