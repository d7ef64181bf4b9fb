"""What an installed Glassnet is called from outside; the program itself lies in `_app`."""
