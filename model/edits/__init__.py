"""The edits of an experiment, as pure functions."""
