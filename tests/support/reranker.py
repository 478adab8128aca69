"""A deterministic reranker that needs no model: words held in common."""

from collections.abc import Sequence

BATCH = 4


class OverlapReranker:
    """The share of the question's words that a text holds.

    Args:
        seconds: How long a batch takes, by ``clock``.
    """

    name = "overlap"
    batch = BATCH

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds
        self._now = 0.0
        self.read: list[str] = []

    def clock(self) -> float:
        return self._now

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        assert len(texts) <= BATCH or not self._seconds
        self._now += self._seconds
        self.read += texts
        asked = _words(question)
        return [len(asked & _words(text)) / max(len(asked), 1) for text in texts]


def _words(text: str) -> set[str]:
    return {word.strip(".,;:!?\"'()") for word in text.casefold().split()} - {""}
