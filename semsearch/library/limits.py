"""How much is given at once."""

from dataclasses import dataclass

from semsearch.errors import (
    BatchTooLargeError,
    InvalidQueryError,
    PageTooDeepError,
    QuestionTooLongError,
    TooManyHitsError,
)

MAX_QUESTION_CHARS = 4_000
MAX_K = 1_000
MAX_DEPTH = 10_000
MAX_PAIRS = 1_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is given for one question.

    Attributes:
        question_chars: Characters of a question.
        k: Hits of a page.
        depth: Hits that lie before a page.
        pairs: Pairs of articles that are related at once.
    """

    question_chars: int = MAX_QUESTION_CHARS
    k: int = MAX_K
    depth: int = MAX_DEPTH
    pairs: int = MAX_PAIRS

    def check_question(self, text: str) -> None:
        """Return if a question may be that long.

        Raises:
            QuestionTooLongError: It may not.
        """
        if len(text) > self.question_chars:
            raise QuestionTooLongError(
                f"The question has {len(text):,} characters; {self.question_chars:,} are the limit."
            )

    def check_page(self, k: int, offset: int = 0) -> None:
        """Return if a page may be that large and lie that deep.

        Raises:
            InvalidQueryError: It has no hits.
            TooManyHitsError, PageTooDeepError: It may not.
        """
        if k < 1:
            raise InvalidQueryError(f"k must be at least 1, not {k}.")
        if k > self.k:
            raise TooManyHitsError(f"k may be {self.k:,} at most, not {k:,}.")
        if offset > self.depth:
            raise PageTooDeepError(
                f"The page lies behind {offset:,} hits; {self.depth:,} are the limit."
            )

    def check_pairs(self, number: int) -> None:
        """Return if so many pairs may be related at once.

        Raises:
            BatchTooLargeError: They may not.
        """
        if number > self.pairs:
            raise BatchTooLargeError(f"At most {self.pairs:,} pairs at once, not {number:,}.")
