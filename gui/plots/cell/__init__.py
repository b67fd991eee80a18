"""A cell, drawn: in space, flat, or as a tree; with what is on it, and what is under the mouse."""
