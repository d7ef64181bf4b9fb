"""The page shown before the workbench."""
