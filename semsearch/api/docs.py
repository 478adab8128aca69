"""Describe the interface: examples in the OpenAPI document, and the page /docs in plain HTML.

The page fetches nothing from elsewhere. The examples are answers of the sample corpus; they lie in
``examples.json``, which ``scripts/write_examples.py`` makes.
"""

import base64
import hashlib
import json
from functools import cache, partial
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Template

from semsearch.export.formatting import environment

router = APIRouter(include_in_schema=False)


def add_examples(document: dict[str, Any]) -> None:
    """Put the examples of requests and answers into an OpenAPI document."""
    examples = json.loads(files("semsearch.api").joinpath("examples.json").read_text("utf-8"))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            example = examples.get(f"{method.upper()} {path}")
            if example is None:
                continue
            answer = operation["responses"]["200"]["content"]["application/json"]
            answer["example"] = example["answer"]
            requests = example.get("requests", {})
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                if kind == "application/json":
                    content["examples"] = {
                        name: {"value": value} for name, value in requests.items()
                    }
                else:
                    content["example"] = _json_lines(next(iter(requests.values())))


def _json_lines(value: Any) -> str:
    records = value if isinstance(value, list) else [value]
    return "".join(json.dumps(record) + "\n" for record in records)


@router.get("/openapi.json")
def document(request: Request) -> Response:
    """The OpenAPI document."""
    return Response(request.app.openapi_json, media_type="application/json")


@router.get("/docs")
def documentation(request: Request) -> HTMLResponse:
    """Every operation with its parameters and examples."""
    document: dict[str, Any] = request.app.openapi()
    template, style, policy = _page()
    page = template.render(
        info=document["info"],
        style=style,
        operations=[
            {**operation, "method": method.upper(), "path": path}
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ],
        kind=partial(_kind, document["components"]["schemas"]),
        examples=_examples,
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})


@cache
def _page() -> tuple[Template, str, str]:
    """The template of the page, its style, and the policy that allows no other."""
    style = files("semsearch.api").joinpath("docs.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    policy += "; frame-ancestors 'none'; base-uri 'none'"
    return environment("semsearch.api").get_template("docs.html.jinja"), style, policy


def _examples(content: dict[str, Any]) -> list[str]:
    examples = [each["value"] for each in content.get("examples", {}).values()]
    examples += [content["example"]] if "example" in content else []
    return [each if isinstance(each, str) else json.dumps(each, indent=1) for each in examples]


def _kind(named: dict[str, Any], schema: dict[str, Any]) -> str:
    """What a parameter takes: its values where they are few, else of which type they are."""
    kinds: list[str] = []
    for each in schema.get("anyOf", [schema]):
        one = named[each["$ref"].rsplit("/", 1)[-1]] if "$ref" in each else each
        kinds += one.get("enum") or [one.get("const") or one.get("type", "any")]
    *first, last = (kind for kind in kinds if kind != "null")
    return f"{', '.join(first)} or {last}" if first else last
