"""Plots that know numbers and colours, and nothing of the session."""
