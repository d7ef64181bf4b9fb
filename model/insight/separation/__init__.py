"""What a straight border can separate: how far, by which, and why not."""
