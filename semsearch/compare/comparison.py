"""Compare how providers tell a story, from its texts to everything that is said about them."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from semsearch.compare.aligned_story import (
    AlignedStory,
    align_story,
    fullest_basis,
    least_basis,
    provider_key,
)
from semsearch.compare.alignment import ALIGNED, published_scorer
from semsearch.compare.evidence import NOTHING, Claim, Published
from semsearch.compare.facts import (
    group_facts,
    missing_facts,
    sentence_rows,
    shared_fact,
    tells_something,
)
from semsearch.compare.frames import Frames, frame_profile
from semsearch.compare.sentences import ComparedText
from semsearch.compare.sourcing import METHOD, sourcing
from semsearch.deadline import go_on
from semsearch.model.article import Article, Basis, first_published, lag_hours, lag_precision
from semsearch.model.comparison import (
    ComparedArticle,
    Comparison,
    HeadlineView,
    ProviderView,
    SentenceShares,
    Span,
    Status,
    TimelineEntry,
    Upstream,
)
from semsearch.text.tokens import phrases, words

_HEADLINES = "words that no other headline uses; closest headline and own sentence by cosine"
_DATES = "publication dates as the articles give them"


def compare(
    texts: Iterable[ComparedText],
    frames: Frames,
    *,
    duplicates: Iterable[Iterable[str]] = (),
    sentences: bool = False,
    title: str = "",
    audited: Published = NOTHING,
) -> Comparison:
    """Compare how providers tell a story; the same answer for any order of the texts.

    Args:
        texts: Two or more, with different article ids, each with at least one sentence.
        frames: What sentences are assigned to.
        duplicates: Groups of article ids with the same text; they count as one voice.
        sentences: Adds every sentence's status in every other article.
        title: Of the story; that of the first article unless given.
        audited: Figures that an audit of the index published, by kind of claim.
    """
    story = align_story(texts, duplicates, published_scorer(), audited)
    first = first_published(story.articles)
    facts = group_facts(story)
    providers = tuple(_provider(story, each, first, frames) for each in story.providers)
    return Comparison(
        articles=tuple(_article(story.all_texts[each.id]) for each in story.articles),
        voices=story.voices,
        providers=providers,
        shared_facts=tuple(shared_fact(story, fact) for fact in facts),
        reported_by_others_not_here=tuple(missing_facts(story, facts)),
        common_upstream=_common_upstream(story, providers),
        timeline=tuple(_timeline_entry(article, first) for article in story.articles),
        evidence={claim.value: evidence for claim, evidence in story.evidence.items()},
        sentences=tuple(sentence_rows(story)) if sentences else None,
        title=title or story.articles[0].headline,
    )


def _article(text: ComparedText) -> ComparedArticle:
    article = text.article
    return ComparedArticle(
        id=article.id,
        title=article.title,
        url=article.url,
        published=article.published,
        precision=article.precision,
        provider=article.provider,
        basis=article.basis,
        stub=article.stub,
        partial=text.is_full and not text.is_whole,
    )


def _timeline_entry(article: Article, first: Article | None) -> TimelineEntry:
    return TimelineEntry(
        article=article.id,
        provider=provider_key(article),
        headline=article.headline,
        published=article.published,
        precision=article.precision,
        lag_hours=lag_hours(article, first),
        lag_precision=lag_precision(article, first),
        basis=article.basis,
        method=_DATES,
    )


def _provider(
    story: AlignedStory, provider: str, first: Article | None, frames: Frames
) -> ProviderView:
    go_on()
    articles, texts = story.articles_of(provider), story.texts_of(provider)
    ids = {article.id for article in articles}
    basis = fullest_basis(articles)
    # Of the texts that it carries its own copy, with its own headline.
    carried = [next(one for one in story.voices[text].carriers if one in ids) for text in texts]
    others = [story.all_texts[each.id] for each in story.articles if each.id not in ids]
    return ProviderView(
        domain=articles[0].provider.domain,
        name=articles[0].provider.name,
        articles=tuple(article.id for article in articles),
        basis=basis,
        published=articles[0].published,
        precision=articles[0].precision,
        lag_hours=lag_hours(articles[0], first),
        lag_precision=lag_precision(articles[0], first),
        headlines=tuple(headline_view(story.all_texts[one], others) for one in carried),
        sentences=_sentence_shares(story, ids, texts, basis),
        frames=frame_profile(
            [story.texts[text].main for text in texts],
            frames,
            basis,
            story.evidence[Claim.FRAMES],
        ),
        sourcing=sourcing(articles, basis, story.evidence[Claim.QUOTES]),
    )


def headline_view(text: ComparedText, others: Sequence[ComparedText]) -> HeadlineView:
    """One headline among those of other texts (``others`` in a fixed order)."""
    headline = text.article.headline
    elsewhere = frozenset[str]().union(*(other.headline_terms for other in others))
    closest = own = None
    if text.headline is not None:
        cosines = [
            (round(float(other.headline @ text.headline), 6), other.article.id)
            for other in others
            if other.headline is not None
        ]
        if cosines:
            closest = max(cosines, key=lambda each: each[0])[1]
        if text.is_full:
            own = text.main.span(int(np.argmax(np.round(text.main.vectors @ text.headline, 6))))
    return HeadlineView(
        article=text.article.id,
        text=headline,
        only_here=phrases(headline, words(headline), elsewhere),
        closest=closest,
        own_sentence=own,
        basis=text.article.basis,
        method=_HEADLINES,
    )


def _sentence_shares(
    story: AlignedStory, own: Collection[str], texts: Sequence[int], basis: Basis
) -> SentenceShares:
    elsewhere = [number for number in range(len(story.texts)) if number not in texts]
    against = {
        text: [number for number in elsewhere if story.may_lack(number, text)] for text in texts
    }
    known = frozenset().union(*(story.texts[number].terms for number in elsewhere))
    spans: dict[Status, list[Span]] = {status: [] for status in Status}
    for text in texts:
        main = story.texts[text].main
        # What is compared may be the copy of another outlet; its own may be cut.
        copies = [story.all_texts[one].terms for one in story.voices[text].carriers if one in own]
        there = [story.alignments[text, other] for other in elsewhere]
        stated = np.any([np.zeros(len(main)), *(each.shared.any(1) for each in there)], axis=0)
        likeliest = np.max([np.full(len(main), -np.inf), *(each.top for each in there)], axis=0)
        for number in range(len(main)):
            if stated[number]:
                status = Status.STATED
            elif (
                against[text]
                and any(main.words[number].content <= copy for copy in copies)
                and tells_something(main.span(number).text, known)
                and likeliest[number] < story.scorer.not_found_below
            ):
                status = Status.NOT_FOUND
            else:
                status = Status.UNCLEAR
            spans[status].append(main.span(number))
    full = sorted({number for numbers in against.values() for number in numbers})
    count = sum(map(len, spans.values()))

    def share(status: Status) -> float | None:
        return round(len(spans[status]) / count, 4) if count and elsewhere else None

    return SentenceShares(
        sentences=count,
        shared=share(Status.STATED),
        unclear=share(Status.UNCLEAR),
        only_here=share(Status.NOT_FOUND) if full else None,
        shared_sentences=tuple(spans[Status.STATED]),
        unclear_sentences=tuple(spans[Status.UNCLEAR]),
        only_here_sentences=tuple(spans[Status.NOT_FOUND]),
        against=tuple(story.texts[number].article.id for number in full),
        basis=basis,
        method=ALIGNED,
        evidence=story.evidence[Claim.SHARED],
        evidence_only_here=story.evidence[Claim.NOT_FOUND],
    )


def _common_upstream(story: AlignedStory, views: Iterable[ProviderView]) -> tuple[Upstream, ...]:
    """Agencies and outlets that articles of two or more providers name."""
    alone = {view.articles[0]: view.sourcing for view in views if len(view.articles) == 1}
    naming: dict[str, list[tuple[Article, Sequence[Span]]]] = {}
    for article in story.articles:
        named = alone.get(article.id) or sourcing(
            [article], article.basis, story.evidence[Claim.QUOTES]
        )
        for mention in (*named.agencies, *named.outlets):
            naming.setdefault(mention.name, []).append((article, mention.spans))
    common = []
    for name, mentions in sorted(naming.items()):
        providers = {provider_key(article) for article, _ in mentions}
        if len(providers) > 1:
            common.append(
                Upstream(
                    name=name,
                    providers=tuple(sorted(providers)),
                    spans=tuple(span for _, spans in mentions for span in spans),
                    basis=least_basis(article for article, _ in mentions),
                    method=METHOD,
                    evidence=story.evidence[Claim.UPSTREAM],
                )
            )
    return tuple(common)
