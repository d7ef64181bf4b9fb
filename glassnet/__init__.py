"""Glassnet where it is installed: its libraries are ``glassnet.model`` and ``glassnet.vision``."""
