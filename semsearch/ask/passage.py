"""The passage that is shown for a hit, its sentence that answers, and which of its words match."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from semsearch.model.article import Article, Field, Passage
from semsearch.model.search import HitPassage
from semsearch.text.sentences import sentences
from semsearch.text.tokens import Word, search_words

_MAX_EQUALS = 100
_KEPT = 4_096  # passages whose sentences are remembered: some are shown again and again


def best_passage(
    article: Article, passages: Sequence[tuple[Passage, float]], terms: Mapping[str, float]
) -> HitPassage:
    """The passage nearest to the question, with the question's words marked.

    A title is shown only where nothing else is held; between equally near passages (as when
    no vector was compared) the one with more of the question's words wins, then the first.

    Args:
        article: Whose passages these are.
        passages: With their cosines.
        terms: Index terms of the question and their weights.
    """
    equals = _nearest(passages)
    if not equals:
        return HitPassage(Field.TITLE, 0, len(article.title), article.title)
    marked = [_marked(article, passage, terms) for passage in equals]
    best = max(range(len(equals)), key=lambda i: (sum(terms[w.term] for w in marked[i]), -i))
    passage = equals[best]
    text = article.text(passage.field)[passage.start : passage.end]
    return HitPassage(
        passage.field,
        passage.start,
        passage.end,
        text,
        _merged(marked[best]),
        _answer(text, marked[best], terms),
    )


def nearest_text(article: Article, passages: Sequence[tuple[Passage, float]]) -> str:
    """The headline and the passage nearest to the question, for a model that reads both."""
    texts = [article.text(p.field)[p.start : p.end] for p in _nearest(passages)[:1]]
    return "\n\n".join(dict.fromkeys([article.headline, *texts]))


def _nearest(passages: Sequence[tuple[Passage, float]]) -> list[Passage]:
    """The nearest passages of excerpt and body, else of the title; several if equally near."""
    shown = [one for one in passages if one[0].field in (Field.EXCERPT, Field.BODY)]
    shown = shown or [one for one in passages if one[0].field is Field.TITLE]
    nearest = max((round(cosine, 6) for _, cosine in shown), default=0.0)
    return [passage for passage, cosine in shown if round(cosine, 6) == nearest][:_MAX_EQUALS]


def _marked(article: Article, passage: Passage, terms: Mapping[str, float]) -> list[Word]:
    text = article.text(passage.field)[passage.start : passage.end]
    return [word for word in search_words(text) if word.term in terms]


def _merged(marked: Sequence[Word]) -> tuple[tuple[int, int], ...]:
    """Spans of words; pairs of letters that overlap are one."""
    spans: list[tuple[int, int]] = []
    for word in marked:
        if spans and word.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], word.end)
        else:
            spans.append((word.start, word.end))
    return tuple(spans)


@lru_cache(_KEPT)
def _sentences(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(sentences(text))


def _answer(
    text: str, marked: Sequence[Word], terms: Mapping[str, float]
) -> tuple[int, int] | None:
    """The sentence with the most weight of different words of the question, the first of equals."""
    if not marked:
        return None
    best: tuple[float, tuple[int, int]] | None = None
    for start, end in _sentences(text):
        matched = {word.term for word in marked if start <= word.start < end}
        weight = sum(terms[term] for term in matched)
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, (start, end))
    return None if best is None else best[1]
