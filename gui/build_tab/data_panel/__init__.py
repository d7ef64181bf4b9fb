"""What the network learns from: tiles to choose, a table to edit, sliders, and the split."""
