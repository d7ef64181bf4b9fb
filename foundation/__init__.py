"""Code shared by the network, the vision library and the window."""
