"""The Teach tab: an offline teachable machine whose head is the NumPy network."""
