"""Judge articles against all watches when they are searchable and related: one alert an event.

what was written since -> watches that each article may concern -> exact evidence -> the event that
it reports -> what is new in it -> an alert, or a report that joins one -> all of it in one
transaction with how far articles were judged

So an alert is made once, whenever the process is killed: what was not committed is judged again,
and comes to the same.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256

from semsearch.ask.search import Searcher
from semsearch.ask.similar import TextProfile
from semsearch.compare.sentences import ComparedText
from semsearch.encode.encoder import Vectors
from semsearch.errors import (
    EngineUnavailableError,
    InvalidQueryError,
    ModelMismatchError,
    ModelUnavailableError,
    NoSuchArticleError,
)
from semsearch.library import Library
from semsearch.model.article import Article, Field
from semsearch.model.filters import Condition
from semsearch.model.relation import RelationKind
from semsearch.model.search import Confidence
from semsearch.model.watch import Alert, NewSentence, WatchKind
from semsearch.relate.profile import ProfileCache
from semsearch.relate.relate import judge
from semsearch.relate.update import keep_sentences
from semsearch.store.catalog.watch_rows import Seen, StoredWatch
from semsearch.store.catalog.watches import JudgedBatch, NewReport
from semsearch.store.protocols import ArticleColumns, Vector
from semsearch.store.snapshot import Snapshot
from semsearch.text.tokens import FUNCTION_TERMS, terms
from semsearch.watch.assessing import (
    MIN_SCORE,
    Assessment,
    Reading,
    assess_answer,
    assess_likeness,
    condition_of,
    prepared,
    read_question,
)
from semsearch.watch.events import Links, links_of
from semsearch.watch.matching import Matcher, mean_lengths
from semsearch.watch.novelty import (
    compared_texts,
    hashes_of,
    new_facts,
    told_once,
    without_repeats,
    without_stated,
)
from semsearch.watch.reading import model_name, read_watch

_SAMPLE = 200
_SHOWN = 20
_MOST_TEXTS = 500
_SHOWN_FIRST = 5
_MOST_BEFORE = 50
"""Articles of a story against which what comes is held."""
_MIN_RELEVANT = 0.45
"""Cosine of a new fact with the question from which it raises an alert again."""
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

    written: int
    article: Article


@dataclass(frozen=True, slots=True)
class Arrived:
    """An article that is judged: its key, when it was written, and itself with its passages.

    ``earlier`` is the version before it where that has the same text, else None.
    """

    pk: int
    written: int
    article: Article
    columns: ArticleColumns
    earlier: Earlier | None = None


class Judge:
    """Judges articles for the watches of one index; for the writer of the index."""

    def __init__(
        self,
        library: Library,
        searcher: Searcher,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._library = library
        self._searcher = searcher
        self._clock = clock
        self._revision = 0
        self._readings: dict[str, tuple[tuple[object, ...], Reading]] = {}
        self.load(())

    def behind(self) -> bool:
        """Whether articles that can be searched are not judged yet."""
        store = self._library.watches
        return store.counts() > 0 and store.judged_until < self._library.catalog.sequence

    def catch_up(self) -> None:
        """Judge what was written since the last time.

        Everything in the catalog must be published and related. Where a question cannot be
        encoded now, or an engine does not answer, articles are judged the next time: with the next
        write, or when a service looks again.
        """
        try:
            self._judge_new()
        except (EngineUnavailableError, ModelUnavailableError, ModelMismatchError):
            return

    def _judge_new(self) -> None:
        store = self._library.watches
        if store.revision != self._revision:
            self.load(self._of_this_model(store.all()))
            self._revision = store.revision  # reading a watch anew counts it up
        if not self._watches:
            return
        snapshot = self._library.snapshot()
        since, until = store.judged_until, snapshot.sequence
        if since >= until:
            return
        for sequence, pks in self._written(since, until):
            memory = Memory()
            for arrived in self.arrivals(pks, snapshot, judged=since):
                self.judge(arrived, snapshot, memory)
            if memory.reports:
                store.write(_batch(sequence, memory))
        store.write(JudgedBatch(until))

    def _of_this_model(self, watches: Sequence[StoredWatch]) -> list[StoredWatch]:
        """Watches, those read anew whose vectors are of the model that the index had before."""
        model = model_name(self._library)
        current = []
        for watch in watches:
            kept = watch
            if watch.vector is not None and watch.model != model:
                try:
                    kept = read_watch(self._library, self._searcher, watch, self._clock())
                except InvalidQueryError:  # longer than questions may be by now
                    continue
                except NoSuchArticleError:  # what it resembled is gone, and so is its vector
                    kept = replace(watch, vector=None, model=model)
                self._library.watches.update(kept)
            current.append(kept)
        return current

    def load(self, watches: Sequence[StoredWatch]) -> None:
        """Judge by these watches from now on."""
        self._watches = {one.id: one for one in watches}
        self._without_question = [
            (one, condition_of(one.spec))
            for one in watches
            if one.spec.kind is not WatchKind.QUESTION
        ]
        self._matcher: Matcher | None = None
        self._readings = {
            identity: kept
            for identity, kept in self._readings.items()
            if identity in self._watches and kept[0][0] == self._watches[identity].spec
        }

    def _written(self, since: int, until: int) -> Iterator[tuple[int, list[int]]]:
        """Keys of what was written, by sequence number, each write in order of publication.

        What was written again meanwhile counts to its first write, so that no version is taken for
        one that was judged.
        """
        catalog = self._library.catalog
        by_write: dict[int, list[int]] = defaultdict(list)
        for pk, first in catalog.first_written(since, until).items():
            by_write[first].append(pk)
        for sequence in sorted(by_write):
            yield sequence, catalog.in_order_of_time(by_write[sequence])

    def arrivals(
        self, pks: Sequence[int], snapshot: Snapshot, judged: int | None = None
    ) -> Iterator[Arrived]:
        """Articles that are judged, in the order of their keys as given; stubs are not.

        ``judged``: up to which sequence number others were judged before.
        """
        catalog = self._library.catalog
        for start in range(0, len(pks), _SAMPLE):
            part = pks[start : start + _SAMPLE]
            articles = catalog.by_pk(part)
            written = {pk: added for pk, added, _ in catalog.lifetimes(part)}
            earlier = {} if judged is None else self._earlier(articles.values(), judged)
            for pk in part:
                article = articles.get(pk)
                if article is None or article.stub:
                    continue
                before = earlier.get(article.id)
                if before is not None and _texts_of(before.article) != _texts_of(article):
                    before = None
                for columns in snapshot.vectors.columns([pk], vectors=True):
                    if len(columns.pks):
                        yield Arrived(pk, written[pk], article, columns, before)

    def _earlier(self, articles: Iterable[Article], judged: int) -> dict[str, Earlier]:
        """The versions that articles had up to a sequence number, by id; of stubs none."""
        catalog = self._library.catalog
        pks = catalog.pks_at([one.id for one in articles], judged)
        written = {pk: added for pk, added, _ in catalog.lifetimes(pks.values())}
        versions = catalog.by_pk(written)
        return {one.id: Earlier(written[pk], one) for pk, one in versions.items() if not one.stub}

    # --- one article --------------------------------------------------------------------------

    def judge(self, arrived: Arrived, snapshot: Snapshot, memory: Memory) -> None:
        """Judge one article against all watches; what comes of it is added to the memory."""
        found = [
            (watch, assessment)
            for watch, assessment in self._assessed(arrived, snapshot)
            if assessment.confidence.reaches(watch.spec.min_confidence)
            and not self._is_known(watch, arrived)
        ]
        if not found:
            return
        links = links_of(self._library, arrived.pk, snapshot.sequence)
        for watch, assessment in found:
            self._report(watch, arrived, assessment, links, snapshot, memory)

    def _is_known(self, watch: StoredWatch, arrived: Arrived) -> bool:
        """Whether a watch judged this text before, or it was there before the watch.

        Then no more than a date, a topic or the like has changed, which is no news.
        """
        before = arrived.earlier
        if before is None:
            return False
        return before.written <= watch.since or self._condition(watch).matches(before.article)

    def _condition(self, watch: StoredWatch) -> Condition:
        """What a watch asks of articles beside what they say."""
        kept = self._readings.get(watch.id)
        return condition_of(watch.spec) if kept is None else kept[1].condition

    def _assessed(
        self, arrived: Arrived, snapshot: Snapshot
    ) -> Iterator[tuple[StoredWatch, Assessment]]:
        """The watches that an article answers, with what it is to each."""
        matcher = self._matching(snapshot)
        pk, article = arrived.pk, arrived.article
        for identity in matcher.near(article, arrived.columns, arrived.written, snapshot):
            watch = self._watches[identity]
            try:
                reading = self._reading(watch, snapshot)
            except InvalidQueryError:  # longer than questions may be by now
                continue
            question = prepared(self._searcher, reading, snapshot)
            least = watch.spec.min_confidence
            found = assess_answer(question, pk, article, self._searcher, least)
            if found is not None:
                yield watch, found[0]
        yield from self._likened(arrived, snapshot)

    def _likened(
        self, arrived: Arrived, snapshot: Snapshot
    ) -> Iterator[tuple[StoredWatch, Assessment]]:
        """What an article is to the watches for articles like one, and for a story."""
        pk = arrived.pk
        others = [
            one
            for one, condition in self._without_question
            if one.since < arrived.written
            and arrived.article.id not in one.anchors
            and condition.matches(arrived.article)
        ]
        if any(one.spec.kind is WatchKind.SIMILAR for one in others):
            profile = TextProfile.of(*snapshot.vectors_of(pk))
            for one in others:
                if one.spec.kind is WatchKind.SIMILAR and one.vector is not None:
                    yield one, assess_likeness(_profile_of(one.vector, profile), profile)
        if any(one.spec.kind is WatchKind.STORY for one in others):
            links = links_of(self._library, pk, snapshot.sequence)
            for one in others:
                if one.spec.kind is WatchKind.STORY:
                    yield one, _of_story(one, links)

    def _matching(self, snapshot: Snapshot) -> Matcher:
        if self._matcher is None:
            catalog = self._library.catalog
            newest = catalog.newest(snapshot.sequence, _SAMPLE)
            held = [one for one in catalog.by_pk(newest).values() if not one.stub]
            self._matcher = Matcher(
                list(self._watches.values()), self._searcher.weights, MIN_SCORE, mean_lengths(held)
            )
        return self._matcher

    def _reading(self, watch: StoredWatch, snapshot: Snapshot) -> Reading:
        """How a watch's question is read; anew each day, and when the archive has doubled."""
        now = self._clock()
        state = (watch.spec, now.date(), len(snapshot).bit_length())
        kept = self._readings.get(watch.id)
        if kept is None or kept[0] != state:
            reading = read_question(
                self._library, self._searcher, watch.spec, snapshot, now, watch.vector
            )
            kept = self._readings[watch.id] = state, reading
        return kept[1]

    # --- one event, one alert -----------------------------------------------------------------

    def _report(
        self,
        watch: StoredWatch,
        arrived: Arrived,
        assessment: Assessment,
        links: Links,
        snapshot: Snapshot,
        memory: Memory,
    ) -> None:
        """Make an alert of an article, or let it join the one of its event."""
        article = arrived.article
        seen = self._seen(watch.id, article.id, links, memory) if watch.spec.new_only else []
        before = watch.anchors[:_MOST_BEFORE] if watch.spec.kind is WatchKind.STORY else ()
        texts = self._texts(arrived, [*before, *(one.article for one in seen)], snapshot, memory)
        text = texts.get(article.id)
        same = {one.alert for one in seen if one.article in links.event | {article.id}}
        latest = next((one for one in reversed(seen) if one.alert in same), None)
        if latest is None and seen:
            latest = seen[-1]  # of an event that this one continues, or that continues it
        names = dict.fromkeys([*before, *(one.article for one in seen)])
        others = [texts[name] for name in names if name in texts and name != article.id]
        if latest is None:
            new = self._first(watch, arrived, text, others, memory)
        else:
            known = [one for each in seen for one in each.sentences]
            told = [
                sentence
                for sentence, vector in new_facts(text, others, known)
                if _is_relevant(watch, vector)
            ]
            raises = bool(told)
            if same:
                sure = assessment.confidence is Confidence.HIGH
                raises = (
                    sure
                    and any(map(_begins_with, told))
                    and not _has_headline_of(article, others)
                    and not self._is_copy(arrived, seen, snapshot)
                )
            if not raises:
                first = next(one for one in seen if one.alert == latest.alert)
                relation = self._relation(arrived, first, seen, links, snapshot)
                self._join(watch, arrived, latest.alert, relation, hashes_of(text), memory)
                return
            new = tuple(without_repeats(told, article.title) or told[:1])
        alert = Alert(
            id=_alert_id(watch, arrived),
            watch=watch.id,
            watch_name=watch.spec.name,
            article=article.id,
            title=article.title,
            url=article.url,
            provider=article.provider,
            published=article.published,
            story=links.story,
            at=self._clock(),
            score=assessment.score,
            score_parts=assessment.parts,
            confidence=assessment.confidence,
            passage=assessment.passage,
            new=new[:_SHOWN],
            reports=(),
            again=None if latest is None else latest.alert,
        )
        memory.alerts.append((alert, watch))
        self._join(watch, arrived, alert.id, "first", hashes_of(text), memory)

    def _seen(self, watch: str, article: str, links: Links, memory: Memory) -> list[Seen]:
        """What the watch has reported of the event and its thread, in the order of alerts."""
        seen: dict[str, Seen] = {}
        if memory.durable:
            found = self._library.watches.seen_of(watch, [*links.all, article])
            seen = {one.article: one for one in found}
        mine = [new for (of, _), new in memory.reports.items() if of == watch]
        alerts = {one.alert for one in seen.values()}
        alerts |= {new.alert for new in mine if new.article in links.all or new.article == article}
        for new in mine:
            if new.alert in alerts:
                seen.pop(new.article, None)
                seen[new.article] = Seen(new.article, new.alert, frozenset(new.sentences))
        return list(seen.values())

    def _texts(
        self, arrived: Arrived, names: Sequence[str], snapshot: Snapshot, memory: Memory
    ) -> dict[str, ComparedText]:
        """The article and others, ready to be compared, by id; what is gone is missing."""
        catalog, held = self._library.catalog, memory.texts
        pks = catalog.pks_at(names, snapshot.sequence)
        pks[arrived.article.id] = arrived.pk
        missing = {pk for pk in pks.values() if pk not in held}
        if len(held) + len(missing) > _MOST_TEXTS:
            held.clear()
            missing = set(pks.values())
        if memory.durable:  # they are compared again with what comes later
            keep_sentences(self._library, missing)
        articles = catalog.by_pk(missing - {arrived.pk})
        if arrived.pk in missing:
            articles[arrived.pk] = arrived.article
        held.update(compared_texts(self._library, articles))
        return {identity: held[pk] for identity, pk in pks.items() if pk in held}

    def _first(
        self,
        watch: StoredWatch,
        arrived: Arrived,
        text: ComparedText | None,
        others: Sequence[ComparedText],
        memory: Memory,
    ) -> tuple[NewSentence, ...]:
        """Of an article that is the first of its event the sentences that matter most.

        Those that stand in others are left out: what a story told before is not new of it.
        """
        if arrived.pk not in memory.told:
            memory.told = {arrived.pk: told_once(text)}
        told = without_stated(memory.told[arrived.pk], others)
        near = [_nearness(watch, vector) for _, vector in told]
        first = sorted(range(len(near)), key=lambda n: (-near[n], n))[:_SHOWN_FIRST]
        return tuple(told[n][0] for n in sorted(first))

    def _relation(
        self, arrived: Arrived, first: Seen, seen: Sequence[Seen], links: Links, snapshot: Snapshot
    ) -> str:
        """What an article is to the first that was reported of an event."""
        if any(one.article == arrived.article.id for one in seen):
            return "update"
        for relation in self._copied(arrived, [first], snapshot):
            return relation.value
        return "story" if first.article in links.sure else "related"

    def _is_copy(self, arrived: Arrived, seen: Sequence[Seen], snapshot: Snapshot) -> bool:
        """Whether an article is a copy or an edited copy of any that was seen."""
        return any(True for _ in self._copied(arrived, seen, snapshot))

    def _copied(
        self, arrived: Arrived, seen: Sequence[Seen], snapshot: Snapshot
    ) -> Iterator[RelationKind]:
        """The relation to each of some other articles that it is a copy of, or an edited one."""
        names = [one.article for one in seen if one.article != arrived.article.id]
        others = self._library.catalog.pks_at(names, snapshot.sequence).values()
        profiles = ProfileCache(self._library, snapshot).get([arrived.pk, *others])
        for other in others:
            if arrived.pk in profiles and other in profiles:
                relation = judge(profiles[arrived.pk], profiles[other]).relation
                if relation.is_duplicate:
                    yield relation

    @staticmethod
    def _join(
        watch: StoredWatch,
        arrived: Arrived,
        alert: str,
        relation: str,
        sentences: tuple[bytes, ...],
        memory: Memory,
    ) -> None:
        identity = arrived.article.id
        memory.reports[watch.id, identity] = NewReport(
            watch.id, identity, alert, relation, sentences
        )


