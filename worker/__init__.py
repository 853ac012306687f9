"""Who and when, by clock: polling the mailbox, processing, classifying, sending."""
