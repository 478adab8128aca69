"""What a newcomer, an operator or a contributor runs."""
