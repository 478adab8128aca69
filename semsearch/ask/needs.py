"""Several needs in one question, as in "Who built the dam, and when does the tram line open?".

Split only where two questions stand, or a question word follows "and", and only into parts that
say what they are about themselves. A part without a name of its own borrows those before it, so
that "how many ships were damaged" is not answered with other ships.

The whole question goes on ranking. All that is guaranteed is that each need's best article is among
the first hits: where it would not be, it is lifted there, and nothing else moves.
"""

import re
from collections.abc import Sequence

import numpy as np

from semsearch.ask.ranking import DIGITS, Column, Ranking
from semsearch.ask.terms import ASKING_WORDS, STOP_WORDS

FIRST = 10
_MAX_NEEDS = 4
_MIN_CONTENT_WORDS = 2
_ASKS = r"(?:what|when|where|who|whom|whose|why|which|how)\b"
_BETWEEN = re.compile(
    rf"\?\s+(?:and\s+|also,?\s+)?(?=\S)|[,;]?\s+(?:and|or)\s+(?={_ASKS})|;\s+(?={_ASKS})",
    re.IGNORECASE,
)
_STARTS = re.compile(
    rf"(?:in|on|at|by|for|from|to|with|of)?\s*{_ASKS}"
    r"|(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:he|she|it|they|him|them|his|her|hers|its|their|theirs|this|these|those|one|ones)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:[-.'’][^\W_]+)*")
_LIFT = 10.0**-DIGITS


def split_needs(question: str, typed: str) -> tuple[str, ...]:
    """The needs of a question, each as a question of its own; none where it has only one.

    Args:
        question: As it is searched: without outlets and times, mended.
        typed: As it was typed: it must begin by asking, too.
    """
    parts = [part.strip(" ,;?") for part in _BETWEEN.split(question)]
    if not 1 < len(parts) <= _MAX_NEEDS or not all(map(_stands_alone, parts)):
        return ()
    if not all(map(_STARTS.match, (typed, *parts[1:]))):
        return ()
    needs: list[str] = []
    names: list[str] = []
    for part in parts:
        own = _names(part)
        names = own or names
        needs.append(f"{part}?" if own or not names else f"{part} ({', '.join(names)})?")
    return tuple(needs)


def _stands_alone(part: str) -> bool:
    content = {word.lower() for word in _WORD.findall(part)} - STOP_WORDS - ASKING_WORDS
    return (
        len(content) >= _MIN_CONTENT_WORDS or bool(content and _names(part))
    ) and not _POINTS_BACK.search(part)


def _names(text: str) -> list[str]:
    """Runs of capitalised words and numbers, without the word that only begins the sentence."""
    found = re.findall(r"(?<!^)(?<![?.!]\s)\b(?:[A-Z\d][\w'’-]*)(?:\s+[A-Z\d][\w'’-]*)*", text)
    return list(dict.fromkeys(found))


def need_part(ranking: Ranking, best: Sequence[int], first: int) -> Column:
    """What lifts the best article of each need among the first hits, shape (n,) as the candidates.

    Args:
        ranking: By the whole question.
        best: The row of each need's best article, the most important need first; one that is not
            ranked is passed over.
        first: Among so many hits they shall be.

    Returns:
        0 for all that are there already; for the others just enough to pass the hit whose place
        they take.
    """
    part = np.zeros(len(ranking.pks))
    places = {int(row): place for place, row in enumerate(ranking.rows)}
    wanted = [row for row in dict.fromkeys(best) if row in places][:first]
    required = sorted(places[row] for row in wanted)
    if not required or required[-1] < first:
        return part
    # The hits before ``cut`` stay; behind them there is room for the required ones alone.
    cut = max(c for c in range(first) if c + sum(place >= c for place in required) <= first)
    lifted = [place for place in required if place >= cut]
    floor = ranking.scores[ranking.rows[cut]]
    for above, place in enumerate(reversed(lifted), start=1):
        row = ranking.rows[place]
        part[row] = max(floor + above * _LIFT - ranking.scores[row], 0.0)
    return part
