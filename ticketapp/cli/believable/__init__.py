"""Believable texts and people for bulk data and for the demo; nobody in them exists."""
