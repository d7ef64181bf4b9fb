"""Pictures: read, prepared for a network, and written."""
