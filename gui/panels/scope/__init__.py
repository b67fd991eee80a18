"""The scope: what a run records, while it does, under what its stimuli will play."""
