"""Whether the archive seems to hold an answer at all."""

from semsearch.articles.search import Confidence

_HIGH = 0.5
_LOW = 0.25


def confidence(best_cosine: float | None) -> Confidence:
    """A first, coarse reading of the nearest passage's cosine with the question.

    Args:
        best_cosine: Of the best hit; None where vectors were not compared or nothing was found.
    """
    if best_cosine is None:
        return Confidence.LOW
    if best_cosine >= _HIGH:
        return Confidence.HIGH
    return Confidence.LOW if best_cosine >= _LOW else Confidence.NONE
