"""Pictures: reading, preparing for a network, and writing."""
