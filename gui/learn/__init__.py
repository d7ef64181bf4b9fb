"""Lessons and challenges at the left of any tab, and their view of the window."""
