"""What the portal promises by browser."""
