"""Everything semsearch raises on purpose.

::

    SemsearchError
    ├── InvalidRequestError          what was asked cannot be read
    │   ├── InvalidQueryError
    │   │   └── LimitError           more is asked for than is given at once
    │   │       ├── QuestionTooLongError
    │   │       ├── TooManyHitsError
    │   │       ├── PageTooDeepError
    │   │       ├── BatchTooLargeError
    │   │       └── DraftTooLongError
    │   ├── InvalidFilterError
    │   ├── InvalidArticleError
    │   ├── InvalidFeedError
    │   ├── InvalidWatchError
    │   └── InvalidPageTokenError
    ├── ConfigurationError           a setting is wrong
    ├── NotFoundError                what was named is not there
    │   ├── NoSuchIndexError
    │   ├── NoSuchArticleError
    │   ├── NoSuchGroupError
    │   ├── NoSuchStoryError
    │   ├── NoSuchFeedError
    │   ├── NoSuchWatchError
    │   ├── NoSuchAlertError
    │   └── NoSuchKeyError
    ├── ConflictError                the state of the index forbids it now
    │   ├── IndexLockedError
    │   ├── KeyExistsError
    │   ├── FeedExistsError
    │   ├── WatchExistsError
    │   ├── TooManyWatchesError
    │   ├── TooManyChangesError
    │   ├── StaleGenerationError
    │   ├── ClosedIndexError
    │   ├── ModelMismatchError
    │   │   └── ModelChangedError    the index changed its model while this process ran
    │   └── FormatMismatchError
    ├── DamagedIndexError            a file is not what the manifest says
    │   └── LostWritesError          the catalog lacks writes that could be searched
    ├── StorageError                 the disk refused
    ├── EngineUnavailableError       PostgreSQL or Milvus does not answer
    ├── ModelUnavailableError        the encoder cannot be loaded or run
    └── InterruptedWorkError         work was ended before it was done
        ├── TimeLimitError
        └── StoppingError

Each error says in one line what happened (``message``) and what to do (``hint``). None knows
an HTTP status or an exit code: ``api.problems`` and ``cli.common`` map classes to those.
What is wrong with one input record while reading is an ``UnreadableError``: reading turns it
into a ``Skipped`` entry of the report and goes on, so it never ends a run.
"""


class SemsearchError(Exception):
    """Root of the tree.

    Args:
        message: One line: what happened.
        hint: One line: what to do about it; empty where the message says it all.
    """

    hint_default = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.hint_default


class InvalidRequestError(SemsearchError):
    """What was asked cannot be read."""


class InvalidQueryError(InvalidRequestError):
    """The question is empty, too long, or has parameters outside their range."""


class InvalidFilterError(InvalidRequestError):
    """A filter names an unknown field or operator, or a value of the wrong type."""

    hint_default = (
        "Filter fields: provider, topic, category, type, language, quality, published, stub."
    )


class InvalidArticleError(InvalidRequestError):
    """An article sent for writing or comparing has no usable text or a broken field."""


class InvalidFeedError(InvalidRequestError):
    """An address, an interval or a list of feeds cannot be used, or there are too many feeds."""


class InvalidWatchError(InvalidRequestError):
    """A watch names nothing or too much to wait for, or a place that alerts cannot be sent to."""


class InvalidPageTokenError(InvalidRequestError):
    """A page token was altered or belongs to another question."""

    hint_default = "Ask the first page again."


class LimitError(InvalidQueryError):
    """More is asked for than is given at once; the limits are settings of the service."""


class QuestionTooLongError(LimitError):
    """A question has more characters than are read."""

    hint_default = (
        "To find articles like a long text, use: semsearch similar FILE (or POST /v1/similar)."
    )


class TooManyHitsError(LimitError):
    """A page was to have more hits than one may."""

    hint_default = "Ask for less and follow next_page_token."


class PageTooDeepError(LimitError):
    """A page lies behind more hits than are turned over."""

    hint_default = "Ask a narrower question, or filter."


class BatchTooLargeError(LimitError):
    """One request holds more articles or pairs than it may."""

    hint_default = "Send them in several requests."


