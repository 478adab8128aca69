"""What lasts: the catalog (the truth) and the generations derived from it."""
