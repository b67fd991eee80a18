"""Sources of spikes: what the panels of the experiment and the synapses offer, and what is asked for them."""
