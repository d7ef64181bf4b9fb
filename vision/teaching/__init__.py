"""The user's classes of pictures: collection, split, features and files."""
