"""Look at what made a model say so."""
