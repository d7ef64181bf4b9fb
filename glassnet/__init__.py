"""The installed package: its libraries are ``glassnet.model`` and ``glassnet.vision``."""
