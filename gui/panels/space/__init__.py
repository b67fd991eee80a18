"""Values along the cell: at a moment on the way between two points, and how signals fall off."""
