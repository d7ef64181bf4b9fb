"""The page that greets a person, before the workbench is there."""
