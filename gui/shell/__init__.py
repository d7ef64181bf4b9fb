"""The window's frame: header with tabs, message bar, status bar."""
