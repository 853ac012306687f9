"""Tests of what is done by clock."""
