"""The window's frame: header with tabs, message bar and status bar."""
