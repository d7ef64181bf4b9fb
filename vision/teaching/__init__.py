"""Classes that a person makes of pictures: the collection, its split, its features, its file."""
