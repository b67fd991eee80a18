"""The document: what the user composes and what the simulation runs, as immutable values."""
