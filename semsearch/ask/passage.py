"""The passage that is shown for a hit, its sentence that answers, and which of its words match."""

from collections.abc import Mapping, Sequence

from semsearch.ask.answering import Around, Asked, nearest_read, sentences_of
from semsearch.ask.asked import is_cased
from semsearch.model.article import Article, Field, Passage
from semsearch.model.search import HitPassage
from semsearch.text.statements import is_notice
from semsearch.text.tokens import Word, search_words
from semsearch.text.tokens import terms as terms_of

_MAX_EQUALS = 100
_BY_NAMES = 0.3  # of a sentence with a value, beside the words that say what was done
_ENOUGH = 0.25  # of what is asked, by weight


def best_passage(
    article: Article,
    passages: Sequence[tuple[Passage, float]],
    terms: Mapping[str, float],
    asked: Asked | None = None,
) -> HitPassage:
    """The passage nearest to the question, with the question's words marked.

    Where the question asks for a kind of value, and none of its sentences answers, the nearest one
    of the next few whose sentence does is shown.

    A title is shown only where nothing else is held; between equally near passages (as when
    no vector was compared) the one with more of the question's words wins, then the first.

    Args:
        article: Whose passages these are.
        passages: With their cosines.
        terms: Index terms of the question and their weights.
        asked: What it asks; None: no sentence is named.
    """
    equals = _nearest(passages)
    if not equals:
        return HitPassage(Field.TITLE, 0, len(article.title), article.title)
    marked = [_marked(article, passage, terms) for passage in equals]
    best = max(range(len(equals)), key=lambda i: (sum(terms[w.term] for w in marked[i]), -i))
    passage, words_in_it = equals[best], marked[best]
    answer = None if asked is None else _answer(article, passage, asked)
    if asked is not None and asked.kind is not None and answer is None:
        for other in nearest_read(passages):
            answer = _answer(article, other, asked)
            if answer is not None:
                passage, words_in_it = other, _marked(article, other, terms)
                break
    text = article.text(passage.field)[passage.start : passage.end]
    return HitPassage(passage.field, passage.start, passage.end, text, _merged(words_in_it), answer)


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


def _answer(article: Article, passage: Passage, asked: Asked) -> tuple[int, int] | None:
    """The sentence that answers best, the first of equals; None where none does.

    It is no link, caption or notice, says enough of what is asked, and holds a value of the kind
    that is asked for.
    """
    field = passage.field
    text = article.text(field)[passage.start : passage.end]
    spans = sentences_of(text)
    around = Around.of(article)
    cased = is_cased(article.text(field))
    best: tuple[float, tuple[int, int]] | None = None
    for span in spans:
        sentence = text[slice(*span)]
        if is_notice(sentence) or not asked.has_value(sentence, cased=cased):
            continue
        said = terms_of(sentence)
        share = asked.said(said, around)
        if asked.kind is not None:
            share = (asked.held(said, around) + _BY_NAMES * share) / (1 + _BY_NAMES)
        if share >= _ENOUGH and (best is None or share > best[0]):
            best = (share, span)
    return None if best is None else best[1]
