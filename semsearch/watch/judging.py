"""Judge articles against all watches when they are searchable and related: one alert an event.

what was written since -> watches that each article may concern -> exact evidence -> the event that
it reports -> what is new in it -> an alert, or a report that joins one -> all of it in one
transaction with how far articles were judged

So an alert is made once, whenever the process is killed: what was not committed is judged again,
and comes to the same.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from semsearch.ask.search import Searcher
from semsearch.ask.similar import TextProfile
from semsearch.errors import (
    EngineUnavailableError,
    InvalidQueryError,
    ModelMismatchError,
    ModelUnavailableError,
    NoSuchArticleError,
)
from semsearch.library import Library
from semsearch.model.article import Article
from semsearch.model.filters import Condition
from semsearch.model.search import Confidence
from semsearch.model.watch import WatchKind
from semsearch.store.catalog.watch_rows import StoredWatch
from semsearch.store.catalog.watches import JudgedBatch
from semsearch.store.protocols import Vector
from semsearch.store.snapshot import Snapshot
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
from semsearch.watch.reading import model_name, read_watch
from semsearch.watch.reporting import Arrived, Earlier, Memory, Reporter

_SAMPLE = 200


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
                for columns in snapshot.vectors.columns([pk], vectors=True):
                    if len(columns.pks):
                        yield Arrived(pk, written[pk], article, columns, before)

    def _earlier(self, articles: Iterable[Article], judged: int) -> dict[str, Earlier]:
        """The versions that articles had up to a sequence number, by id; of stubs none."""
        catalog = self._library.catalog
        pks = catalog.pks_at([one.id for one in articles], judged)
        written = {pk: added for pk, added, _ in catalog.lifetimes(pks.values())}
        versions = catalog.by_pk(written)
        return {
            one.id: Earlier(pk, written[pk], one) for pk, one in versions.items() if not one.stub
        }

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
        reporter = Reporter(self._library, snapshot, arrived, links, memory, self._clock())
        for watch, assessment in found:
            reporter.report(watch, assessment)

    def _is_known(self, watch: StoredWatch, arrived: Arrived) -> bool:
        """Whether a watch judged this text before, or it was there before the watch.

        Then no more than a date, a topic or the like has changed, which is no news.
        """
        before = arrived.earlier
        if before is None or not arrived.has_same_text:
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
            and (arrived.article.id not in one.anchors or _says_more_of_story(one, arrived))
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
                    yield one, _of_story(one, arrived.article.id, links)

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


def _says_more_of_story(watch: StoredWatch, arrived: Arrived) -> bool:
    """Whether an article that a watch of a story begins from has another text since."""
    of_story = watch.spec.kind is WatchKind.STORY
    return of_story and arrived.earlier is not None and not arrived.has_same_text


def _of_story(watch: StoredWatch, article: str, links: Links) -> Assessment:
    """What an article is to a watch of a story: of it, of its thread, or nothing."""
    anchors = set(watch.anchors)
    if links.story == watch.spec.story or article in anchors or anchors & links.event:
        return Assessment(1.0, {"story": 1.0}, Confidence.HIGH)
    if anchors & links.thread:
        return Assessment(0.5, {"thread": 0.5}, Confidence.HIGH)
    return Assessment(0.0, {}, Confidence.NONE)


def _profile_of(vector: Vector, like: TextProfile) -> TextProfile:
    """The article that a watch is made of, as the two vectors that it keeps of it."""
    text, title = vector.reshape(2, -1)
    return replace(like, title=title if title.any() else None, text=text if text.any() else None)


def _batch(until: int, memory: Memory) -> JudgedBatch:
    alerts = [(alert, watch.spec.to) for alert, watch in memory.alerts]
    return JudgedBatch(until, alerts, list(memory.reports.values()))
