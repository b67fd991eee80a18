"""The panel of many cells at once: who fires when, and who is connected with whom."""
