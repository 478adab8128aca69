"""URLs as identity: two spellings of one address become one text."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKING = re.compile(
    r"^(utm_.*|ga_.*|mc_[ce]id|fbclid|gclid|dclid|msclkid|igshid|yclid|_hsenc|_hsmi|ocid|cmpid"
    r"|ref_src|guccounter|smid|partner|xtor|at_(medium|campaign|custom\d))$",
    re.IGNORECASE,
)

_TRAILING = re.compile(r"[/\s]+\Z")  # blanks at the end of an address are no part of it


def bare_host(host: str) -> str:
    """Lower case, without a leading ``www.`` or a trailing dot."""
    return host.casefold().rstrip(".").removeprefix("www.")


def host_of(url: str) -> str:
    """The bare host of a URL; empty where there is none."""
    try:
        return bare_host(urlsplit(url.strip()).hostname or "")
    except ValueError:
        return ""


def canonical_url(url: str) -> str:
    """The address without scheme, ``www.``, tracking parameters, fragment and trailing slash.

    The remaining parameters are sorted. Empty where the text is no web address.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = bare_host(parts.hostname or "")
        # Escapes that are not UTF-8 stay apart: "?t=%E8" and "?t=%E9" are two addresses.
        parameters = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
        kept = sorted((key, value) for key, value in parameters if not _TRACKING.match(key))
        query = f"?{urlencode(kept, errors='surrogateescape')}" if kept else ""
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    if port is not None and port not in (80, 443):
        host = f"{host}:{port}"
    return f"{host}{_TRAILING.sub('', parts.path)}{query}"
