"""Measuring what runs have recorded."""
