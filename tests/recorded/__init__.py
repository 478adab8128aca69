"""Recorded answers, which a change of structure must not change."""
