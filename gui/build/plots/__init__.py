"""What every plot of Build is made of: axes, pens, keys and numbers."""
