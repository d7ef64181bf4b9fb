"""The data panel: data tiles, an editable table, sliders, and the split."""
