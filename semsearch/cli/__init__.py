"""The ``semsearch`` command."""

from semsearch.cli.app import main

__all__ = ["main"]
