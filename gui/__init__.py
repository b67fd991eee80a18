"""The windows. Knows nothing of NEURON: that runs in a process of its own."""
