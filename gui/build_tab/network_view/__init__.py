"""The drawing of the network, with all its mouse and keyboard commands."""
