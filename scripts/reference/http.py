"""The reference of the HTTP interface, from its OpenAPI document and routes."""

import inspect
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from scripts.reference.tables import NOTE, table
from semsearch import errors
from semsearch.api import docs, feeds, status
from semsearch.api.app import create_app
from semsearch.api.problems import problem_type, status_of
from semsearch.web import site

HEAD = f"""# HTTP interface

{NOTE}

A running service shows this at `/docs`, and as a document at `/openapi.json`, which is also
[in this repository](../schema/openapi.json). Where the service has keys, send one as
`Authorization: Bearer KEY`. A parameter that takes a list is given once for each value. What
answers `GET` answers `HEAD`, too. Errors are [problem documents](#problems).
"""
PROBLEMS = """## Problems

An error is answered with `application/problem+json`: `type`, `title`, `status`, `detail` (what
happened), mostly `hint` (what to do). The type is `urn:semsearch:problem:` and one of:
"""
OTHER_PROBLEMS = {
    "method-not-allowed": (405, "The address does not take this method."),
    "unsupported-media-type": (415, "The body is of a kind that the address does not take."),
    "url-too-long": (414, "The address is longer than `service.max_url_bytes`."),
    "header-too-long": (
        431,
        "A header is longer than that, or the head than `service.max_head_bytes`.",
    ),
    "head-too-slow": (408, "The head did not come within `service.head_seconds`."),
    "body-too-large": (
        413,
        "The body is longer than `service.max_body_bytes` or `max_text_bytes`.",
    ),
    "body-too-slow": (408, "The body did not come within `service.body_seconds`."),
    "unauthorized": (401, "No key was sent, or none that is valid."),
    "forbidden": (403, "The key does not have the scope that this needs."),
    "foreign-host": (403, "Without keys this machine must be asked by a name of its own."),
    "foreign-origin": (403, "Without keys pages from elsewhere may not write."),
    "rate-limited": (429, "The key has asked more often than `service.rate` lets it."),
    "overloaded": (503, "The request would have waited longer than `service.queue_seconds`."),
    "internal-error": (500, "Something went wrong inside; the log says more."),
}


@cache
def _document() -> dict[str, Any]:
    return create_app(None).openapi()  # type: ignore[arg-type]


def page() -> str:
    """Every operation, page and problem."""
    document = _document()
    lines = [HEAD]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            lines += _operation(method.upper(), path, operation)
    hidden = [*routes(status.probes, shown=False), *routes(feeds.opml), *routes(docs.router)]
    lines += ["## Beside the interface\n"]
    lines += table(
        ("address", "what is there"),
        [
            ("`GET /openapi.json`", "This interface as an OpenAPI document."),
            *((path, text) for path, text in hidden if path.strip("`") != "GET /"),
        ],
    )
    lines += ["## Pages\n", "For people; they are no stable interface for programs.\n"]
    lines += table(("address", "what is there"), list(routes(site.router)))
    return "\n".join([*lines, *_problems()])


def routes(router: Any, *, shown: bool = True) -> Iterator[tuple[str, str]]:
    """Every address of a router with what its function says; those in the document if shown."""
    for route in router.routes:
        if hasattr(route, "original_router"):
            yield from routes(route.original_router, shown=shown)
        elif shown or not route.include_in_schema:
            methods = ", ".join(sorted(route.methods - {"HEAD"}))
            text = (inspect.getdoc(route.endpoint) or "").partition("\n\n")[0]
            yield f"`{methods} {route.path.replace(':path', '')}`", text


def _operation(method: str, path: str, operation: dict[str, Any]) -> list[str]:
    lines = [f"## {method} {path}\n", f"**{operation['summary']}.** {operation['description']}\n"]
    rows = [
        (f"`{one['name']}`", one["in"], _kind(one["schema"]), one.get("description", ""))
        for one in operation.get("parameters", [])
    ]
    lines += table(("parameter", "in", "values", "meaning"), rows)
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        lines += [f"Body, `{kind}`:\n"]
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        fields = _document()["components"]["schemas"].get(name, {}).get("properties", {})
        lines += table(
            ("field", "values", "meaning"),
            [
                (f"`{one}`", _kind(schema), schema.get("description", ""))
                for one, schema in fields.items()
            ],
        )
        lines += _examples(content)
    for code in ("200", "201"):
        answer = operation["responses"].get(code, {}).get("content", {})
        examples = _examples(answer.get("application/json", {}))
        if examples:
            head = f'<details markdown="1">\n<summary>Answer, {code}</summary>\n'
            lines += [head, *examples, "</details>\n"]
    return lines


def _examples(content: dict[str, Any]) -> list[str]:
    examples = [one["value"] for one in content.get("examples", {}).values()]
    examples += [content["example"]] if "example" in content else []
    shown = []
    for one in examples:
        text = one.strip() if isinstance(one, str) else _json(one)
        language = "text" if isinstance(one, str) else "json"
        shown += [f"```{language}\n{text}\n```\n"]
    return shown


def _json(value: Any, indent: str = "", width: int = 96) -> str:
    """JSON that breaks a line only where it would be too long."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= width or not isinstance(value, dict | list) or not value:
        return flat
    deeper = indent + "  "
    if isinstance(value, dict):
        inner = [f"{json.dumps(key)}: {_json(one, deeper)}" for key, one in value.items()]
    else:
        inner = [_json(one, deeper) for one in value]
    first, last = ("{", "}") if isinstance(value, dict) else ("[", "]")
    return f"{first}\n" + ",\n".join(deeper + one for one in inner) + f"\n{indent}{last}"


def _kind(schema: dict[str, Any]) -> str:
    """The values that a schema takes, in a few words."""
    kinds = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    words = []
    for one in kinds:
        if "$ref" in one:
            words.append(_referred(one["$ref"]))
        elif "enum" in one:
            words.append(", ".join(f"`{value}`" for value in one["enum"]))
        elif "const" in one:
            words.append(f"`{one['const']}`")
        elif one.get("type") == "array":
            inner = one.get("items", {"type": "texts and articles"})
            words.append(f"list of {_kind(inner)}")
        else:
            limits = [
                f"{text} {one[key]:,}"
                for key, text in (("minimum", "from"), ("maximum", "to"))
                if key in one
            ]
            words.append(" ".join([one.get("type", "any"), *limits]))
    default = schema.get("default")
    text = " or ".join(dict.fromkeys(words))
    return text if default in (None, []) else f"{text}; default `{json.dumps(default)}`"


def _referred(reference: str) -> str:
    schema = _document()["components"]["schemas"][reference.rpartition("/")[2]]
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    return str(schema.get("title", "object")).lower()


def _problems() -> list[str]:
    classes: list[type[errors.SemsearchError]] = []
    waiting = list(errors.SemsearchError.__subclasses__())
    while waiting:
        one = waiting.pop(0)
        classes.append(one)
        waiting = [*one.__subclasses__(), *waiting]
    rows = [
        (f"`{problem_type(one)}`", str(int(status_of(one))), (one.__doc__ or "").partition("\n")[0])
        for one in classes
    ]
    rows += [(f"`{kind}`", str(code), text) for kind, (code, text) in OTHER_PROBLEMS.items()]
    return [PROBLEMS, *table(("type", "status", "meaning"), rows)]
