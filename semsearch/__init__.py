"""semsearch: semantic search for news archives, with evidence for every claim."""

__version__ = "0.1.0"
