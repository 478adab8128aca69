"""Report an article to a watch: one alert for one event.

the event that it reports -> what is new in it -> an alert, or a report that joins one
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from math import ceil

from semsearch.compare.sentences import ComparedText
from semsearch.encode.encoder import Vectors
from semsearch.library import Library
from semsearch.model.article import Article, Field
from semsearch.model.relation import RelationKind
from semsearch.model.search import Confidence
from semsearch.model.watch import Alert, NewSentence, WatchKind
from semsearch.relate.profile import ProfileCache
from semsearch.relate.relate import judge
from semsearch.relate.round_ups import is_live
from semsearch.relate.update import keep_sentences
from semsearch.store.catalog.watch_rows import Seen, StoredWatch
from semsearch.store.catalog.watches import NewReport
from semsearch.store.protocols import ArticleColumns, Vector
from semsearch.store.snapshot import Snapshot
from semsearch.text.tokens import FUNCTION_TERMS, terms
from semsearch.watch.assessing import (
    Assessment,
)
from semsearch.watch.events import Links
from semsearch.watch.novelty import (
    compared_texts,
    hashes_of,
    is_rich,
    new_facts,
    told_once,
    without_repeats,
    without_stated,
)

_SHOWN = 20
_MOST_TEXTS = 500
_SHOWN_FIRST = 5
_MOST_BEFORE = 50
"""Articles of a story against which what comes is held."""
_MIN_RELEVANT = 0.45
"""Cosine of a new fact with the question from which it raises an alert again."""
_MIN_HEADLINED = 2
"""Words that only the headline and a new fact have, from which the headline speaks of it."""
_SHORT_HEADLINE = 5
"""Words that tell something, of a headline that may stand over any news."""
_SAME_TEXT = 3 / 4
"""Of the sentences of an article, to the letter, from which it is a copy of what was reported."""
_BEGINNING = 300
"""Characters of a body in which a new fact must stand to raise an alert again."""


@dataclass(slots=True)
class Memory:
    """What watches have reported, beyond what is in the catalog: of a batch, or of a replay.

    Attributes:
        alerts: In order, with their watches.
        reports: By watch and article.
        durable: Whether the catalog's reports count, too.
        texts: By key, articles that were compared: many watches may wait for one.
        told: What the article that is judged says, by its key.
    """

    durable: bool = True
    alerts: list[tuple[Alert, StoredWatch]] = field(default_factory=list)
    reports: dict[tuple[str, str], NewReport] = field(default_factory=dict)
    texts: dict[int, ComparedText] = field(default_factory=dict)
    told: dict[int, list[tuple[NewSentence, Vectors]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version that an article had when articles were judged last, and when it was written."""

    pk: int
    written: int
    article: Article


@dataclass(frozen=True, slots=True)
class Arrived:
    """An article that is judged: its key, when it was written, and itself with its passages.

    ``earlier`` is the version that others were judged with before; None where there was none.
    """

    pk: int
    written: int
    article: Article
    columns: ArticleColumns
    earlier: Earlier | None = None

    @property
    def has_same_text(self) -> bool:
        """Whether the version before it says the same."""
        return self.earlier is not None and _texts_of(self.earlier.article) == _texts_of(
            self.article
        )


