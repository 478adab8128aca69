"""What two texts share may be what somebody said: a speech, a statement, an interview.

Every report of it quotes the same sentences. Two reports are one text by what their writers wrote,
so that words between quotation marks, in either text, are no text in common.
"""

from typing import TYPE_CHECKING

import numpy as np

from semsearch.model.article import FIELDS
from semsearch.text.quotations import quotations
from semsearch.text.shingles import Hashes, contained, shingles

if TYPE_CHECKING:
    from semsearch.relate.profile import Profile

_MIN_WORDS = 30
"""Words of each text outside its quotations; of fewer nothing can be told."""
_MAX_SHARED = 0.2
"""Share of runs of five words outside quotations that the other text may have anywhere. Of read
pairs of one text none shares less than .33, of reports of one speech none more than .1."""


def share_speech_alone(a: "Profile", b: "Profile") -> bool:
    """Whether what two reports share was said by those they quote."""
    own, other = _prose(a), _prose(b)
    quoted = len(own) < int(a.words.is_report.sum()) or len(other) < int(b.words.is_report.sum())
    return (
        quoted
        and min(len(own), len(other)) >= _MIN_WORDS
        and contained(shingles(own), b.all_shingles) < _MAX_SHARED
        and contained(shingles(other), a.all_shingles) < _MAX_SHARED
    )


def _prose(profile: "Profile") -> Hashes:
    """The words of the report that stand in no quotation."""
    words = profile.words
    kept = words.is_report
    for number in np.unique(words.fields):
        places = np.flatnonzero(words.fields == number)
        for start, end in quotations(profile.article.text(FIELDS[number])):
            first = np.searchsorted(words.starts[places], start)
            last = np.searchsorted(words.ends[places], end, side="right")
            kept[places[first:last]] = False
    return words.hashes[kept]
