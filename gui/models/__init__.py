"""Qt models of what panels list: they read, and never decide."""
