"""The reference is what the code says, and leaves nothing out."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from typer.main import get_command

from scripts.write_reference import pages
from semsearch import errors
from semsearch.api.app import create_app
from semsearch.api.problems import problem_type
from semsearch.cli.app import command_line
from semsearch.config import Settings
from semsearch.web import site
from tests.docs.pages import DOCS, REFERENCE, ROOT, interface, sections

HTTP = (REFERENCE / "http.md").read_text("utf-8")


def test_it_is_up_to_date() -> None:
    for name, text in pages().items():
        assert (DOCS / name).read_text("utf-8") == text, f"run scripts/write_reference.py: {name}"


def commands(group: Any, path: str) -> list[tuple[str, Any]]:
    found = [(path, group)]
    for name, command in getattr(group, "commands", {}).items():
        found += [] if command.hidden else commands(command, f"{path} {name}")
    return found


@pytest.mark.parametrize(("path", "command"), commands(get_command(command_line()), "semsearch"))
def test_every_command_and_option_stands_in_it(path: str, command: Any) -> None:
    section = sections(REFERENCE / "cli.md")[path].replace(r"\|", "|")
    for parameter in command.params:
        if parameter.param_type_name == "option":
            for option in (*parameter.opts, *parameter.secondary_opts):
                assert re.search(rf"`[^`]*(?<![\w-]){option}(?![\w-])[^`]*`", section), option
        else:
            assert f"`{parameter.metavar or parameter.name.upper()}`" in section, parameter.name
    if not hasattr(command, "commands"):
        assert "For example:" in section


def settings() -> list[str]:
    found = []
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        found.append(name)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += [f"{name}.{one}" for one in kind.model_fields]
    return found


@pytest.mark.parametrize("name", settings())
def test_every_setting_and_its_variable_stand_in_it(name: str) -> None:
    text = (REFERENCE / "settings.md").read_text("utf-8")
    assert f"`SEMSEARCH_{name.replace('.', '__').upper()}`" in text
    assert f"`{name}`" in text or f"## {name}\n" in text


def test_every_endpoint_and_parameter_stands_in_it() -> None:
    by_name = sections(REFERENCE / "http.md")
    for path, methods in interface()["paths"].items():
        for method, operation in methods.items():
            section = by_name[f"{method.upper()} {path}"]
            for parameter in operation.get("parameters", []):
                assert f"| `{parameter['name']}` | {parameter['in']} |" in section


def test_a_value_that_stands_alone_is_named() -> None:
    for section in ("GET /v1/search", "POST /v1/search"):
        lines = sections(REFERENCE / "http.md")[section].splitlines()
        (row,) = (line for line in lines if line.startswith("| `format` |"))
        assert "`csl-json` or `json` |" in row


def routes(router: Any) -> list[tuple[str, str]]:
    found = []
    for route in router.routes:
        if hasattr(route, "original_router"):
            found += routes(route.original_router)
        elif hasattr(route, "methods"):
            found += [(one, route.path) for one in route.methods if one != "HEAD"]
    return found


def test_every_address_stands_in_it() -> None:
    served = create_app(None, pages=[site.router])  # type: ignore[arg-type]
    hidden = {"/docs/oauth2-redirect"}
    for method, path in {*routes(served), *routes(site.router)}:
        shown = path.replace(":path", "")
        assert shown in hidden or re.search(
            rf"^(## |\| `){method} (/v1)?{re.escape(shown)}(`|$)", HTTP, re.MULTILINE
        ), f"{method} {path}"


def kinds(error: type[errors.SemsearchError]) -> list[str]:
    found = [problem_type(one) for one in error.__subclasses__()]
    return found + [kind for one in error.__subclasses__() for kind in kinds(one)]


def test_every_problem_stands_in_it() -> None:
    said: list[str] = kinds(errors.SemsearchError)
    for path in (ROOT / "semsearch" / "api").glob("*.py"):
        source = path.read_text("utf-8")
        said += re.findall(r"HTTPStatus\.[A-Z_]+,\s+\"([a-z-]+)\"", source)
        said += re.findall(r"_forbidden\(\s*\"([a-z-]+)\"", source)
    assert len(said) > 30
    for kind in said:
        assert f"| `{kind}` |" in HTTP, kind


@pytest.mark.parametrize("page", sorted(REFERENCE.glob("*.md")), ids=lambda page: page.name)
def test_nothing_in_it_is_left_unsaid(page: Path) -> None:
    rows = [row for row in page.read_text("utf-8").splitlines() if row.startswith("|")]
    assert len(rows) > 10
    assert [row for row in rows if re.search(r"\|\s*\|", row)] == []
