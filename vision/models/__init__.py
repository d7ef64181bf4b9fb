"""Models as the user has them: recognised, looked at, opened and fetched."""
