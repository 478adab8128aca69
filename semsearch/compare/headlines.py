"""A headline among the others of the story: an order of closeness, no score."""

from collections.abc import Sequence

import numpy as np

from semsearch.compare.texts import Text
from semsearch.model.comparison import HeadlineView
from semsearch.text.tokens import phrases, words

METHOD = "words that no other headline uses; closest headline and own sentence by cosine"


def headline(text: Text, others: Sequence[Text]) -> HeadlineView:
    """One headline against those of other texts (``others`` in a fixed order)."""
    shown = text.article.headline
    elsewhere = {word.term for other in others for word in words(other.article.headline)}
    closest = None
    own = None
    if text.headline is not None:
        titled = [
            (other, float(other.headline @ text.headline))
            for other in others
            if other.headline is not None
        ]
        if titled:
            closest = max(titled, key=lambda one: round(one[1], 6))[0].article.id
        if text.is_full:
            own = text.main.span(int(np.argmax(np.round(text.main.vectors @ text.headline, 6))))
    return HeadlineView(
        article=text.article.id,
        text=shown,
        only_here=phrases(shown, words(shown), elsewhere),
        closest=closest,
        own_sentence=own,
        basis=text.article.basis,
        method=METHOD,
    )
