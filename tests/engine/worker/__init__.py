"""A real worker process, asked over its pipes."""
