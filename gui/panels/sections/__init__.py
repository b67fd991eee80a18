"""The sections of the chosen cell."""