def _of_story(watch: StoredWatch, links: Links) -> Assessment:
    """What an article is to a watch of a story: of it, of its thread, or nothing."""
    anchors = set(watch.anchors)
    if links.story == watch.spec.story or anchors & links.event:
        return Assessment(1.0, {"story": 1.0}, Confidence.HIGH)
    if anchors & links.thread:
        return Assessment(0.5, {"thread": 0.5}, Confidence.HIGH)
    return Assessment(0.0, {}, Confidence.NONE)


def _profile_of(vector: Vector, like: TextProfile) -> TextProfile:
    """The article that a watch is made of, as the two vectors that it keeps of it."""
    text, title = vector.reshape(2, -1)
    return replace(like, title=title if title.any() else None, text=text if text.any() else None)


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


def _has_headline_of(article: Article, others: Sequence[ComparedText]) -> bool:
    """Whether a report has the headline of one that was seen of its event.

    Then it is that one in another cut, or its newer version: what is news has a headline of its
    own. A headline of which no more than half stands in the report ("Live updates") is no one's.
    """
    if not article.has_own_title:
        return False
    own = terms(article.title)
    telling = own - FUNCTION_TERMS
    said = terms(f"{article.excerpt}\n{article.body}")
    if 2 * len(telling & said) <= len(telling):
        return False
    return any(own == terms(other.article.title) for other in others if other.article.has_own_title)


def _alert_id(watch: StoredWatch, arrived: Arrived) -> str:
    """The same whenever the same version of an article is judged for the same watch."""
    return sha256(f"{watch.id} {arrived.article.id} {arrived.pk}".encode()).hexdigest()[:20]


def _batch(until: int, memory: Memory) -> JudgedBatch:
    alerts = [(alert, watch.spec.to) for alert, watch in memory.alerts]
    return JudgedBatch(until, alerts, list(memory.reports.values()))
