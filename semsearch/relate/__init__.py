"""Relate articles: pairs, duplicate groups, stories, lineage."""
