"""Maintain an index: check, snapshot, migrate, change its model."""
