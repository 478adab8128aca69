"""From files to articles: reading, cleaning, identity, passages."""
