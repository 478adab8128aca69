"""The places that alerts are sent to: ``webhook:URL``, ``mail:ADDRESS``, ``file:PATH``, ..."""

from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from semsearch.config import WatchSettings
from semsearch.errors import InvalidFeedError, InvalidWatchError
from semsearch.watch.addresses import target_of

WEBHOOK, MAIL, FILE, COMMAND = "webhook", "mail", "file", "command"
_MAX_CHARS = 2_000
_HIDDEN = "/…"


def kind_of(place: str) -> str:
    """What kind of place it is."""
    return place.partition(":")[0]


def rest_of(place: str) -> str:
    """Its address, path or program."""
    return place.partition(":")[2]


def is_webhook(place: str) -> bool:
    """Whether alerts are posted to it."""
    return kind_of(place) == WEBHOOK


def shown(place: str) -> str:
    """A place as it may be shown: the path of a webhook often is a password."""
    if not is_webhook(place):
        return place
    parts = urlsplit(rest_of(place))
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    hidden = _HIDDEN if parts.path.strip("/") or parts.query else parts.path
    return f"{WEBHOOK}:{parts.scheme}://{host}{hidden}"


def unmasked(places: Sequence[str], held: Sequence[str]) -> tuple[str, ...]:
    """Places, those whole that are given as they are shown: who changes a watch has read it so.

    Args:
        places: As they are given.
        held: Those that the watch has, whole.

    Raises:
        InvalidWatchError: One is given as it is shown, and the watch has none that looks so.
    """
    left = list(held)
    whole = []
    for place in places:
        if place not in left and is_webhook(place) and place.endswith(_HIDDEN):
            found = next((one for one in left if shown(one) == place), None)
            if found is None:
                raise InvalidWatchError(
                    f"{place} is an address as it is shown, without its path.",
                    "Give the address whole.",
                )
            place = found  # noqa: PLW2901
        if place in left:
            left.remove(place)
        whole.append(place)
    return tuple(whole)


def check_places(places: Sequence[str], settings: WatchSettings) -> None:
    """Return if alerts may be sent to all of some places.

    Raises:
        InvalidWatchError: One cannot be read, or the settings do not allow it.
    """
    for place in places:
        kind, rest = kind_of(place), rest_of(place)
        if len(place) > _MAX_CHARS or not place.isprintable() or not rest.strip():
            raise InvalidWatchError("A place is KIND:ADDRESS in at most 2,000 characters.")
        match kind:
            case "webhook":
                _check_address(rest, settings)
            case "mail":
                _check_mail(rest, settings)
            case "file":
                _check_file(rest, settings)
            case "command":
                _check_command(rest, settings)
            case _:
                raise InvalidWatchError(
                    f"Alerts cannot be sent to {kind[:30]!r}.",
                    "Say webhook:URL, mail:ADDRESS, file:PATH or command:NAME.",
                )


def _check_address(url: str, settings: WatchSettings) -> None:
    try:
        target = target_of(url)
    except InvalidFeedError as error:
        raise InvalidWatchError(error.message, error.hint) from None
    if target.is_plainly_private and not settings.allow_private:
        raise InvalidWatchError(
            f"{target.host} is no public address.",
            "Set watch.allow_private to send alerts to this machine and its network.",
        )


def _check_mail(address: str, settings: WatchSettings) -> None:
    if not settings.smtp_host:
        raise InvalidWatchError(
            "No mail can be sent: watch.smtp_host is not set.",
            "Set watch.smtp_host and watch.mail_from, or choose another place.",
        )
    name, found = parseaddr(address)
    if name or found != address or "@" not in address or any(c in address for c in ", \r\n"):
        raise InvalidWatchError("A mail address is like desk@news.example.")


def _check_file(path: str, settings: WatchSettings) -> None:
    if settings.files is None:
        raise InvalidWatchError(
            "No file can be written: watch.files is not set.",
            "Set watch.files to the folder that alerts may be written to.",
        )
    place = Path(path)
    if place.is_absolute() or ".." in place.parts or place.name in ("", "."):
        raise InvalidWatchError("A file is named within the folder of watch.files: alerts.jsonl.")


def _check_command(name: str, settings: WatchSettings) -> None:
    if name not in settings.commands:
        raise InvalidWatchError(
            f"There is no command {name[:50]!r} in watch.commands.",
            "Commands are named in the settings alone: who may make a watch may not run programs.",
        )
