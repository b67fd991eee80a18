"""Protocols: chosen, set up, played on the chosen cell, and what they found."""