class DraftTooLongError(LimitError):
    """A draft has more characters than are checked at once."""

    hint_default = "Check it in parts."


class ConfigurationError(SemsearchError):
    """A setting is unknown, of the wrong type or out of range."""


class NotFoundError(SemsearchError):
    """What was named does not exist."""


class NoSuchIndexError(NotFoundError):
    """There is no index in that folder."""

    hint_default = "Make one with: semsearch index PATH --index DIR"


class NoSuchArticleError(NotFoundError):
    """No article has that id."""

    hint_default = "Find its id: semsearch search."


class NoSuchGroupError(NotFoundError):
    """No group of articles with the same text has that id."""

    hint_default = "List them: semsearch duplicates."


class NoSuchStoryError(NotFoundError):
    """No story has that id."""


class NoSuchFeedError(NotFoundError):
    """No feed has that id or address."""

    hint_default = "See them with: semsearch feeds list"


class NoSuchWatchError(NotFoundError):
    """No watch has that id or name."""

    hint_default = "List them: semsearch watches list."


class NoSuchAlertError(NotFoundError):
    """No alert has that id."""

    hint_default = "List them: semsearch alerts."


class NoSuchKeyError(NotFoundError):
    """No key has that id or name."""

    hint_default = "See them with: semsearch keys list"


class ConflictError(SemsearchError):
    """The state of the index forbids this now."""


class IndexLockedError(ConflictError):
    """Another process is writing to the index."""

    hint_default = "Wait until it is done, or write through the running service."


class KeyExistsError(ConflictError):
    """A key that is in use has that name."""

    hint_default = "Choose another name, or revoke that key first."


class FeedExistsError(ConflictError):
    """There is a feed with that address already."""

    hint_default = "Change it, or remove it first."


class WatchExistsError(ConflictError):
    """A watch has that name."""

    hint_default = "Choose another name, or change that watch."


class TooManyWatchesError(ConflictError):
    """There are as many watches as there may be."""

    hint_default = "Remove some, or raise watch.most or watch.most_of_key."


class TooManyChangesError(ConflictError):
    """A key has made or changed too many watches within a minute."""

    hint_default = "Wait a minute, or raise watch.changes_per_minute."


class StaleGenerationError(ConflictError):
    """A page token is pinned to a generation that is no longer kept."""

    hint_default = "Ask the first page again."


class ClosedIndexError(ConflictError):
    """The index was closed by who now asks it."""

    hint_default = "Open it again: semsearch.open. Use it within the with block that opened it."


class ModelMismatchError(ConflictError):
    """The index was made with another model than the one configured."""


class ModelChangedError(ModelMismatchError):
    """The index was changed to another model while this process ran with the one before."""


class FormatMismatchError(ConflictError):
    """The index was written by a version of semsearch with another format."""


class DamagedIndexError(SemsearchError):
    """A file of the index is missing or is not what its manifest says."""

    hint_default = "Run: semsearch rebuild (nothing is encoded again)."


class LostWritesError(DamagedIndexError):
    """The catalog ends before what a generation shows: its last writes are lost."""

    hint_default = (
        "Put catalog.db-wal back, or restore a snapshot; or go on without those writes: "
        "semsearch doctor --repair."
    )


class StorageError(SemsearchError):
    """The operating system refused to read or write a file of the index."""


class EngineUnavailableError(SemsearchError):
    """PostgreSQL or Milvus cannot be reached, or did not answer in time."""

    hint_default = "Ask again; if it lasts, check that the server runs and can be reached."


class ModelUnavailableError(SemsearchError):
    """The encoder cannot be found, exported, loaded or run."""


class InterruptedWorkError(SemsearchError):
    """Work was ended before it was done; nothing of it is acknowledged."""


class TimeLimitError(InterruptedWorkError):
    """It would have taken longer than it may."""

    hint_default = "Ask for less at once."


class StoppingError(InterruptedWorkError):
    """The service is being stopped."""

    hint_default = "Try again when it is back."


class UnreadableError(Exception):
    """One input record cannot be read; becomes a ``Skipped`` entry, never ends a run.

    Args:
        reason: One line in plain words.
        line: 1-based line of the file, where known.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
