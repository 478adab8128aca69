"""Titles without what others append to them."""

import re

_BETWEEN = r"\s+[-|–—·•»:]+\s+"


def without_outlet(title: str, outlet: str) -> str:
    """A title without the name of its outlet behind it, as sites and aggregators append it."""
    if not outlet.strip():
        return title
    found = re.search(rf"{_BETWEEN}{re.escape(outlet.strip())}\s*\Z", title, re.IGNORECASE)
    return title[: found.start()] if found and found.start() else title
