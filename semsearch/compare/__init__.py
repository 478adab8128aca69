"""Compare how providers tell one story."""
