"""Tests of what changes."""
