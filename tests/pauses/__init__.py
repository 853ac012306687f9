"""The machine the tests run on: when it stood still, and what to make of a test that failed meanwhile."""
