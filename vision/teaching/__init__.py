"""Teaching with the user's own classes: collection, split, features and files."""
