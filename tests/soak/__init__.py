"""The soak test: many mails while everything is killed; every one is accounted for at the end."""
