"""What a machine needs before the tests can run."""
