"""What is kept of an audit gives its table again."""

from pathlib import Path

import pytest

from research.score_audit import main

HEADER = "claim\tkind\tarticles\treader_1\treader_2\n"


def test_a_kept_sheet_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "invented_2024-05.tsv"
    verdicts = ["1\t1", "1\t1", "1\t1", "0\t0", "1\t0", "1\t?", "?\t?"]
    rows = [f"group-{n}\tgroup\ta{n} b{n}\t{both}\n" for n, both in enumerate(verdicts)]
    sheet.write_text(HEADER + "".join(rows) + "original-1\toriginal\ta b\t\t\n", "utf-8")
    main([sheet])
    lines = capsys.readouterr().out.splitlines()
    # Right, wrong and unsure: 5, 1 and 1 of the first reader, 3, 2 and 2 of the second.
    kappa = (5 / 7 - 19 / 49) / (1 - 19 / 49)
    assert lines[2].endswith(f"| 3 of 4 (0.75) | 0.30-0.95 | 3 of 7 | 0.71, {kappa:.2f} |")
    assert lines[3].endswith("| 0 of 0 (-) | 0.00-1.00 | 0 of 0 | -, - |")


def test_sheets_count_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheets = []
    for name, second in (("one", "1"), ("other", "0")):
        sheet = tmp_path / f"{name}.tsv"
        row = f"shared-1\tshared\ta b\t{second}\t{second}\n"
        sheet.write_text(HEADER + row, "utf-8")
        sheets.append(sheet)
    main(sheets)
    assert "| 1 of 2 (0.50) |" in capsys.readouterr().out
