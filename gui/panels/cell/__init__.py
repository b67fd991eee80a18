"""The cell itself: its shape, what happens in it, and when."""
