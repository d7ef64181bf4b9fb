"""The drawing of the network, and everything a person does on it."""
