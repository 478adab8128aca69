"""What was fetched, and why nothing was."""

from dataclasses import dataclass

FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
PAGE_TYPES = "text/html, application/xhtml+xml, */*;q=0.5"


class FetchError(Exception):
    """Nothing was fetched.

    Attributes:
        reason: Why, in plain words.
        gone: Whether nothing will ever be there again (410).
        passing: Whether it may be otherwise soon: a time-out, an outage, too many requests.
        wait: Seconds that the server asks to be left alone; 0: it does not say.
    """

    def __init__(
        self, reason: str, *, gone: bool = False, passing: bool = False, wait: float = 0.0
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.gone = gone
        self.passing = passing
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched.

    Attributes:
        url: Where it lay in the end.
        moved: The new address, where the one that was asked for has moved for good; empty: it has
            not.
        body: Its bytes, expanded; None: nothing has changed (304).
        content_type: Such as ``text/html``, in lower case; empty: the server does not say.
        charset: As the server says; empty: it does not.
        etag, last_modified: To ask with next time.
    """

    url: str
    moved: str
    body: bytes | None
    content_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
