"""What changes: verbs, one module a noun; the only place that commits."""
