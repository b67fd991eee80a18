"""The channels of the chosen cell: densities, passive properties, drugs, temperature."""
