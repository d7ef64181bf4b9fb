"""The loss over the epochs, and the timeline."""
