"""The Build tab: a network built by hand, trained and inspected."""
