"""Count requests and writes for Prometheus, in seconds and bytes.

With several processes each writes its figures into files of a shared folder, which
``PROMETHEUS_MULTIPROC_DIR`` names (``semsearch serve --workers`` sees to that), and whichever is
asked answers for all.
"""

import os
from collections.abc import Iterator, Mapping
from typing import cast

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.context_managers import InprogressTracker
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request

from semsearch.errors import SemsearchError
from semsearch.index import Index
from semsearch.model.status import FeedCounts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SHARED = "PROMETHEUS_MULTIPROC_DIR"
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_STAGE_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)


class Metrics:
    """The figures of one process, or of all that share a folder."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "semsearch_http_requests",
            "Requests answered.",
            ("method", "handler", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "semsearch_http_request_duration_seconds",
            "From the head of a request to the end of its answer.",
            ("handler",),
            buckets=_REQUEST_SECONDS,
            registry=self._registry,
        )
        self._stages = Histogram(
            "semsearch_stage_duration_seconds",
            "What the stages of a request took: encode, vector, lexical, hydrate.",
            ("stage",),
            buckets=_STAGE_SECONDS,
            registry=self._registry,
        )
        self._working = Gauge(
            "semsearch_http_requests_in_progress",
            "Requests that are being worked on.",
            ("kind",),
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._waiting = Gauge(
            "semsearch_http_requests_waiting",
            "Requests that wait for their turn.",
            ("kind",),
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._written = Counter(
            "semsearch_articles_written",
            "Articles written over HTTP, by what became of them.",
            ("outcome",),
            registry=self._registry,
        )

    def working(self, kind: str) -> InprogressTracker:
        """Counts a request as worked on while the block lasts."""
        return self._working.labels(kind).track_inprogress()

    def waiting(self, kind: str) -> InprogressTracker:
        """Counts a request as waiting while the block lasts."""
        return self._waiting.labels(kind).track_inprogress()

    def answered(
        self, method: str, handler: str, status: int, seconds: float, stages: Mapping[str, float]
    ) -> None:
        """Count a request that is over."""
        self._requests.labels(method, handler, status).inc()
        self._seconds.labels(handler).observe(seconds)
        for stage, spent in stages.items():
            self._stages.labels(stage).observe(spent)

    def written(self, outcome: str, number: int) -> None:
        """Count articles that were written."""
        self._written.labels(outcome).inc(number)

    def exposition(self, index: Index) -> bytes:
        """Everything, as Prometheus reads it."""
        registry = self._registry
        if _SHARED in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        about_index = CollectorRegistry()
        about_index.register(_IndexCollector(index))
        ProcessCollector(registry=about_index)
        PlatformCollector(registry=about_index)
        return generate_latest(registry) + generate_latest(about_index)


def metrics_of(request: Request) -> Metrics:
    """The figures of the process that answers a request."""
    return cast("Metrics", request.app.state.metrics)


class _IndexCollector(Collector):
    """What the index holds, looked up when Prometheus asks."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def collect(self) -> Iterator[Metric]:
        """The figures of the newest generation; only ``semsearch_index_up`` where there is none."""
        up = GaugeMetricFamily("semsearch_index_up", "1 when the index can be read.")
        try:
            status = self._index.status()
            generations = len(self._index.generations())
        except (SemsearchError, OSError):
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        info = InfoMetricFamily("semsearch_index", "What the index was made with.")
        info.add_metric(
            [],
            {
                "version": status.version,
                "model": status.model.name,
                "weights_sha256": status.model.weights_sha256,
                "vectors": status.vectors,
            },
        )
        yield info
        for name, text, value in (
            ("generation", "Number of the newest generation.", status.generation),
            ("generations", "Generations on disk.", generations),
            ("sequence", "Last write that can be searched.", status.sequence),
            (
                "unpublished_writes",
                "Writes that are durable and cannot be searched yet: the lag of ingest.",
                status.catalog_sequence - status.sequence,
            ),
            ("lag_seconds", "For how long writes have waited to be searched.", status.lag.seconds),
            ("set_aside", "Articles that the engine refuses.", status.lag.set_aside),
            ("stubs", "Articles known only from links.", status.stubs),
            ("articles", "Articles that can be searched, stubs excluded.", status.articles),
            ("passages", "Passages that can be searched.", status.passages),
            ("segments", "Segments of the newest generation.", status.segments),
        ):
            yield GaugeMetricFamily(f"semsearch_index_{name}", text, value=value)
        yield from _feeds(status.feeds)
        size = GaugeMetricFamily("semsearch_index_bytes", "On disk, by part.", labels=["part"])
        for part, count in status.bytes.items():
            size.add_metric([part], count)
        yield size


def _feeds(counts: FeedCounts) -> Iterator[Metric]:
    states = GaugeMetricFamily("semsearch_feeds", "Feeds, by state.", labels=["state"])
    for state, number in counts.by_state.items():
        states.add_metric([state], number)
    yield states
    yield GaugeMetricFamily(
        "semsearch_feeds_overdue",
        "Feeds that should have been polled more than ten minutes ago.",
        value=counts.overdue,
    )
    failing = GaugeMetricFamily(
        "semsearch_feed_failures",
        "Failures in a row of each feed that fails or was stopped, by its id.",
        labels=["feed"],
    )
    for feed, failures in counts.failing.items():
        failing.add_metric([feed], failures)
    yield failing
