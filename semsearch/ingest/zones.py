"""Time zones as dates name them: offsets, abbreviations, names of the IANA database."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_HOURS = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0.0),
    **dict.fromkeys(("cet", "mez", "bst", "west"), 1.0),
    **dict.fromkeys(("cest", "mesz", "eet", "cat", "sast"), 2.0),
    **dict.fromkeys(("eest", "msk", "eat", "trt"), 3.0),
    "pkt": 5.0,
    "ist": 5.5,
    "npt": 5.75,
    "ict": 7.0,
    "wib": 7.0,
    "hkt": 8.0,
    "sgt": 8.0,
    "awst": 8.0,
    "jst": 9.0,
    "kst": 9.0,
    "acst": 9.5,
    "aest": 10.0,
    "acdt": 10.5,
    "aedt": 11.0,
    "nzst": 12.0,
    "nzdt": 13.0,
    "brt": -3.0,
    "nst": -3.5,
    "ndt": -2.5,
    "ast": -4.0,
    "adt": -3.0,
    "est": -5.0,
    "edt": -4.0,
    "cst": -6.0,
    "cdt": -5.0,
    "mst": -7.0,
    "mdt": -6.0,
    "pst": -8.0,
    "pdt": -7.0,
    "akst": -9.0,
    "akdt": -8.0,
    "hst": -10.0,
    "greenwich mean time": 0.0,
    "coordinated universal time": 0.0,
    "india standard time": 5.5,
    "eastern standard time": -5.0,
    "eastern daylight time": -4.0,
    "central standard time": -6.0,
    "central daylight time": -5.0,
    "mountain standard time": -7.0,
    "pacific standard time": -8.0,
    "mountain daylight time": -6.0,
    "pacific daylight time": -7.0,
    "british summer time": 1.0,
    "central european time": 1.0,
    "central european summer time": 2.0,
    "japan standard time": 9.0,
}
"""East of UTC. Where several zones share an abbreviation (IST, CST, BST, AST) the one that is met
in English news: India, North America, Britain, the Atlantic."""
_PLACES = {
    **dict.fromkeys(("et", "eastern", "eastern time"), "America/New_York"),
    **dict.fromkeys(("ct", "central", "central time"), "America/Chicago"),
    **dict.fromkeys(("mt", "mountain", "mountain time"), "America/Denver"),
    **dict.fromkeys(("pt", "pacific", "pacific time"), "America/Los_Angeles"),
    **dict.fromkeys(("uk time", "london"), "Europe/London"),
}
"""Names that stand for standard or summer time, whichever holds on the day."""
_NAMES = "|".join(sorted([*_HOURS, *_PLACES], key=len, reverse=True))
ZONE = re.compile(
    rf"\s*(?:(?P<area>[A-Z][A-Za-z]+(?:/[A-Za-z_-]+){{1,2}})"
    rf"|\(?(?:(?:utc|gmt)\s?)?(?P<sign>[-+−])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?(?!\d)\)?"
    rf"|\(?(?<![A-Za-z])(?P<name>{_NAMES})\b\.?\)?(?![-+−]\d))(?:\s*\([^()]{{1,60}}\)|\[[\w/]{{1,40}}\])?",
    re.IGNORECASE,
)
"""A zone right behind a time; ``zone_of`` reads what it finds."""


def zone_of(found: re.Match[str], near: datetime) -> tzinfo | None:
    """The zone that ``ZONE`` found, as it holds about a moment; None for one that says nothing.

    Raises:
        ValueError: There is no such zone.
    """
    if found["area"] or (found["name"] or "").lower() in _PLACES:
        try:
            zone = ZoneInfo(found["area"] or _PLACES[found["name"].lower()])
        except (KeyError, OSError):  # no such zone, or a folder of zones
            raise ValueError(f"no zone {found['area']}") from None
        return timezone(zone.utcoffset(near) or timedelta())
    if found["name"]:
        hours = _HOURS[found["name"].lower()]
        return timezone(timedelta(hours=hours)) if hours else UTC
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    if found["sign"] != "+":
        if not offset and found["sign"] == "-" and found["minutes"]:
            return None  # "-0000" says that the zone is not known (RFC 5322)
        offset = -offset
    return timezone(offset)
