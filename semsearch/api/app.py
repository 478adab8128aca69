"""The application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from semsearch import __version__
from semsearch.api import articles, health, search
from semsearch.api.limits import BodyLimit
from semsearch.api.problems import PROBLEM_SCHEMA, install
from semsearch.engine.services import Services

_DESCRIPTION = (
    "Semantic search for news archives: ranked articles, the passage that answers, and how each "
    "provider frames it. Errors are problem documents (RFC 9457) with a hint."
)


def create_app(services: Services, *, max_body_bytes: int = 64 * 2**20) -> FastAPI:
    """The HTTP interface of one opened index, which is closed when the application stops.

    Args:
        services: The use cases.
        max_body_bytes: Larger request bodies are answered with 413.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        services.close()

    app = FastAPI(
        title="semsearch", version=__version__, description=_DESCRIPTION, lifespan=lifespan
    )
    app.state.services = services
    problem = {"content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}}}
    responses: dict[int | str, dict[str, object]] = {
        422: {"description": "What was asked cannot be read.", **problem},
        "default": {"description": "Any other error.", **problem},
    }
    app.include_router(search.router, prefix="/v1", responses=responses)
    app.include_router(articles.router, prefix="/v1", responses=responses)
    app.include_router(health.router)
    app.add_middleware(BodyLimit, limit=max_body_bytes)
    install(app)
    return app
