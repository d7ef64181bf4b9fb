"""Inside a picture network: its layers, all feature maps, and one number recomputed."""
