"""Look inside the network that names pictures."""
