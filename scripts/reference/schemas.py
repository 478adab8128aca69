"""The JSON schemas of answers, and the OpenAPI document."""

import json

import anyio
from pydantic import TypeAdapter

from semsearch.api.app import create_app
from semsearch.config import AssistantSettings
from semsearch.mcp.server import create_server
from semsearch.model.article import ArticleView
from semsearch.model.check import DraftCheck
from semsearch.model.clusters import DuplicateGroups, DuplicatesFound, Stories, StoryView
from semsearch.model.comparison import Comparison
from semsearch.model.feeds import FeedList
from semsearch.model.relation import Relations
from semsearch.model.search import SearchResults, SimilarResults
from semsearch.model.status import IndexReport, IndexStatus
from semsearch.model.watch import Alerts

ANSWERS = {
    "search-results": SearchResults,
    "similar-results": SimilarResults,
    "article": ArticleView,
    "relations": Relations,
    "duplicates": DuplicatesFound,
    "duplicate-groups": DuplicateGroups,
    "stories": Stories,
    "story": StoryView,
    "comparison": Comparison,
    "draft-check": DraftCheck,
    "feeds": FeedList,
    "alerts": Alerts,
    "index-report": IndexReport,
    "index-status": IndexStatus,
}


def _tools() -> dict[str, object]:
    """What an assistant is told of each tool, those that write among them, by name."""
    server = create_server(None, AssistantSettings(), writes=True)  # type: ignore[arg-type]
    return {
        tool.name: tool.model_dump(mode="json", by_alias=True, exclude_none=True)
        for tool in anyio.run(server.list_tools)
    }


def documents() -> dict[str, str]:
    """Every document by its file's name."""
    schemas: dict[str, dict[str, object]] = {
        f"{name}.schema.json": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **TypeAdapter(kind).json_schema(mode="serialization"),
        }
        for name, kind in ANSWERS.items()
    }
    schemas["openapi.json"] = create_app(None).openapi()  # type: ignore[arg-type]
    schemas["mcp-tools.json"] = _tools()
    return {
        name: json.dumps(document, indent=1, sort_keys=True) + "\n"
        for name, document in schemas.items()
    }
