"""Draw random claims of each kind, as pages show them, for people to judge right or wrong.

Every claim of a kind is as likely to be drawn as any other: claims are ordered by a hash of the
seed, the generation and what is claimed, and the first ones are taken. So the same seed on the same
generation gives the same claims, whatever other kinds are drawn. In a large archive, stories,
groups and articles are drawn first by the same rule, and then claims from these.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from semsearch import __version__
from semsearch.errors import InvalidRequestError, StaleGenerationError
from semsearch.evaluation.audit_claims import (
    OF_GROUPS,
    OF_STORIES,
    Candidate,
    Kind,
    claimed,
    group_claims,
    overlap_claims,
    story_claims,
)
from semsearch.index import Index
from semsearch.model.article import FIELDS, Article
from semsearch.model.comparison import Span

_MANY = 500  # stories, groups and articles that claims are drawn from, at least
_SPARE = 8  # times as many candidates are kept as claims wanted: some turn out to claim nothing
_CONTEXT = 160  # characters around a sentence
_CELL = 24_000  # characters: a spreadsheet's cell takes 32,767
_BEGINNING = {Kind.STORY: 400, Kind.STORY_PAIR: 1_200}
_WHOLE = 6_000


@dataclass(frozen=True, slots=True)
class AuditClaim:
    """One claim for a person to judge, without any score.

    Attributes:
        id: Of the kind and of what is claimed; the same in every sheet.
        statement: What is claimed, in one sentence.
        outlets: Who published the articles that it is about.
        dates: When they were published, UTC; "date unknown" where it is.
        texts: What is needed to judge it; a sentence that it is about stands between » and «.
        articles: Ids.
    """

    id: str
    kind: Kind
    statement: str
    outlets: tuple[str, ...]
    dates: tuple[str, ...]
    texts: tuple[str, ...]
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditSheet:
    """Random claims of an index.

    Attributes:
        draw: Which index, generation and seed, in words; sheets of one draw belong together.
        available: How many claims of each kind they were drawn from.
        claims: By kind, in random order.
    """

    draw: str
    available: Mapping[Kind, int]
    claims: tuple[AuditClaim, ...]


def draw(
    index: Index,
    n: int = 50,
    seed: int = 0,
    kinds: Collection[Kind] = tuple(Kind),
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> AuditSheet:
    """Random claims of each kind.

    Args:
        index: The index; it is only read.
        n: Claims of each kind, from 1; all of them where there are fewer.
        seed: Another seed gives other claims.
        kinds: Which kinds.
        on_progress: Told how many stories, groups and articles are read, of how many.

    Raises:
        InvalidRequestError: ``n`` is less than 1.
        StaleGenerationError: The index changed meanwhile.
    """
    if n < 1:
        raise InvalidRequestError(f"At least one claim of a kind is drawn, not {n}.")
    generation = index.status().generation
    order = _Order(f"{seed} {generation}")
    lists = (
        (order.first(index.story_ids(), max(_MANY, n)), story_claims, OF_STORIES),
        (order.first(index.group_ids(), max(_MANY, n)), group_claims, OF_GROUPS),
        (order.first(index.ids(), max(_MANY, n)), overlap_claims, {Kind.RELATION_OF_OVERLAP}),
    )
    pools = {kind: _Pool(order, _SPARE * n) for kind in Kind if kind in kinds}
    work = [(ids, claims, part & pools.keys()) for ids, claims, part in lists]
    work = [each for each in work if each[2]]
    total, done = sum(len(ids) for ids, _, _ in work), 0
    for ids, claims, part in work:
        for identity in ids:
            for candidate in claims(index, identity, part):
                if candidate.kind in part:
                    pools[candidate.kind].add(candidate)
            done += 1
            on_progress(done, total)
    claimed = [claim for pool in pools.values() for claim in _claims(index, pool.first(), n)]
    if index.status().generation != generation:
        raise StaleGenerationError("The index changed while claims were drawn.", "Draw again.")
    return AuditSheet(
        draw=_described(index, generation, seed),
        available={kind: len(pool.seen) for kind, pool in pools.items()},
        claims=tuple(claimed),
    )


def _described(index: Index, generation: int, seed: int) -> str:
    span = index.span()
    days = "" if span is None else f", {span[0]:%Y-%m-%d} to {span[1]:%Y-%m-%d}"
    number = len(index.ids())
    return (
        f"index {index.name}, generation {generation} ({number:,} articles{days}), "
        f"semsearch {__version__}, seed {seed}"
    )


@dataclass(frozen=True, slots=True)
class _Order:
    """A random order of names that depends on the seed and the names alone."""

    seed: str

    def first(self, names: Iterable[str], number: int) -> list[str]:
        """The first of them in that order."""
        return sorted(names, key=self._place)[:number]

    def _place(self, name: str) -> bytes:
        return hashlib.sha256(f"{self.seed} {name}".encode()).digest()


class _Pool:
    """Candidates of a kind; only those that come first in the order are kept."""

    def __init__(self, order: _Order, most: int) -> None:
        self._order, self._most = order, most
        self._candidates: dict[str, Candidate] = {}
        self.seen: set[str] = set()

    def add(self, candidate: Candidate) -> None:
        """Take it in; the same claim counts once."""
        self.seen.add(candidate.id)
        self._candidates[candidate.id] = candidate
        if len(self._candidates) > 2 * self._most:
            self._candidates = {one.id: one for one in self.first()}

    def first(self) -> list[Candidate]:
        """Those that come first, in their order."""
        return [self._candidates[one] for one in self._order.first(self._candidates, self._most)]


# --- what is needed to judge them ---------------------------------------------------------------


def _claims(index: Index, candidates: Iterable[Candidate], n: int) -> list[AuditClaim]:
    """The first candidates that claim something, with their texts."""
    claims: list[AuditClaim] = []
    for candidate in candidates:
        if len(claims) == n:
            break
        identity, drawn = candidate.id, candidate
        if candidate.kind is Kind.RELATION_IN_STORY:
            statement = claimed(index.relate(*candidate.whole))
            if not statement:
                continue
            drawn = replace(candidate, statement=statement)
        claims.append(_claim(index, identity, drawn))
    return claims


def _claim(index: Index, identity: str, candidate: Candidate) -> AuditClaim:
    ids = tuple(dict.fromkeys([*(span.article for span in candidate.quoted), *candidate.whole]))
    articles = index.articles(ids)
    limit = _BEGINNING.get(candidate.kind, _WHOLE)
    limit = min(limit, _CELL // max(1, len(candidate.whole)))
    shown = [(span.article, _marked(articles, span)) for span in candidate.quoted]
    for one in candidate.whole:
        text = "\n".join(articles[one].text(field) for field in FIELDS[1:])
        shown.append((one, _cut(text, limit, beginning=candidate.kind in _BEGINNING)))
    return AuditClaim(
        id=identity,
        kind=candidate.kind,
        statement=_line(candidate.statement),
        outlets=tuple(dict.fromkeys(_outlet(articles[one]) for one in ids)),
        dates=tuple(dict.fromkeys(_date(articles[one]) for one in ids)),
        texts=tuple(
            f"{number}. {_headed(articles[one])}: {text}"
            for number, (one, text) in enumerate(shown, start=1)
        ),
        articles=ids,
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _outlet(article: Article) -> str:
    return _line(article.provider.name or article.provider.domain) or "outlet unknown"


def _date(article: Article) -> str:
    return f"{article.published:%Y-%m-%d %H:%M}" if article.published else "date unknown"


def _headed(article: Article) -> str:
    return f"[{_outlet(article)}, {_date(article)}] {_line(article.headline)}"


def _marked(articles: Mapping[str, Article], span: Span) -> str:
    text = articles[span.article].text(span.field)
    before, after = text[: span.start], text[span.end :]
    if len(before) > _CONTEXT:
        before = f"… {before[-_CONTEXT:].partition(' ')[2]}"
    if len(after) > _CONTEXT:
        after = f"{after[:_CONTEXT].rpartition(' ')[0]} …"
    return _line(f"{before}»{text[span.start : span.end]}«{after}")


def _cut(text: str, limit: int, *, beginning: bool) -> str:
    """The text on one line; of a long one the beginning, and unless that is enough the end."""
    line = _line(text)
    if len(line) <= limit:
        return line or "(no text but the headline is held)"
    if beginning:
        return f"{line[:limit].rsplit(' ', 1)[0]} […]"
    return f"{line[: limit * 3 // 4]} […] {line[-limit // 4 :]}"
