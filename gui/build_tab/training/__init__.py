"""Training as the window has it: runs, their trainers, live edits and the way back in time."""
