"""Everything that shows the system does what it says."""
