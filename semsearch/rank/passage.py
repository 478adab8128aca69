"""The passage that is shown for a hit, and which of its words match."""

from collections.abc import Sequence

from semsearch.articles.article import Article, Field
from semsearch.articles.search import HitPassage
from semsearch.store.backend import ScoredPassage
from semsearch.store.lexical import words


def best_passage(
    article: Article, passages: Sequence[ScoredPassage], terms: Sequence[str]
) -> HitPassage:
    """The passage nearest to the question, with the question's words marked.

    A title is shown only where nothing else is held; between equally near passages (as when
    no vector was compared) the one with more of the question's words wins, then the first.

    Args:
        article: Whose passages these are.
        passages: At least one unless the article holds no embeddable text.
        terms: Index terms of the question.
    """
    texts = [one for one in passages if one.passage.field is not Field.TITLE] or list(passages)
    if not texts:
        return HitPassage(Field.TITLE, 0, len(article.title), article.title)
    wanted = set(terms)
    shown = [_shown(article, one, wanted) for one in texts]
    order = range(len(texts))
    best = max(order, key=lambda i: (round(texts[i].cosine, 6), len(shown[i].highlights), -i))
    return shown[best]


def _shown(article: Article, scored: ScoredPassage, wanted: set[str]) -> HitPassage:
    passage = scored.passage
    text = article.text(passage.field)[passage.start : passage.end]
    marked = tuple((word.start, word.end) for word in words(text) if word.term in wanted)
    return HitPassage(passage.field, passage.start, passage.end, text, marked)
