"""The output panel: grades, the confusion matrix, the probe, and the cards of insight."""
