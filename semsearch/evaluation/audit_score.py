"""Score filled sheets of an audit: precision by kind, and how far two readers agree."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from semsearch.errors import InvalidRequestError
from semsearch.evaluation.audit_claims import Kind
from semsearch.index import Index
from semsearch.model.comparison import Precision

_READERS = 2
_MOST_SHEETS = 3
_Z = 1.959964  # 97.5 % quantile of the normal distribution

CLAIMS = {
    Kind.STORY: "stories of three or more articles: one event",
    Kind.STORY_PAIR: "pairs of articles of a story: one event",
    Kind.SHARED: "shared facts: all sentences report the same",
    Kind.MISSING: "reported by others and not here",
    Kind.NOT_FOUND: "sentences only here: absent elsewhere and worth showing",
    Kind.FRAMES: "frames of the sentences that stand for them",
    Kind.QUOTES: "quoted shares of an outlet's text",
    Kind.SOURCING: "sources of an outlet",
    Kind.UPSTREAM: "sources that several outlets have",
    Kind.GROUP: "groups of duplicates: one text",
    Kind.ORIGINAL: "named originals",
    Kind.COPIED_FROM: "copied, edited or had from",
    Kind.RELATION_IN_STORY: "relations of pairs of a story",
    Kind.RELATION_OF_OVERLAP: "relations of pairs with much text in common",
}
"""What is right of each kind where a claim is right."""


class Verdict(StrEnum):
    """What a reader says of a claim."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A row of a filled sheet; ``verdict`` is None where the cell is empty."""

    id: str
    kind: Kind
    verdict: Verdict | None
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """What one reader says of the claims of one draw."""

    name: str
    draw: str
    claims: tuple[JudgedClaim, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the first two readers of the same claims agree.

    Attributes:
        n: Claims that both judged.
        share: Of them with the same verdict, 0-1.
        kappa: Cohen's: the share beyond what chance gives readers with these habits, -1 to 1; None
            where both gave one and the same verdict throughout.
    """

    n: int
    share: float
    kappa: float | None


@dataclass(frozen=True, slots=True)
class KindScore:
    """How often claims of a kind are right.

    Attributes:
        claims: Of what, in words.
        n: Claims that count: judged right or wrong by one reader, by two who agree, or, where they
            do not, by a third.
        right: Of these.
        precision: ``right / n``; None where none counts.
        interval: 95 % interval of it, Wilson's; None likewise.
        unsure: Claims that stay unsure.
        unsettled: Claims on which two readers do not agree and no third one decided.
        unread: Claims without a verdict of every reader.
        agreement: Of two readers; None where there is one.
    """

    kind: Kind
    claims: str
    n: int
    right: int
    precision: float | None
    interval: tuple[float, float] | None
    unsure: int
    unsettled: int
    unread: int
    agreement: Agreement | None


@dataclass(frozen=True, slots=True)
class AuditScore:
    """The scores of all kinds.

    Attributes:
        draws: What was drawn: index, generation and seed, in words.
        kinds: In the order of kinds.
        agreement: Over all kinds.
        articles: Ids of the articles that the claims are about.
    """

    draws: tuple[str, ...]
    kinds: tuple[KindScore, ...]
    agreement: Agreement | None
    articles: tuple[str, ...]


def score(sheets: Sequence[FilledSheet], *, pool: bool = False) -> AuditScore:
    """Precision by kind over all sheets.

    The first two sheets that hold a claim are its readers, in the order given; a third one settles
    what they do not agree on.

    ``pool``: claims of several draws are counted together.

    Raises:
        InvalidRequestError: They do not belong together: they are of several draws and not to be
            pooled, a claim has two kinds, or stands twice in one sheet or in more than three.
    """
    draws = tuple(dict.fromkeys(sheet.draw for sheet in sheets))
    if len(draws) > 1 and not pool:
        raise InvalidRequestError(
            f"These sheets are of different draws: {'; '.join(draws)}.",
            "Name sheets of one draw, or count all claims together with --pool.",
        )
    kind_of: dict[tuple[str, str], Kind] = {}
    verdicts: dict[tuple[str, str], list[Verdict | None]] = {}
    for sheet in sheets:
        twice = [i for i, count in Counter(one.id for one in sheet.claims).items() if count > 1]
        if twice:
            raise InvalidRequestError(f"{sheet.name} holds the claim {twice[0]} twice.")
        for one in sheet.claims:
            claim = sheet.draw, one.id
            if kind_of.setdefault(claim, one.kind) is not one.kind:
                raise InvalidRequestError(f"The claim {one.id} has two kinds in these sheets.")
            verdicts.setdefault(claim, []).append(one.verdict)
            if len(verdicts[claim]) > _MOST_SHEETS:
                raise InvalidRequestError(
                    f"The claim {one.id} stands in more than three sheets.",
                    "Two readers count, and a third who settles what they do not agree on.",
                )
    by_kind = {
        kind: [given for claim, given in verdicts.items() if kind_of[claim] is kind]
        for kind in Kind
    }
    articles = {i for sheet in sheets for one in sheet.claims for i in one.articles}
    return AuditScore(
        draws=draws,
        kinds=tuple(_score(kind, given) for kind, given in by_kind.items() if given),
        agreement=agreement(verdicts.values()),
        articles=tuple(sorted(articles)),
    )


def _score(kind: Kind, claims: Sequence[Sequence[Verdict | None]]) -> KindScore:
    outcomes = Counter(_settled(given) for given in claims)
    right, n = outcomes["right"], outcomes["right"] + outcomes["wrong"]
    return KindScore(
        kind=kind,
        claims=CLAIMS[kind],
        n=n,
        right=right,
        precision=round(right / n, 4) if n else None,
        interval=wilson(right, n) if n else None,
        unsure=outcomes["unsure"],
        unsettled=outcomes["unsettled"],
        unread=outcomes["unread"],
        agreement=agreement(claims),
    )


def _settled(given: Sequence[Verdict | None]) -> str:
    """The verdict that counts, or why there is none: ``unsettled`` or ``unread``."""
    readers = set(given[:_READERS])
    if len(readers) == 1 and None not in readers:
        return str(given[0])
    if len(given) == _MOST_SHEETS and given[-1] is not None:
        return str(given[-1])
    return "unread" if None in readers else "unsettled"


def agreement(claims: Iterable[Sequence[Verdict | None]]) -> Agreement | None:
    """Percent agreement and Cohen's kappa of the first two readers; None where none has two."""
    pairs = [tuple(given[:_READERS]) for given in claims if len(given) >= _READERS]
    both = [pair for pair in pairs if None not in pair]
    if not both:
        return None
    n = len(both)
    same = sum(a is b for a, b in both) / n
    first, second = Counter(a for a, _ in both), Counter(b for _, b in both)
    chance = sum(first[verdict] * second[verdict] for verdict in Verdict) / n**2
    kappa = None if math.isclose(chance, 1) else round((same - chance) / (1 - chance), 4)
    return Agreement(n, round(same, 4), kappa)


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share, after Wilson (1927)."""
    share, square = right / n, _Z**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = _Z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n**2))
    return round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)


def publish(index: Index, scored: AuditScore, at: date) -> Mapping[str, Precision]:
    """Keep the figures with the index, so that its answers quote them.

    Kinds that were not audited keep what was published before.

    Raises:
        InvalidRequestError: No claim counts, or an article is not in the index.
        IndexLockedError: Another process writes to the index.
    """
    articles = index.articles(scored.articles)
    missing = [identity for identity in scored.articles if identity not in articles]
    if missing:
        raise InvalidRequestError(
            f"The sheets are about articles that are not in this index, such as {missing[0]}.",
            "Name the index they were drawn from; leave out claims about articles that are gone.",
        )
    figures = {
        one.kind.value: Precision(
            value=one.precision,
            interval=one.interval,
            n=one.n,
            of=one.claims,
            read_on="; ".join(scored.draws),
            at=at,
            languages=tuple(sorted({article.language for article in articles.values()} - {""})),
        )
        for one in scored.kinds
        if one.precision is not None and one.interval is not None
    }
    if not figures:
        raise InvalidRequestError("No claim of these sheets counts yet: none is right or wrong.")
    index.publish_precisions(figures)
    return figures
