"""Describe the interface: examples in the OpenAPI document, and the page /docs in plain HTML.

The page fetches nothing from elsewhere. The examples are answers of the sample corpus; they lie in
``examples.json``, which ``scripts/write_examples.py`` makes.
"""

import base64
import hashlib
import html
import json
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

router = APIRouter(include_in_schema=False)

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;
color:#1b1b1b;background:#fff}
h2{margin-top:2.5rem;border-top:1px solid #ccc;padding-top:1rem}
code,pre{font:14px/1.45 ui-monospace,monospace}
pre{background:#f4f4f4;padding:.75rem;overflow:auto}
table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.25rem .6rem;text-align:left}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}pre{background:#242424}
h2,td,th{border-color:#555}a{color:#8ab4f8}}
"""


_POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'; frame-ancestors 'none'; base-uri 'none'"
)


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
    operations = [
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>semsearch HTTP interface</title><style>{_STYLE}</style>"
        f"<h1>semsearch {_text(document['info']['version'])}</h1>"
        f"<p>{_text(document['info']['description'])}</p>"
        '<p>Machine-readable: <a href="/openapi.json">openapi.json</a></p>'
        f"{''.join(operations)}</html>"
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parts = [
        f"<h2>{_text(operation['summary'])}</h2>",
        f"<p><code>{method.upper()} {_text(path)}</code></p>",
        f"<p>{_text(operation.get('description', ''))}</p>",
    ]
    rows = [
        f"<tr><td><code>{_text(each['name'])}</code></td><td>{_text(each['in'])}</td>"
        f"<td>{_text(_kind(each['schema']))}</td><td>{_text(each.get('description', ''))}</td></tr>"
        for each in operation.get("parameters", [])
    ]
    if rows:
        head = "<tr><th>parameter</th><th>in</th><th>type</th><th></th></tr>"
        parts.append(f"<table>{head}{''.join(rows)}</table>")
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        parts += [f"<p>Body, {_text(kind)}:</p>{example}" for example in _examples(content)]
    answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    parts += [f"<p>Answer:</p>{example}" for example in _examples(answer)]
    return "".join(parts)


def _examples(content: dict[str, Any]) -> list[str]:
    examples = [each["value"] for each in content.get("examples", {}).values()]
    examples += [content["example"]] if "example" in content else []
    return [
        f"<pre>{_text(each if isinstance(each, str) else json.dumps(each, indent=1))}</pre>"
        for each in examples
    ]


def _kind(schema: dict[str, Any]) -> str:
    alternatives = [schema, *schema.get("anyOf", [])]
    kinds = [each.get("type") or each.get("$ref", "").rsplit("/", 1)[-1] for each in alternatives]
    return " or ".join(kind for kind in kinds if kind and kind != "null")


def _text(value: object) -> str:
    return html.escape(str(value))
