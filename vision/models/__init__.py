"""Models as a person has them: recognised, looked at, opened and fetched."""
