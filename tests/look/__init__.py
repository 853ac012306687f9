"""The look: words, geometry, contrasts, and every component drawn in a real browser."""
