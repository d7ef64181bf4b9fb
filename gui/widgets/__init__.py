"""The shared widgets."""
