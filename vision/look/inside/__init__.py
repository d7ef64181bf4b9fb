"""Inside a picture network: its layers, all feature maps, and one value recomputed."""