@dataclass(frozen=True, slots=True)
class Reporter:
    """Reports one article that answers some watches; what comes of it is added to the memory.

    Attributes:
        links: What the article is linked to.
        now: When alerts are made.
    """

    library: Library
    snapshot: Snapshot
    arrived: Arrived
    links: Links
    memory: Memory
    now: datetime

    def report(self, watch: StoredWatch, assessment: Assessment) -> None:
        """Make an alert of the article for a watch, or let it join the one of its event."""
        article, links = self.arrived.article, self.links
        seen = self._seen(watch.id) if watch.spec.new_only else []
        before = watch.anchors[:_MOST_BEFORE] if watch.spec.kind is WatchKind.STORY else ()
        texts = self._texts([*before, *(one.article for one in seen)])
        text = texts.get(article.id)
        same = {one.alert for one in seen if one.article in links.event | {article.id}}
        latest = next((one for one in reversed(seen) if one.alert in same), None)
        if latest is None and seen:
            latest = seen[-1]  # of an event that this one continues, or that continues it
        names = dict.fromkeys([*before, *(one.article for one in seen)])
        others = [texts[name] for name in names if name in texts and name != article.id]
        own = self._told_before(watch, seen)
        sentences = hashes_of(article, text)
        if latest is None:
            facts = new_facts(text, [*own, *others], ()) if own else []
            if own and not any(_begins_with(one) for one, _ in facts):
                return
            new = self._first(watch, text, [*own, *others])
        else:
            known = [one for each in seen for one in each.sentences]
            # The headline of a newer version, or of a live page, stays whatever is new below it.
            stays = is_live(article.title) or any(one.article == article.id for one in seen)
            elsewhere, others = others, [*own, *others]
            facts = new_facts(text, others, known, grows=stays)
            relevant = [one for one, vector in facts if _is_relevant(watch, vector)]
            spoken_of = _spoken_of([one for one, _ in facts], article, others)
            headlined = {one for one, words in spoken_of.items() if words >= _MIN_HEADLINED}
            told = [one for one, _ in facts if one in relevant or one in headlined]
            raises = bool(told)
            if same:
                said = frozenset[str]().union(*(other.terms for other in others))
                raises = (
                    assessment.confidence is Confidence.HIGH
                    and any(
                        one in headlined
                        or (
                            _begins_with(one)
                            and (stays or spoken_of[one] or is_rich(one.text, said))
                        )
                        for one in told
                    )
                    and not _has_headline_of(article, elsewhere)
                    and not self._is_copy(seen)
                )
            if not raises:
                first = next(one for one in seen if one.alert == latest.alert)
                relation = self._relation(first, seen)
                self._join(watch, latest.alert, relation, sentences, seen)
                return
            new = tuple(without_repeats(told, article.title) or told[:1])
        held = self._holder(watch, sentences, texts)
        if held is not None:
            relation = "copy" if held.sentences >= set(sentences) else "edited"
            self._join(watch, held.alert, relation, sentences, seen)
            return
        alert = Alert(
            id=_alert_id(watch, self.arrived),
            watch=watch.id,
            watch_name=watch.spec.name,
            article=article.id,
            title=article.title,
            url=article.url,
            provider=article.provider,
            published=article.published,
            story=links.story,
            at=self.now,
            score=assessment.score,
            score_parts=assessment.parts,
            confidence=assessment.confidence,
            passage=assessment.passage,
            new=new[:_SHOWN],
            reports=(),
            again=None if latest is None else latest.alert,
        )
        self.memory.alerts.append((alert, watch))
        self._join(watch, alert.id, "first", sentences, seen)

    def _seen(self, watch: str) -> list[Seen]:
        """What the watch has reported of the event and its thread, in the order of alerts."""
        about = self.links.all | {self.arrived.article.id}
        seen: dict[str, Seen] = {}
        if self.memory.durable:
            found = self.library.watches.seen_of(watch, about)
            seen = {one.article: one for one in found}
        mine = [one for (of, _), one in self.memory.reports.items() if of == watch and one.alert]
        alerts = {one.alert for one in seen.values()}
        alerts |= {new.alert for new in mine if new.article in about}
        for new in mine:
            if new.alert in alerts:
                seen.pop(new.article, None)
                seen[new.article] = Seen(new.article, new.alert, frozenset(new.sentences))
        return list(seen.values())

    def _texts(self, names: Sequence[str]) -> dict[str, ComparedText]:
        """The article and others, ready to be compared, by id; what is gone is missing."""
        catalog, arrived, held = self.library.catalog, self.arrived, self.memory.texts
        pks = catalog.pks_at(names, self.snapshot.sequence)
        pks[arrived.article.id] = arrived.pk
        missing = {pk for pk in pks.values() if pk not in held}
        if len(held) + len(missing) > _MOST_TEXTS:
            held.clear()
            missing = set(pks.values())
        if self.memory.durable:  # they are compared again with what comes later
            keep_sentences(self.library, missing)
        articles = catalog.by_pk(missing - {arrived.pk})
        if arrived.pk in missing:
            articles[arrived.pk] = arrived.article
        held.update(compared_texts(self.library, articles))
        return {identity: held[pk] for identity, pk in pks.items() if pk in held}

    def _told_before(self, watch: StoredWatch, seen: Sequence[Seen]) -> list[ComparedText]:
        """What an article that is watched, or was reported, said before it was changed."""
        earlier, known = self.arrived.earlier, {*watch.anchors, *(one.article for one in seen)}
        if earlier is None or earlier.article.id not in known:
            return []
        return list(compared_texts(self.library, {earlier.pk: earlier.article}).values())

    def _first(
        self, watch: StoredWatch, text: ComparedText | None, others: Sequence[ComparedText]
    ) -> tuple[NewSentence, ...]:
        """Of an article that is the first of its event the sentences that matter most.

        Those that stand in others are left out: what a story told before is not new of it.
        """
        pk, memory = self.arrived.pk, self.memory
        if pk not in memory.told:
            memory.told = {pk: told_once(text)}
        told = without_stated(memory.told[pk], others)
        near = [_nearness(watch, vector) for _, vector in told]
        first = sorted(range(len(near)), key=lambda n: (-near[n], n))[:_SHOWN_FIRST]
        return tuple(told[n][0] for n in sorted(first))

    def _relation(self, first: Seen, seen: Sequence[Seen]) -> str:
        """What an article is to the first that was reported of an event."""
        if any(one.article == self.arrived.article.id for one in seen):
            return "update"
        for relation in self._copied([first]):
            return relation.value
        return "story" if first.article in self.links.sure else "related"

    def _is_copy(self, seen: Sequence[Seen]) -> bool:
        """Whether an article is a copy or an edited copy of any that was seen."""
        return any(True for _ in self._copied(seen))

    def _copied(self, seen: Sequence[Seen]) -> Iterator[RelationKind]:
        """The relation to each of some other articles that it is a copy of, or an edited one."""
        arrived = self.arrived
        names = [one.article for one in seen if one.article != arrived.article.id]
        others = self.library.catalog.pks_at(names, self.snapshot.sequence).values()
        profiles = ProfileCache(self.library, self.snapshot).get([arrived.pk, *others])
        for other in others:
            if arrived.pk in profiles and other in profiles:
                relation = judge(profiles[arrived.pk], profiles[other]).relation
                if relation.is_duplicate:
                    yield relation

    def _holder(
        self, watch: StoredWatch, sentences: Sequence[bytes], compared: Collection[str]
    ) -> Seen | None:
        """What the watch has reported with this very text, of what is gone or not linked to it."""
        if not (watch.spec.new_only and self.memory.durable):
            return None
        least = ceil(_SAME_TEXT * len(sentences))
        return self.library.watches.holder_of(watch.id, sentences, least, compared)

    def _join(
        self,
        watch: StoredWatch,
        alert: str,
        relation: str,
        sentences: Sequence[bytes],
        seen: Sequence[Seen],
    ) -> None:
        article = self.arrived.article.id
        # What it said before it was changed is no news of others either.
        before = {told for one in seen if one.article == article for told in one.sentences}
        every = (*sentences, *sorted(before - set(sentences)))
        report = NewReport(watch.id, article, alert, relation, every)
        self.memory.reports[watch.id, article] = report


