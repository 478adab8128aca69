"""Duplicate coverage: relations of articles, lineage, groups, stories."""
