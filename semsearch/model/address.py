"""Web addresses: their hosts, and the one form by which two are compared."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from semsearch.model.article import bare_host

_TRACKING = re.compile(
    r"^(utm_.*|ga_.*|mc_[ce]id|fbclid|gclid|dclid|msclkid|igshid|yclid|_hsenc|_hsmi|ocid|cmpid"
    r"|ref_src|guccounter|smid|partner|xtor|at_(medium|campaign|custom\d)|wt_z?mc|cmp|ito"
    r"|ns_(mchannel|source|campaign|linkname|fee)|__twitter_impression"
    r"|phpsessid|jsessionid|aspsessionid\w*)$",  # of a visit
    re.IGNORECASE,
)
_WAYBACK = re.compile(
    r"https?://web\.archive\.org/(?:web/)?\d{4,14}(?:[a-z]{2}_)?/(https?://\S+)", re.IGNORECASE
)
_VISIT = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_FOR_TELEPHONES = re.compile(r"\A(?:www\d|m|mobile|amp)\.(?=[^.]+\.[^.])")
_TRAILING = re.compile(r"[/\s]+\Z")  # blanks at the end of an address are no part of it
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"  # RFC 3986, 2.3
)
_KEPT = "/:@!$&'()*+,;=~%"  # as they stand in a path


def outlet_of(url: str) -> str:
    """The host that stands for the outlet of a page; empty where there is none.

    That of pages for telephones (``m.``, ``amp.``) is that of all others; of a copy in the Wayback
    Machine it is that of the original.
    """
    return _FOR_TELEPHONES.sub("", host_of(archived(url) or url), count=1)


def archived(url: str) -> str:
    """The address of which the Wayback Machine holds a copy at another; empty: it is no such."""
    found = _WAYBACK.match(url.strip())
    return found[1] if found else ""


def host_of(url: str) -> str:
    """The bare host of a URL; empty where there is none."""
    try:
        return bare_host(urlsplit(url.strip()).hostname or "")
    except ValueError:
        return ""


@lru_cache(maxsize=8_192)  # many articles link to one, and each address is asked for again
def canonical_url(url: str) -> str:
    """The address without scheme, ``www.``, tracking parameters, anchor and trailing slash.

    Hosts, escapes and dots in paths are normalised (RFC 3986, IDNA), the remaining parameters
    sorted. A fragment that begins with ``!`` or ``/`` is a page of its own and stays. Empty where
    the text is no web address.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = bare_host(_ascii(parts.hostname or ""))
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
    path = _VISIT.sub("", parts.path)
    path = _TRAILING.sub("", _without_dots(_escaped(_TRAILING.sub("", path))))
    return f"{host}{path}{query}{_route(parts.fragment)}"


def anchor_of(url: str) -> str:
    """The fragment that is no part of the canonical address, such as ``top``; may be empty."""
    try:
        fragment = urlsplit(url.strip()).fragment.strip()
    except ValueError:
        return ""
    return _escaped(fragment) if fragment.strip("!/") and not _route(fragment) else ""


def _route(fragment: str) -> str:
    """The fragment with its ``#`` where it names a page of a site that routes by it."""
    if not fragment.startswith(("!", "/")):
        return ""
    path = _TRAILING.sub("", _escaped(_TRAILING.sub("", fragment)))
    return f"#{path}" if path.strip("!/") else ""


def _escaped(path: str) -> str:
    """With capital escapes, and those alone that are needed."""
    path = _ESCAPE.sub(_escape, path)
    return quote(path, safe=_KEPT, errors="surrogatepass")


def _escape(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 16))
    return letter if letter in _UNRESERVED else f"%{found[1].upper()}"


def _without_dots(path: str) -> str:
    """With ``.`` and ``..`` followed (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[max(1, len(kept) - 1) :]  # the first is what stands before the root
        elif part != ".":
            kept.append(part)
    return "/".join(kept)


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    import idna  # noqa: PLC0415 - few hosts need its tables

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return host
