"""What the user can change about an experiment, as functions from one value to the next."""
