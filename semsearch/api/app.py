"""The application."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI

from semsearch import __version__
from semsearch.api import articles, comparison, coverage, docs, health, search
from semsearch.api.limits import BodyLimit, only_known_parameters
from semsearch.api.problems import PROBLEM_SCHEMA, install
from semsearch.engine.services import Services

_DESCRIPTION = (
    "Semantic search for news archives: ranked articles, the passage that answers, and how each "
    "provider frames it. Errors are problem documents (RFC 9457) with a hint."
)


def create_app(
    services: Services, *, max_body_bytes: int = 64 * 2**20, pages: Sequence[APIRouter] = ()
) -> FastAPI:
    """The HTTP interface of one opened index, which is closed when the application stops.

    Args:
        services: The use cases; also ``app.state.services``.
        pages: Routes for people, served beside the interface for programs.
        max_body_bytes: Larger request bodies are answered with 413.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        services.close()

    app = FastAPI(
        title="semsearch",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # FastAPI's pages fetch scripts from elsewhere; see api.docs
        redoc_url=None,
    )
    app.state.services = services
    problem = {"content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}}}
    responses: dict[int | str, dict[str, object]] = {
        422: {"description": "What was asked cannot be read.", **problem},
        "default": {"description": "Any other error.", **problem},
    }
    known = [Depends(only_known_parameters)]
    for router in (search.router, coverage.router, comparison.router, articles.router):
        app.include_router(router, prefix="/v1", responses=responses, dependencies=known)
    app.include_router(health.router)
    app.include_router(docs.router)
    for router in pages:
        app.include_router(router, include_in_schema=False)
    app.add_middleware(BodyLimit, limit=max_body_bytes)
    install(app)
    return app
