"""A question from the command line loads what it needs, and no more."""

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from semsearch.cli.app import _ASKING, command_line
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

NOT_NEEDED = (
    "semsearch.check",
    "semsearch.compare",
    "semsearch.indexing",
    "semsearch.ingest.formats",
    "semsearch.relate",
    "semsearch.watch",
    "semsearch.web",
    "semsearch.api",
    "semsearch.export.forms",
    "semsearch.store.milvus",
    "jinja2",
    "pyarrow",
    "torch",
)
ASKS = """
import sys
import semsearch.cli.ask
from pathlib import Path
from semsearch.assembly import open_index
from semsearch.config import Settings
from semsearch.model.search import Query
from tests.support.encoder import HashingEncoder
with open_index(Settings(index=Path(sys.argv[1])), encoder=HashingEncoder()) as index:
    assert index.search(Query("harbour")).hits
print(*sys.modules, sep="\\n")
"""


def test_a_question_loads_nothing_that_only_writing_and_comparing_need(tmp_path: Path) -> None:
    with open_index(tmp_path / "index", HashingEncoder()) as index:
        index.add([make_article("a", "The harbour is closed")])
    done = subprocess.run(
        [sys.executable, "-c", ASKS, tmp_path / "index"], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "semsearch.ask.search" in loaded
    assert [each for each in loaded if each.startswith(NOT_NEEDED)] == []


def test_the_commands_that_ask_are_the_same_without_the_others() -> None:
    asking = command_line("ask")
    names = {each.callback.__name__ for each in asking.registered_commands if each.callback}
    assert names == _ASKING
    for name in names:
        alone = CliRunner().invoke(asking, [name, "--help"])
        assert alone.exit_code == 0
        assert alone.stdout == CliRunner().invoke(command_line(), [name, "--help"]).stdout
