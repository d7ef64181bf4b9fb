"""The picture on the stage, and what is drawn on it."""
