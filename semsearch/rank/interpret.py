"""Reading the question."""

import unicodedata

from semsearch.articles.search import Interpreted
from semsearch.errors import InvalidQueryError

MAX_QUESTION_CHARS = 4_000


def interpret(text: str) -> Interpreted:
    """The question as it is searched.

    Raises:
        InvalidQueryError: Empty, longer than 4,000 characters, or broken Unicode.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidQueryError("The question holds broken Unicode.") from None
    read = " ".join(unicodedata.normalize("NFC", text.replace("\0", " ")).split())
    if not read:
        raise InvalidQueryError("The question is empty.", "Ask something, in any words.")
    if len(read) > MAX_QUESTION_CHARS:
        raise InvalidQueryError(
            f"The question has {len(read):,} characters; {MAX_QUESTION_CHARS:,} are the limit.",
            "To find articles like a long text, use: semsearch similar FILE (or POST /v1/similar).",
        )
    return Interpreted(text=read)
