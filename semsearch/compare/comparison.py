"""The comparison of a story, from its texts to everything that is said about them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from semsearch.compare import absence, contrast, frames, headlines, sourcing, timeline
from semsearch.compare.evidence import Claim
from semsearch.compare.facts import Place, facts, missing_from
from semsearch.compare.frames import Frames
from semsearch.compare.scorer import Scorer, published
from semsearch.compare.story import Story, speaker, tell
from semsearch.compare.texts import Text
from semsearch.compare.wording import LABELS_FROM, differing_words
from semsearch.model.article import Article, Basis, lag_hours
from semsearch.model.comparison import (
    ComparedArticle,
    Comparison,
    Difference,
    FrameContrast,
    MissingFact,
    ProviderView,
    SentenceRow,
    SentenceShares,
    SharedFact,
    Span,
    Status,
    Upstream,
    Wording,
)

ALIGNED = "sentences aligned by vectors, words, numbers and neighbouring sentences"
_OF_ONE_KIND = "values that count alike, neither of which the other text holds"

_MIN_WORDS = 8  # of a sentence that is said to be missing elsewhere
_MIN_OTHERS = 2  # providers that report what another does not


def compare(
    texts: Iterable[Text],
    known_frames: Frames,
    *,
    duplicates: Iterable[Iterable[str]] = (),
    sentences: bool = False,
    title: str = "",
    scorer: Scorer | None = None,
) -> Comparison:
    """Compare how providers tell a story; the same answer for any order of the texts.

    Args:
        texts: Two or more, with different article ids, each with at least one sentence.
        known_frames: What sentences are assigned to.
        duplicates: Groups of article ids with the same text; they count as one voice.
        sentences: Adds every sentence's status in every other article.
        title: Of the story; that of the first article unless given.
        scorer: The published one unless given.
    """
    texts = sorted(texts, key=lambda text: text.article.id)
    story = tell(texts, duplicates, scorer or published())
    joint = facts(story.alignments, story.speakers, story.scorer)
    disagreeing = list(_differences(story))
    return Comparison(
        articles=tuple(_article(article) for article in story.articles),
        voices=story.voices,
        providers=tuple(_provider(story, one, known_frames) for one in story.providers),
        shared_facts=tuple(_shared(story, fact) for fact in joint),
        reported_by_others_not_here=tuple(_missing(story, joint)),
        differs=tuple(one for certain, one in disagreeing if certain),
        may_differ=tuple(
            sorted((one for certain, one in disagreeing if not certain), key=lambda one: -one.score)
        ),
        common_upstream=_upstream(story),
        frame_contrast=_frame_contrast(story, known_frames),
        timeline=timeline.timeline(story.articles),
        evidence={claim.value: evidence for claim, evidence in story.evidence.items()},
        sentences=_sentence_rows(story, texts) if sentences else None,
        title=title or story.articles[0].headline,
    )


def _article(article: Article) -> ComparedArticle:
    return ComparedArticle(
        id=article.id,
        title=article.title,
        url=article.url,
        published=article.published,
        provider=article.provider,
        basis=article.basis,
        stub=article.stub,
    )


def _provider(story: Story, provider: str, known: Frames) -> ProviderView:
    own = [article for article in story.articles if speaker(article) == provider]
    first = min((a.published for a in story.articles if a.published), default=None)
    places, elsewhere = story.of(provider), story.not_of(provider)
    mains = [story.texts[place].main for place in places]
    others = story.others(provider)
    basis = _fullest(own)
    evidence = story.evidence
    return ProviderView(
        domain=own[0].provider.domain,
        name=own[0].provider.name,
        articles=tuple(article.id for article in own),
        basis=basis,
        published=own[0].published,
        lag_hours=lag_hours(own[0].published, first),
        headlines=tuple(headlines.headline(text, others) for text in story.headlined(provider)),
        sentences=_shares(story, places, elsewhere, basis),
        frames=frames.profile(mains, known, basis, evidence[Claim.FRAMES]),
        sourcing=sourcing.sourcing(own, basis, evidence[Claim.QUOTES]),
    )


def _fullest(articles: Iterable[Article]) -> Basis:
    held = {article.basis for article in articles}
    return next(basis for basis in Basis if basis in held)


def _shares(
    story: Story, places: Sequence[int], elsewhere: Sequence[int], basis: Basis
) -> SentenceShares:
    held = [place for place in elsewhere if story.texts[place].is_full]
    found: dict[Status, list[Span]] = {status: [] for status in Status}
    for place in places:
        main = story.texts[place].main
        tops = {other: story.alignments[place, other].top for other in elsewhere}
        for number in range(len(main)):
            if any(top[number] >= story.scorer.shared_from for top in tops.values()):
                status = Status.STATED
            elif held and all(tops[o][number] < story.scorer.not_found_below for o in held):
                status = Status.NOT_FOUND
            else:
                status = Status.UNCLEAR
            found[status].append(main.span(number))
    count = sum(len(spans) for spans in found.values())

    def share(status: Status) -> float | None:
        return round(len(found[status]) / count, 4) if count and elsewhere else None

    return SentenceShares(
        sentences=count,
        shared=share(Status.STATED),
        unclear=share(Status.UNCLEAR),
        only_here=share(Status.NOT_FOUND) if held else None,
        shared_sentences=tuple(found[Status.STATED]),
        unclear_sentences=tuple(found[Status.UNCLEAR]),
        only_here_sentences=tuple(found[Status.NOT_FOUND]),
        against=tuple(story.texts[place].article.id for place in held),
        basis=basis,
        method=ALIGNED,
        evidence=story.evidence[Claim.SHARED],
        evidence_only_here=story.evidence[Claim.NOT_FOUND],
    )


def _shared(story: Story, fact: Sequence[Place]) -> SharedFact:
    wording = []
    for (one, first), (other, second) in combinations(enumerate(fact), 2):
        score = float(story.alignments[first[0], second[0]].logits[first[1], second[1]])
        if score < story.scorer.shared_from:
            continue
        differing = differing_words(_text(story, first), _text(story, second))
        wording.append(
            Wording(
                a=one,
                b=other,
                score=absence.probability(score),
                only_a=differing.only_a,
                only_b=differing.only_b,
                labels=differing.labels if score >= LABELS_FROM else (),
            )
        )
    return SharedFact(
        sentences=tuple(story.sentence(place) for place in fact),
        wording=tuple(wording),
        basis=_least(story, [text for text, _ in fact]),
        method=ALIGNED,
        evidence=story.evidence[Claim.SHARED],
    )


def _missing(story: Story, joint: Sequence[Sequence[Place]]) -> Iterator[MissingFact]:
    for provider in story.providers:
        places = story.of(provider)
        own = [article for article in story.articles if speaker(article) == provider]
        held = all(article.basis is Basis.FULL for article in own)
        if not held or not all(story.texts[place].is_full for place in places):
            continue
        for fact in joint:
            long_enough = all(
                len(story.texts[text].main.words[number].terms) >= _MIN_WORDS
                for text, number in fact
            )
            if (
                long_enough
                and len(fact) >= _MIN_OTHERS
                and not any(text in places for text, _ in fact)
                and missing_from(fact, places, story.alignments, story.scorer)
            ):
                yield MissingFact(
                    provider=provider,
                    articles=tuple(article.id for article in own),
                    sentences=tuple(story.sentence(place) for place in fact),
                    status=Status.NOT_FOUND,
                    basis=Basis.FULL,
                    method=ALIGNED,
                    evidence=story.evidence[Claim.MISSING],
                )


def _differences(story: Story) -> Iterator[tuple[bool, Difference]]:
    """Values that do not agree, and whether both are of one thing for certain."""
    for (a, b), disagreements in story.disagreements.items():
        logits = story.alignments[a, b].logits
        for found in disagreements:
            claim = Claim.DIFFERS if found.certain else Claim.MAY_DIFFER
            yield (
                found.certain,
                Difference(
                    kind=found.kind,
                    a=story.sentence((a, found.i)),
                    b=story.sentence((b, found.j)),
                    value_a=found.a,
                    value_b=found.b,
                    score=absence.probability(float(logits[found.i, found.j])),
                    basis=_least(story, (a, b)),
                    method=ALIGNED if found.certain else _OF_ONE_KIND,
                    evidence=story.evidence[claim],
                ),
            )


def _text(story: Story, place: Place) -> str:
    return story.texts[place[0]].main.span(place[1]).text


def _least(story: Story, texts: Iterable[int]) -> Basis:
    """The least that is held of some texts."""
    held = {story.texts[text].article.basis for text in texts}
    return next(basis for basis in reversed(Basis) if basis in held)


def _upstream(story: Story) -> tuple[Upstream, ...]:
    named: dict[str, tuple[set[str], list[Span], set[Basis]]] = {}
    for article in story.articles:
        found = sourcing.sourcing([article], article.basis, story.evidence[Claim.QUOTES])
        for mention in (*found.agencies, *found.outlets):
            who, spans, held = named.setdefault(mention.name, (set(), [], set()))
            who.add(speaker(article))
            spans.extend(mention.spans)
            held.add(article.basis)
    return tuple(
        Upstream(
            name=name,
            providers=tuple(sorted(who)),
            spans=tuple(spans),
            basis=next(basis for basis in reversed(Basis) if basis in held),
            method=sourcing.METHOD,
            evidence=story.evidence[Claim.UPSTREAM],
        )
        for name, (who, spans, held) in sorted(named.items())
        if len(who) > 1
    )


def _frame_contrast(story: Story, known: Frames) -> tuple[FrameContrast, ...]:
    counts: dict[str, dict[str, int]] = {}
    totals: dict[str, int] = {}
    for voice, text in zip(story.voices, story.texts, strict=True):
        # A text that several carry would count for each of them; it is nobody's own choice.
        if len(voice.providers) > 1 or not text.is_full:
            continue
        assigned, _ = known.assign(text.main.vectors, text.main.words)
        provider = voice.providers[0]
        totals[provider] = totals.get(provider, 0) + len(assigned)
        own = counts.setdefault(provider, {})
        for frame in assigned.tolist():
            if frame >= 0:
                own[known.names[frame]] = own.get(known.names[frame], 0) + 1
    return tuple(
        FrameContrast(
            frame=found.frame,
            provider=found.provider,
            share=round(found.share, 4),
            others=round(found.others, 4),
            p=round(found.p, 6),
            basis=Basis.FULL,
            method=contrast.METHOD,
            evidence=story.evidence[Claim.FRAMES],
        )
        for found in contrast.contrasts(counts, totals)
    )


def _sentence_rows(story: Story, texts: Sequence[Text]) -> tuple[SentenceRow, ...]:
    places = {text.article.id: place for place, text in enumerate(story.texts)}

    def known(a: str, b: str) -> absence.Known | None:
        if a not in places or b not in places:
            return None
        one, other = places[a], places[b]
        conflicting = frozenset(
            (found.i, found.j) if one < other else (found.j, found.i)
            for found in story.disagreements.get((min(one, other), max(one, other)), ())
            if found.certain
        )
        return absence.Known(story.alignments[one, other], conflicting)

    rows: list[SentenceRow] = []
    for text in texts:
        others = [other for other in texts if other is not text]
        rows += absence.rows(text, others, known, story.scorer)
    return tuple(rows)
