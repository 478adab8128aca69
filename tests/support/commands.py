"""Commands as a user runs them, in this process: starting one takes longer than most of them.

For the same reason the commands of a process share the model, which each would load, and what it
has encoded: each comparison would begin with the examples of the frames.
"""

import io
import json
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jsonschema
import pytest
from pydantic import TypeAdapter

from semsearch import assembly
from semsearch.cli.app import main
from semsearch.encode.encoder import Vectors
from semsearch.encode.export import ExportedModel
from semsearch.encode.openvino_encoder import OpenVinoEncoder


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


class _KeptEncoder(OpenVinoEncoder):
    """Gives a batch that it has encoded before the same vectors."""

    def __init__(self, exported: ExportedModel, *, threads: int, precision: str) -> None:
        super().__init__(exported, threads=threads, precision=precision)
        self._kept: dict[tuple[str, ...], Vectors] = {}

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        batch = tuple(texts)
        if batch not in self._kept:
            self._kept[batch] = super().encode_documents(batch)
        return self._kept[batch].copy()


_kept_encoder = cache(_KeptEncoder)


def run(*arguments: str | Path, stdin: str | bytes = "") -> Done:
    """Run a command in this process, as ``python -m semsearch`` does."""
    out, err = io.StringIO(), io.StringIO()
    given = stdin.encode() if isinstance(stdin, str) else stdin
    with (
        patch.object(assembly, "OpenVinoEncoder", _kept_encoder),
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
