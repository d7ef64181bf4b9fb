"""The microscope: every number of one training step on one row, part by part."""
