"""The Build tab: a network by hand, trained and looked into."""
