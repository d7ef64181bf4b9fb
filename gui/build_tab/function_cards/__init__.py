"""Cards that explain activations and losses."""
