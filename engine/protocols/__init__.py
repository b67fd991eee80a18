"""Families of runs that measure a cell: what is varied, how each sweep looks, and what comes of them."""
