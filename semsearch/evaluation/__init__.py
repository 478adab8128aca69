"""Measures over labelled sets of questions."""
