"""Pages for people, and comparisons as documents."""
