"""The dock under the network: weights, seed lottery, loss landscape."""
