"""Where a Milvus is, and its errors as ours."""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from semsearch.errors import ConfigurationError, DamagedIndexError, EngineUnavailableError

_GONE = 100  # codes of Milvus: no such collection
_REFUSED = (1100, 1101, 1102)  # codes of Milvus: what was sent is at fault


class RefusedError(Exception):
    """Milvus does not take what was sent, and will not take it later."""


def read_address(url: str) -> tuple[str, dict[str, str]]:
    """What to call it in a message, and what pymilvus wants to know.

    Raises:
        ConfigurationError: It names no host.
    """
    kind, _, rest = url.removeprefix("milvus+").partition(":")
    if kind == "file":
        path = Path(rest.removeprefix("//"))
        return f"milvus+file:{path}", {
            "uri": str(path if path.suffix == ".db" else path / "milvus.db")
        }
    parts = urlsplit(f"{kind}:{rest}")
    if not parts.hostname:
        raise ConfigurationError("Setting index: the address of Milvus names no host.")
    host = parts.netloc.rpartition("@")[2]
    arguments = {"uri": urlunsplit((parts.scheme, host, "", "", ""))}
    if parts.username:
        arguments["token"] = f"{parts.username}:{parts.password or ''}"
    if parts.path.strip("/"):
        arguments["db_name"] = parts.path.strip("/")
    return f"milvus+{parts.scheme}://{host}", arguments


def our_error(error: Exception, place: str) -> Exception:
    """What an error of pymilvus means."""
    code = getattr(error, "code", None)
    told = str(getattr(error, "message", "") or error).partition("\n")[0][:300]
    if code == _GONE:
        return DamagedIndexError(f"{place} lacks what the catalog names: {told}")
    if code in _REFUSED or type(error).__name__ in {"ParamError", "DataNotMatchException"}:
        return RefusedError(told)
    return EngineUnavailableError(f"{place} does not answer: {told}")
