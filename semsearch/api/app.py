"""The application."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware.cors import CORSMiddleware

from semsearch import __version__
from semsearch.api import articles, comparison, coverage, docs, health, search
from semsearch.api.access import Access
from semsearch.api.admission import Admission, Running
from semsearch.api.conversation import Conversation
from semsearch.api.limits import BodyLimit, HeadLimit, only_known_parameters
from semsearch.api.metrics import Metrics
from semsearch.api.problems import PROBLEM_SCHEMA, install
from semsearch.api.settings import ApiSettings
from semsearch.api.stopping import ask_to_end
from semsearch.index import Index
from semsearch.store.keys import KeyRing

_DESCRIPTION = (
    "Semantic search for news archives: ranked articles, the passage that answers, and how each "
    "provider frames it. Errors are problem documents (RFC 9457) with a hint. Where the index has "
    "keys, send one as Authorization: Bearer."
)
_STOPPING_SECONDS = 1.0
_LISTED = {"X-Request-Id", "Retry-After"}


def create_app(
    index: Index,
    *,
    settings: ApiSettings = ApiSettings(),
    ring: KeyRing | None = None,
    insecure: bool = False,
    pages: Sequence[APIRouter] = (),
    catch_up: bool = False,
) -> FastAPI:
    """The HTTP interface of one opened index, which is closed when the application stops.

    Args:
        index: The use cases; also ``app.state.index``.
        settings: How much is taken at a time.
        ring: Who may use it; None: whoever reaches it.
        insecure: Without keys let in whoever reaches it, too.
        pages: Routes for people, served beside the interface for programs.
        catch_up: Publish what other processes have written, for as long as the application runs.
    """
    running = Running()
    index.repair_in_background()  # no request waits for it

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        running.start()
        ask_to_end(running, settings.stop_seconds)
        if catch_up:
            index.keep_published()
        yield
        await running.stop(_STOPPING_SECONDS)
        index.close()

    app = FastAPI(
        title="semsearch",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # FastAPI's pages fetch scripts from elsewhere; see api.docs
        redoc_url=None,
    )
    app.state.index = index
    app.state.settings = settings
    app.state.probing = CapacityLimiter(1)
    app.state.metrics = metrics = Metrics()
    problem = {"content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}}}
    responses: dict[int | str, dict[str, object]] = {
        422: {"description": "What was asked cannot be read.", **problem},
        "default": {"description": "Any other error.", **problem},
    }
    known = [Depends(only_known_parameters)]
    for router in (search.router, coverage.router, comparison.router, articles.router):
        app.include_router(router, prefix="/v1", responses=responses, dependencies=known)
    app.include_router(health.router)
    for router in pages:
        app.include_router(router, include_in_schema=False)
    app.include_router(docs.router)
    install(app)
    # The last one added is the first that a request meets.
    app.add_middleware(Admission, settings=settings, metrics=metrics, running=running)
    app.add_middleware(BodyLimit, settings=settings)
    if ring is not None:
        app.add_middleware(Access, ring=ring, settings=settings, insecure=insecure)
    app.add_middleware(HeadLimit, settings=settings)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-Request-Id"],
            expose_headers=sorted(_LISTED),
        )
    app.add_middleware(Conversation, metrics=metrics)
    return app
