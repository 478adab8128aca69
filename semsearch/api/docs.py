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
:root{color-scheme:light dark;--paper:#fdfcf9;--raised:#f4f1ea;--ink:#1b1a17;--muted:#57534a;
--rule:#d8d2c4;--link:#0b4a6f;--accent:#8c1d18}
@media(prefers-color-scheme:dark){:root{--paper:#171613;--raised:#22201c;--ink:#ece8de;
--muted:#b3ad9f;--rule:#3d3a33;--link:#93c9ec;--accent:#ff9d8f}}
body{font:16px/1.55 system-ui,sans-serif;max-width:65rem;margin:0 auto;padding:1rem;
color:var(--ink);background:var(--paper);overflow-wrap:break-word}
h1,h2{font-family:ui-serif,Georgia,serif;line-height:1.2}
h2{margin-top:2.5rem;border-top:3px solid var(--ink);padding-top:.6rem;font-size:1.3rem}
a{color:var(--link)}summary{cursor:pointer}
nav ul{columns:16rem;padding-left:1.2rem}nav li{break-inside:avoid}
code,pre{font:14px/1.45 ui-monospace,monospace}
.method{color:var(--accent);font-weight:600}
pre{background:var(--raised);padding:.75rem;overflow:auto;max-height:30rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
td,th{border-top:1px solid var(--rule);padding:.3rem .6rem .3rem 0;text-align:left;
vertical-align:top}
header a{font-weight:700}header nav{display:inline;margin-left:1.5rem}
@media(max-width:44rem){table,tbody,tr,td{display:block}tr:first-child{display:none}
tr{border-top:1px solid var(--rule);padding:.3rem 0}td{border:0;padding:0}
td:nth-child(2),td:nth-child(3){display:inline-block;padding-right:.7rem;color:var(--muted)}}
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
    contents = "".join(
        f'<li><a href="#{_anchor(operation)}">{_text(operation["summary"])}</a></li>'
        for methods in document["paths"].values()
        for operation in methods.values()
    )
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>HTTP interface · semsearch</title><style>{_STYLE}</style>"
        '<header><a href="/">semsearch</a></header><main>'
        f"<h1>HTTP interface {_text(document['info']['version'])}</h1>"
        f"<p>{_text(document['info']['description'])}</p>"
        '<p>For programs: <a href="/openapi.json">openapi.json</a></p>'
        f'<nav aria-label="Operations"><ul>{contents}</ul></nav>'
        f"{''.join(operations)}</main></html>"
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parts = [
        f'<h2 id="{_anchor(operation)}">{_text(operation["summary"])}</h2>',
        f'<p><code><span class="method">{method.upper()}</span> {_text(path)}</code></p>',
        f"<p>{_text(operation.get('description', ''))}</p>",
    ]
    rows = [
        f"<tr><td><code>{_text(each['name'])}</code></td><td>{_text(each['in'])}</td>"
        f"<td>{_text(_kind(each['schema']))}</td><td>{_text(each.get('description', ''))}</td></tr>"
        for each in operation.get("parameters", [])
    ]
    if rows:
        head = "<tr><th>parameter</th><th>in</th><th>type</th><th></th></tr>"
        parts.append(f'<div class="wide" tabindex="0"><table>{head}{"".join(rows)}</table></div>')
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        parts += [f"<p>Body, {_text(kind)}:</p>{example}" for example in _examples(content)]
    answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    parts += [f"<p>Answer:</p>{example}" for example in _examples(answer)]
    return "".join(parts)


def _examples(content: dict[str, Any]) -> list[str]:
    examples = [each["value"] for each in content.get("examples", {}).values()]
    examples += [content["example"]] if "example" in content else []
    return [
        '<details><summary>Example</summary><pre tabindex="0">'
        f"{_text(each if isinstance(each, str) else json.dumps(each, indent=1))}</pre></details>"
        for each in examples
    ]


def _anchor(operation: dict[str, Any]) -> str:
    return _text(operation["operationId"])


def _kind(schema: dict[str, Any]) -> str:
    alternatives = [schema, *schema.get("anyOf", [])]
    kinds = [each.get("type") or each.get("$ref", "").rsplit("/", 1)[-1] for each in alternatives]
    return " or ".join(kind for kind in kinds if kind and kind != "null")


def _text(value: object) -> str:
    return html.escape(str(value))
