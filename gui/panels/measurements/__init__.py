"""Measurements: numbers of traces and of regions of them, and plots made of traces and spikes."""
