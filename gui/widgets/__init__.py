"""The few reusable widgets."""
