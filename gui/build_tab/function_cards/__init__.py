"""Cards that explain the activations and losses that can be chosen."""
