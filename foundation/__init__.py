"""What the network, the pictures and the window share."""
