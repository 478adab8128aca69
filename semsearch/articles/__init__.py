"""The words of the domain as frozen dataclasses; no I/O, no clock, no other layer."""
