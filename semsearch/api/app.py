"""Build the application: endpoints, middleware, and what happens when it starts and stops."""

import asyncio
import json
import signal
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache, cached_property
from types import FrameType
from typing import Any

from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware

from semsearch import __version__
from semsearch.api import articles, check, docs, feeds, relations, search, status, stories, watches
from semsearch.api.access import AccessControl
from semsearch.api.concurrency import ConcurrencyLimit, RunningRequests
from semsearch.api.keys import KeyRing
from semsearch.api.limits import BodyLimit, HeadLimit
from semsearch.api.metrics import Metrics
from semsearch.api.parameters import only_known_parameters
from semsearch.api.problems import PROBLEM_SCHEMA, install_handlers
from semsearch.api.request_context import RequestContext
from semsearch.api.request_kinds import RequestKind, request_kind
from semsearch.api.root_path import RootPath
from semsearch.config import ServiceSettings
from semsearch.errors import ConfigurationError
from semsearch.index import Index

_DESCRIPTION = (
    "Semantic search for news archives: ranked articles, the passage that answers, and how each "
    "provider frames it. Errors are problem documents (RFC 9457) with a hint. Where the index has "
    "keys, send one as Authorization: Bearer."
)
_STOPPING_SECONDS = 1.0
_EXPOSED_HEADERS = ("Retry-After", "X-Request-Id")


class SearchService(FastAPI):
    """The application; its OpenAPI document shows examples from the sample corpus."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._building = threading.Lock()  # FastAPI's builder is not for several threads at once

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        with self._building:
            if self.openapi_schema is None:
                docs.add_examples(super().openapi())
            return super().openapi()

    @cached_property
    def openapi_json(self) -> bytes:
        """The same as it is sent: it is large, and to write it takes the event loop's time."""
        return json.dumps(self.openapi(), ensure_ascii=False, separators=(",", ":")).encode()


def create_app(
    index: Index,
    *,
    settings: ServiceSettings = ServiceSettings(),
    ring: KeyRing | None = None,
    insecure: bool = False,
    pages: Sequence[APIRouter] = (),
    catch_up: bool = False,
    poll_feeds: bool = False,
    send_alerts: bool = False,
) -> FastAPI:
    """The HTTP interface of one opened index, which is closed when the application stops.

    Args:
        index: What is served; also ``app.state.index``.
        settings: The limits of one process.
        ring: Who may use it; None: whoever reaches it.
        insecure: Without keys let in whoever reaches it, too.
        pages: Routes for people, served beside the interface for programs.
        catch_up: For as long as the application runs, answer writes when their articles are found,
            relate them in the background, and publish what was left: see ``Index.keep_published``.
        poll_feeds: Poll feeds that are due, unless another process does.
        send_alerts: Send the alerts of watches as they are due.

    Raises:
        ConfigurationError: Traces are wanted, and their library is not installed.
    """
    running = RunningRequests()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        running.stopping.clear()  # an application may be started again
        with index:
            index.repair_in_background()  # no request waits for it
            _stop_requests_on_signal(running, settings.stop_seconds)
            if catch_up:
                index.keep_published()
            if poll_feeds:
                index.keep_polling()
            if send_alerts:
                index.keep_delivering()
            yield
            await running.stop(_STOPPING_SECONDS)

    app = SearchService(
        title="semsearch",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        telemetry=_telemetry(settings),
        openapi_url=None,  # see api.docs for this and the next two
        docs_url=None,  # FastAPI's pages fetch scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host the request names
        routes=_interface().routes,
    )
    app.state.index = index
    app.state.settings = settings
    app.state.probe_limiter = CapacityLimiter(1)
    app.state.parse_limiter = CapacityLimiter(1)
    app.state.metrics = metrics = Metrics()
    for router in pages:
        app.include_router(router, include_in_schema=False)
    app.include_router(docs.router)
    install_handlers(app)
    # The last one added is the first that a request meets.
    app.add_middleware(ConcurrencyLimit, settings=settings, metrics=metrics, running=running)
    app.add_middleware(BodyLimit, settings=settings)
    if ring is not None:
        app.add_middleware(AccessControl, ring=ring, settings=settings, insecure=insecure)
    app.add_middleware(HeadLimit, settings=settings)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-Request-Id"],
            expose_headers=_EXPOSED_HEADERS,
        )
    app.add_middleware(RequestContext, metrics=metrics)
    if settings.root_path:
        app.add_middleware(RootPath, path=settings.root_path)
    return app


@cache
def _interface() -> APIRouter:
    """The routes for programs, which all applications of a process share.

    FastAPI prepares them at the first request, which takes a quarter of a second.
    """
    router = APIRouter()
    problem = {"content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}}}
    responses: dict[int | str, dict[str, object]] = {
        422: {"description": "What was asked cannot be read.", **problem},
        "default": {"description": "Any other error.", **problem},
    }
    known = [Depends(only_known_parameters)]
    # The ids of articles may hold slashes: what comes after an id is matched before the article.
    for module in (search, relations, stories, check, articles, feeds, watches, status):
        router.include_router(module.router, prefix="/v1", responses=responses, dependencies=known)
    router.include_router(status.probes)
    router.include_router(feeds.opml)
    return router


def _stop_requests_on_signal(running: RunningRequests, seconds: float) -> None:
    """Tell the requests of this process to end so long after it was told to stop.

    A server tells its application only when all requests are over, so this listens to the same
    signals as the server does. It is called from the server's event loop; elsewhere than in the
    main thread, where no signals arrive, it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def handle(received: int, frame: FrameType | None, before: object = before) -> None:
            loop.call_soon_threadsafe(loop.call_later, seconds, running.stopping.set)
            if callable(before):
                before(received, frame)

        if callable(before):
            signal.signal(number, handle)


def _telemetry(settings: ServiceSettings) -> TelemetryConfig:
    """FastAPI's OpenTelemetry: a trace of every request but probes, where traces are wanted."""
    config = TelemetryConfig(tracing=settings.traces, metrics=False, logs=False)
    if not settings.traces:
        return config
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError(
            f"service.traces is set, but {error.name} is not installed.",
            "Install it with: pip install 'semsearch[otel]'",
        ) from None
    provider = TracerProvider(resource=Resource.create({"service.name": "semsearch"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    config["tracer_provider"] = provider
    config["exclude"] = lambda scope: request_kind(scope) is RequestKind.PROBE
    return config
