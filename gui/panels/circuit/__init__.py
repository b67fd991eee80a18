"""The circuit: its tree, the table of its cells, and the map of their somata."""
