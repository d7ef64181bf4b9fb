"""The loss over time: its plot, the timeline below it, and the runs before."""
