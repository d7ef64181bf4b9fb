"""What a straight border can separate: how well, which one, and why not."""
