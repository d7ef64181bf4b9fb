"""The user's models: recognised, checked, opened and downloaded."""
