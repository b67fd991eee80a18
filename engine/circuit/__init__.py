"""Read-only access to SONATA circuits of both dialects, without NEURON."""
