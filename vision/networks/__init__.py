"""Networks at work: tried first, run, and what they say of a picture."""
