"""What every Build panel shows: one present state, how it is made, and what replaces it."""
