"""One training step in full numeric detail, and a check of its gradients."""
