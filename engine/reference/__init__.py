"""Traces of other programs and of recordings, to compare runs with: what a file offers, and its samples."""
