"""Commands as a user runs them, in this process: starting one takes longer than most of them."""

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jsonschema
import pytest
from pydantic import TypeAdapter

from semsearch.cli.app import main


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str | Path, stdin: str | bytes = "") -> Done:
    """Run a command in this process, as ``python -m semsearch`` does."""
    out, err = io.StringIO(), io.StringIO()
    given = stdin.encode() if isinstance(stdin, str) else stdin
    with (
        patch.object(sys, "argv", ["semsearch", *map(str, arguments)]),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8")),
        patch.dict(os.environ, {"COLUMNS": "100", "NO_COLOR": "1"}),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    code = ended.value.code
    return Done(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())


def answer(*arguments: str | Path, stdin: str = "", code: int = 0, kind: Any = None) -> Any:
    """The one JSON document of a command, checked against its schema; it must end with a code."""
    done = run(*arguments, "--json", stdin=stdin)
    assert (done.returncode, done.stderr) == (code, "")
    document = json.loads(done.stdout)
    if kind is not None:
        jsonschema.validate(document, TypeAdapter(kind).json_schema(mode="serialization"))
    return document
