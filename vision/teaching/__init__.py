"""Classes that the user makes of pictures: the collection, its split, its features, its file."""
