"""The words that a window, or a command line, and a worker exchange. Imports neither."""
