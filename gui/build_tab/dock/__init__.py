"""The dock under the network: weights, lottery, loss landscape."""
