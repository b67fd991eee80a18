"""A worker from Python without Qt: for the command line and for tests."""
