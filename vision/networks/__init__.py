"""Networks at work: tried out, run, and their results."""
