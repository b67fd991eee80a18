"""The experiment: what takes part, what is done to it, what is recorded."""
