"""The failure drill: a backlog, a provider in trouble, workers killed at random, and what must hold in the end."""
