"""What the classifier promises, shown through the real SDK against a server that speaks its protocol."""
