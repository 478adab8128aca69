"""What is shown on a terminal: the names of files and other texts do not steer it."""

import pytest
from rich.table import Table
from rich.text import Text

from semsearch.cli import render
from semsearch.cli.common import CommonOptions, console, stderr
from semsearch.model.status import IndexReport, Skipped

HOSTILE = "a\x1b[31mred\x1b]0;title\x07\x9b2J\x7f\u202etxt.md"


def table() -> Table:
    made = Table(title=HOSTILE)
    made.add_column(HOSTILE)
    made.add_row(Text(HOSTILE, style="bold"))
    return made


@pytest.mark.parametrize(
    "shown", [HOSTILE, Text(HOSTILE), table()], ids=["text", "styled", "table"]
)
def test_no_control_character_of_a_text_is_shown(
    shown: object, capsys: pytest.CaptureFixture[str]
) -> None:
    for to in (console, stderr):
        to.cache_clear()
        to().print(shown, markup=False)
        to.cache_clear()
    printed = "".join(capsys.readouterr())
    assert "txt.md" in printed
    assert not set("\x1b\x07\x9b\x7f\u202e") & set(printed)


def test_names_of_skipped_files_are_shown_without(capsys: pytest.CaptureFixture[str]) -> None:
    console.cache_clear()
    report = IndexReport(skipped=(Skipped(HOSTILE, 1, f"not {HOSTILE}"),), files=1)
    CommonOptions(None, None).print(report, render.report)
    console.cache_clear()
    printed = capsys.readouterr().out
    assert "Skipped a\ufffd[31mred" in printed
    assert "\x1b" not in printed
