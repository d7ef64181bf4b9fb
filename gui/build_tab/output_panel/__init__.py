"""What the network computes: map, scores, findings."""
