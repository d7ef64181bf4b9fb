"""The decision map: what the network answers over two inputs, and the examples on it."""
