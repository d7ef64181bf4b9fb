"""The data: tiles to choose from, an editable table, sliders, and the split."""
