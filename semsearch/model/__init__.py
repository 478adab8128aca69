"""What articles, queries and results are: frozen, without input or output."""
