"""The network's output: map, scores, findings."""
