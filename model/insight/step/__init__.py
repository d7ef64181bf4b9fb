"""One training step, number by number, and the check of its gradients."""
