"""Whether two teasers, an excerpt of a sentence or two each, stand for two articles.

So little text may be the same under two headlines: of an announcement and of what came of it,
of a series and of each of its parts.
"""

import re
from typing import TYPE_CHECKING

from semsearch.relate.slots import titles_conflict
from semsearch.text.tokens import FUNCTION_TERMS

if TYPE_CHECKING:
    from semsearch.relate.profile import Profile

MAX_WORDS = 60.0
"""Of a text that is no more than a teaser."""
_LETTERS = 4
_STEM = 5  # letters that a word keeps when it is inflected


def are_on_two_things(a: "Profile", b: "Profile", *, is_other_day: bool) -> bool:
    """Whether two teasers of one outlet are on two things, as their titles tell.

    Of two days: where the titles name different things, each says something that the other does
    not ("in public preview", "now generally available"), or one has a figure that
    neither text has. Of one day,
    where one text may be another's correction: where each text has what its own title alone says,
    and nothing of what the other title alone says.
    """
    titles = a.article.title, b.article.title
    only_a, only_b = _only(*titles), _only(*reversed(titles))
    text_a, text_b = (_stems(f"{it.article.excerpt} {it.article.body}") for it in (a, b))
    numbered = any(re.search(r"\d", word) for word in (only_a | only_b) - text_a - text_b)
    if is_other_day and (numbered or (only_a and only_b) or titles_conflict(a, b)):
        return True
    return bool(only_a & text_a and only_b & text_b and not only_b & text_a and not only_a & text_b)


def _only(title: str, other: str) -> set[str]:
    """The stems of a title that the other has nowhere; "datacenter" has those of "data center"."""
    joined = "".join(re.findall(r"[^\W_]+", other.casefold()))
    return {
        stem
        for stem in _stems(title) - _stems(other)
        if stem not in joined or any(map(str.isdigit, stem))
    }


def _stems(text: str) -> set[str]:
    """How the words of a text begin, without those that say little."""
    words = re.findall(rf"[^\W_]{{{_LETTERS},}}|[^\W_]*\d[^\W_]*", text.casefold())
    return {word[:_STEM] for word in words if word not in FUNCTION_TERMS}
