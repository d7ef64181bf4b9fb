"""The page "Look inside" of a classifier."""
