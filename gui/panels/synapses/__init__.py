"""The synapses onto the chosen cell: table, which of them are active, what drives them."""
