"""Lessons and challenges beside any tab, and what both read from the window."""
