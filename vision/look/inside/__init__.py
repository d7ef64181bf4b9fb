"""Look inside a picture network: its layers, all their maps, and one number of a map recomputed."""