def _nearness(watch: StoredWatch, vector: Vector) -> float:
    """Cosine of a sentence with what is watched; 0 where that has no vector."""
    own = watch.vector
    if own is None:
        return 0.0
    return round(float(own[: len(vector)] @ vector), 6)


def _is_relevant(watch: StoredWatch, vector: Vector) -> bool:
    """Whether a new fact bears on what is watched."""
    return watch.vector is None or _nearness(watch, vector) >= _MIN_RELEVANT


def _texts_of(article: Article) -> tuple[str, str, str]:
    return article.title, article.excerpt, article.body


def _begins_with(sentence: NewSentence) -> bool:
    """Whether a report begins with a sentence: what is news stands there, what was before below."""
    return sentence.field is not Field.BODY or sentence.start < _BEGINNING


def _spoken_of(
    facts: Sequence[NewSentence], article: Article, others: Sequence[ComparedText]
) -> dict[NewSentence, int]:
    """How many words each new fact shares with the headline that stand in none of the others.

    A report may begin with what was before: what is news stands in its headline.
    """
    title = article.title if article.has_own_title else ""
    before = FUNCTION_TERMS.union(*(other.terms | terms(other.article.title) for other in others))
    news = terms(title) - before
    return {one: len(news & terms(one.text)) for one in facts}


def _has_headline_of(article: Article, others: Sequence[ComparedText]) -> bool:
    """Whether a report has the headline of one that was seen of its event.

    Then it is that one in another cut, or its newer version: what is news has a headline of its
    own. That of a live page is no one's, nor is a short headline of which no more than half stands
    in the report ("Picture of the day"); a long one says what it is about, whatever a teaser below
    it holds.
    """
    if not article.has_own_title or is_live(article.title):
        return False
    own = terms(article.title)
    telling = own - FUNCTION_TERMS
    said = terms(f"{article.excerpt}\n{article.body}")
    if len(telling) <= _SHORT_HEADLINE and 2 * len(telling & said) <= len(telling):
        return False
    return any(own == terms(other.article.title) for other in others if other.article.has_own_title)


def _alert_id(watch: StoredWatch, arrived: Arrived) -> str:
    """The same whenever the same version of an article is judged for the same watch."""
    return sha256(f"{watch.id} {arrived.article.id} {arrived.pk}".encode()).hexdigest()[:20]
