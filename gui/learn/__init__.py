"""Lessons beside any tab, challenges, and what both read off the window."""
