"""Snapshots of an index."""
