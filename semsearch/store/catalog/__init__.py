"""The catalog: articles, passages, vectors and relations in one database, the truth."""
