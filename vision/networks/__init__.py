"""Networks in use: their trial, their runs and their results."""
