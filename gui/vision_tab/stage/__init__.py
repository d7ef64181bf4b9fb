"""The picture on the screen, and what is said of it."""
