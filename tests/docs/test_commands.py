"""Commands that the documentation shows can be run."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.main import get_command

from semsearch.cli.app import command_line
from tests.docs.pages import REFERENCE, blocks, inline, interface, name_of, pages
from tests.support.commands import run

SHELL = {"", "sh", "console"}
SERVICE = "http://127.0.0.1:8000"


def lines(page: Path) -> Iterator[str]:
    """Lines of shell that a page shows, those that go on joined, prompts taken off."""
    for block in blocks(page):
        if block.language in SHELL:
            text = block.text.replace("\\\n", " ")
            wanted = text.splitlines()
            if block.language == "console":
                wanted = [one[2:] for one in wanted if one.startswith("$ ")]
            yield from (one for one in wanted if "[OPTIONS]" not in one)


def words_of(line: str) -> list[str]:
    """The arguments of ``semsearch`` in a line; empty where it is another command."""
    words = shlex.split(line, comments=True)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    if not words or words[0] != "semsearch":
        return []
    end = next((i for i, one in enumerate(words) if one in {">", "|", "<", "&&"}), len(words))
    return words[1:end]


def shown(program: str) -> list[Any]:
    """Every line that runs a program, with the page that shows it."""
    return [
        pytest.param(line, id=f"{name_of(page)}: {line}")
        for page in pages()
        for line in lines(page)
        if (words_of(line) if program == "semsearch" else line.startswith(program))
    ]


@cache
def program() -> Any:
    """The command with all that are below it."""
    return get_command(command_line())


def parsed(words: list[str]) -> None:
    """Let the parser read them, as far as the last command."""
    command = program()
    context = command.make_context("semsearch", list(words))
    while hasattr(command, "commands"):
        name, command, rest = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        context = command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("line", shown("semsearch"))
def test_it_is_understood(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = [one.replace("~/", "") for one in words_of(line)]
    for word in words:  # what a reader would have: the files and folders that are named
        if re.fullmatch(r"[\w./-]+", word) and not word.startswith("-"):
            if "." in Path(word).name:
                Path(word).parent.mkdir(parents=True, exist_ok=True)
                Path(word).touch()
            elif "/" in word or word.islower():
                Path(word).mkdir(parents=True, exist_ok=True)
    parsed(words)


@cache
def known_options() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}

    def walk(command: Any, path: str) -> None:
        found[path] = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        found[path] |= {"--help", "-h"}
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{path} {name}")

    walk(program(), "semsearch")
    return found


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_commands_named_in_a_sentence_exist(page: Path) -> None:
    known = known_options()
    for token in inline(page):
        if token.type != "code_inline" or not re.match(r"semsearch [a-z]", token.content):
            continue
        words = token.content.split()
        path = max((one for one in known if f"{token.content} ".startswith(f"{one} ")), key=len)
        assert path != "semsearch", token.content
        if path == "semsearch eval" and len(words) > 2:
            path = "semsearch eval run"
        options = {one for one in words if one.startswith("-") and one != "-"}
        assert options <= known[path], token.content


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_options_named_in_a_sentence_exist(page: Path) -> None:
    every = set().union(*known_options().values())
    for token in inline(page):
        if token.type == "code_inline" and re.match(r"--[a-z]", token.content):
            assert token.content.split()[0].partition("=")[0] in every, token.content


@pytest.mark.parametrize("line", shown("curl"))
def test_addresses_exist(line: str) -> None:
    words = shlex.split(line)
    method = words[words.index("-X") + 1] if "-X" in words else "POST" if "-d" in words else "GET"
    address = next(one for one in words if one.startswith("http"))
    assert address.startswith(f"{SERVICE}/")
    parts = urlsplit(address)
    fitting = [
        methods[method.lower()]
        for path, methods in interface()["paths"].items()
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), parts.path) and method.lower() in methods
    ]
    if parts.path in (REFERENCE / "http.md").read_text("utf-8") and not fitting:
        return  # /metrics and the like
    assert fitting, line
    known = {one["name"] for one in fitting[0].get("parameters", [])}
    assert set(parse_qs(parts.query)) <= known


@pytest.mark.model
@pytest.mark.parametrize("line", [one for one in shown("semsearch") if "indexes/sample" in one.id])
def test_it_runs_on_the_sample_corpus(
    line: str, reader: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(reader)
    done = run(*words_of(line))
    assert done.returncode == 0, done.stderr
    assert done.stdout
