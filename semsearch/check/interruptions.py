"""Where a text interrupts a quotation to say who speaks: "We stay," she said, "to the end"."""

import re

from semsearch.check.quotations import SAYS
from semsearch.check.words import Words

# Marks that open as well as close are told by the blank beside them.
_CLOSED = re.compile("[”’»」』]|(?<=\\S)[\"'“](?!\\w)")
_OPENED = re.compile("(?:[“‘«„»「『]\\s?|(?<![^\\s(—–-])[\"'])(?:…\\s?)?$")
# Speech that is broken off has a comma or another stop at its closing mark; "a mess" and "a
# failure" are two quotations.
_STOPPED = re.compile("[.,!?…—–-]\\s?[”\"’'»“」』]|[”\"’'»“」』][.,;:]")
_SAYS = re.compile(rf"\b(?:{SAYS}|according\s+to)\b", re.IGNORECASE)
_NEXT_SENTENCE = re.compile(r"[a-z]{4,}[.!?]\s+[^\W_]")  # after no abbreviation
_GOES_ON = re.compile("\\s?(?:[,–—-]\\s?[”\"’'»“」』]|[”\"’'»“」』],)")
_TITLE = 4  # words of a name in quotation marks
_SHORT, _LONGEST = 12, 40
"""Words between two parts of a quotation: without a verb of speech that is known here, and with."""


def without_interruptions(held: Words, text: str) -> Words | None:
    """The words of a text without those that only say who speaks, where a quotation goes on.

    Returns:
        None where nothing interrupts a quotation.
    """
    closing: int | None = None  # the word after which a quotation was closed last
    resumed = 0  # the word with which one went on last
    left_out: set[int] = set()
    spans = held.spans
    for place in range(1, len(held)):
        first, last = spans[place - 1][1], spans[place][0]
        if last - first == 1:
            continue
        if closing is not None and place - closing > _LONGEST:
            closing = None
        closed, opened = _CLOSED.search(text, first, last), _OPENED.search(text, first, last)
        if closed and opened and resumed and place - resumed <= _TITLE:
            left_out.update(range(resumed, place))  # said on “This Week.” “We stay.”
            resumed = place
        elif closing is not None and opened:
            if _only_says_who(text[spans[closing - 1][1] : last], place - closing):
                left_out.update(range(closing, place))
                resumed = place
            closing = None
        elif closed:
            closing = place if _STOPPED.search(text, first, last) else None
    if not left_out:
        return None
    return held.only([place for place in range(len(held)) if place not in left_out])


def _only_says_who(between: str, words: int) -> bool:
    """Whether what stands between a closing and an opening mark names the speaker alone."""
    if _SAYS.search(between):
        return _NEXT_SENTENCE.search(between) is None
    return words <= _SHORT and "\n" not in between and _GOES_ON.match(between) is not None
