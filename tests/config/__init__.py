"""The configuration and the file that lists it."""
