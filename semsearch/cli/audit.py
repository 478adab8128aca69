"""Auditing what an index says: sheets of random claims, and the scores of filled ones."""

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from semsearch.cli.common import CommonOptions, command, print_json, stderr
from semsearch.cli.progress import Step, steps
from semsearch.errors import InvalidRequestError
from semsearch.export.plain import spreadsheet_cell

if TYPE_CHECKING:
    from semsearch.evaluation.audit import AuditSheet
    from semsearch.evaluation.audit_score import AuditScore, FilledSheet, JudgedClaim

COLUMNS = (
    "verdict", "note", "kind", "statement", "texts", "outlets", "dates", "articles", "id", "draw"
)  # fmt: skip
_VERDICTS = {"right": "right", "1": "right", "wrong": "wrong", "0": "wrong", "unsure": "unsure",
             "?": "unsure", "": None}  # fmt: skip
_READ = ("verdict", "kind", "articles", "id", "draw")
_CELL = 2**24  # characters of a cell that are read


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(
        help="Have people judge what the index claims.\n\n"
        "Example: semsearch audit draw --index indexes/news --n 50 --seed 1",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    command(group)(draw)
    command(group)(score)
    app.add_typer(group, name="audit")


def draw(
    options: CommonOptions,
    n: Annotated[int, typer.Option("--n", "-n", min=1, help="Claims of each kind.")] = 50,
    seed: Annotated[int, typer.Option("--seed", help="Another seed gives other claims.")] = 0,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", metavar="KIND", help="Only this kind; repeatable.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="A new file; one that ends in .jsonl is JSON Lines."
        ),
    ] = None,
) -> None:
    """Draw random claims of each kind, as pages show them, into a sheet for a reader to fill.

    A line a claim: right (1), wrong (0) or unsure (?) goes into its first column. The same seed
    gives the same sheet until the index changes.

    Example: semsearch audit draw --index indexes/news --n 50 --seed 7 --out reader-1.tsv
    """
    from semsearch.evaluation import audit, audit_claims  # noqa: PLC0415 - it imports all engines

    known = [one.value for one in audit_claims.Kind]
    for name in kind or ():
        if name not in known:
            raise InvalidRequestError(
                f"{name!r} is no kind of claim.", f"Kinds: {', '.join(known)}."
            )
    if out is not None and out.exists():
        raise InvalidRequestError(
            f"{out} is already there; it may hold verdicts.", "Name another file."
        )
    with options.opened() as index, steps(silent=options.as_json) as on_step:
        sheet = audit.draw(
            index,
            n,
            seed,
            [audit_claims.Kind(name) for name in kind or known],
            lambda done, total: on_step(
                Step("Reading", done, total, "stories, groups and articles")
            ),
        )
    if out is not None:
        text = _lines(sheet) if out.suffix == ".jsonl" else _table(sheet)
        with out.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    if options.as_json:
        print_json(sheet)
    elif out is None:
        sys.stdout.write(_table(sheet))
    else:
        options.print(sheet, _drawn)


def score(
    options: CommonOptions,
    sheets: Annotated[
        list[Path], typer.Argument(metavar="SHEET...", help="Filled sheets, each by one reader.")
    ],
    *,
    pool: Annotated[
        bool, typer.Option("--pool", help="Count sheets of several draws together.")
    ] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="Let the answers of --index quote the figures.")
    ] = False,
) -> None:
    """Say how often each kind of claim was right, with a 95 % interval, from filled sheets.

    Of two sheets with the same claims those count on which both agree; a third one settles the
    others. --publish keeps the figures with the index: from 50 claims of a kind on its answers
    quote them.

    Example: semsearch audit score reader-1.tsv reader-2.tsv --publish --index indexes/news
    """
    from semsearch.evaluation import audit_score  # noqa: PLC0415 - it imports all engines

    scored = audit_score.score([_filled(path) for path in sheets], pool=pool)
    if publish:
        with options.opened() as index:
            audit_score.publish(index, scored, datetime.now(UTC).date())
    options.print(scored, _scores)
    if publish and not options.as_json:
        stderr().print("Published; answers quote kinds with 50 claims or more.")


# --- writing a sheet ----------------------------------------------------------------------------


def _rows(sheet: "AuditSheet") -> Iterator[dict[str, Any]]:
    for claim in sheet.claims:
        fields = {"verdict": "", "note": "", "draw": sheet.draw, **asdict(claim)}
        yield {column: fields[column] for column in COLUMNS}


def _lines(sheet: "AuditSheet") -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(sheet))


def _table(sheet: "AuditSheet") -> str:
    """Tabs between columns; what a cell lists stands on lines of its own."""
    lines = io.StringIO(newline="")
    rows = csv.writer(lines, dialect="excel-tab", lineterminator="\n")
    rows.writerow(COLUMNS)
    for row in _rows(sheet):
        cells = ("\n".join(v) if isinstance(v, tuple) else str(v) for v in row.values())
        rows.writerow([spreadsheet_cell(cell) for cell in cells])
    return lines.getvalue()


def _drawn(sheet: "AuditSheet") -> RenderableType:
    table = Table("kind", "drawn", "of", box=None)
    for kind, available in sheet.available.items():
        number = sum(claim.kind is kind for claim in sheet.claims)
        table.add_row(kind.value, str(number), f"{available:,}")
    return Group(Text(f"Drawn from {sheet.draw}."), table)


# --- reading a filled one -----------------------------------------------------------------------


def _filled(path: Path) -> "FilledSheet":
    """A sheet, as written here or saved by a spreadsheet with tabs, commas or semicolons.

    Raises:
        InvalidRequestError: It is no sheet, or a verdict cannot be read.
    """
    from semsearch.evaluation.audit_score import FilledSheet  # noqa: PLC0415

    try:
        text = path.read_text("utf-8-sig")
        rows = list(_json_rows(text) if text.startswith("{") else _table_rows(text))
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise InvalidRequestError(f"{path} is no sheet in UTF-8: {error}.") from None
    if not rows:
        raise InvalidRequestError(f"{path} holds no claim.")
    claims = [_judged(row, f"{path}, claim {number}") for number, row in enumerate(rows, start=1)]
    draws = {str(row["draw"]) for row in rows}
    if len(draws) > 1:
        raise InvalidRequestError(
            f"{path} holds claims of several draws.", "Make it one sheet each."
        )
    return FilledSheet(str(path), draws.pop(), tuple(claims))


def _json_rows(text: str) -> Iterator[Mapping[str, Any]]:
    for line in text.splitlines():
        if line.strip():
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("a line holds no record")
            yield row


def _table_rows(text: str) -> Iterator[Mapping[str, Any]]:
    header = text.partition("\n")[0]
    csv.field_size_limit(_CELL)
    for row in csv.DictReader(io.StringIO(text), delimiter=max("\t,;", key=header.count)):
        if any(row.values()):
            yield row | {"articles": (row.get("articles") or "").splitlines()}


def _judged(row: Mapping[str, Any], where: str) -> "JudgedClaim":
    from semsearch.evaluation.audit_claims import Kind  # noqa: PLC0415
    from semsearch.evaluation.audit_score import JudgedClaim, Verdict  # noqa: PLC0415

    missing = [column for column in _READ if row.get(column) is None]
    if missing:
        raise InvalidRequestError(f"{where} has no column {missing[0]!r}.")
    given = str(row["verdict"]).strip().casefold()
    if given not in _VERDICTS:
        raise InvalidRequestError(
            f"{where} has the verdict {row['verdict']!r}.",
            "Write right, wrong or unsure, or 1, 0 or ?.",
        )
    if row["kind"] not in [*Kind]:
        raise InvalidRequestError(f"{where} has an unknown kind, {row['kind']!r}.")
    verdict = _VERDICTS[given]
    articles = tuple(str(one).removeprefix("'") for one in row["articles"])
    return JudgedClaim(
        str(row["id"]), Kind(row["kind"]), None if verdict is None else Verdict(verdict), articles
    )


# --- showing scores -----------------------------------------------------------------------------


def _scores(scored: "AuditScore") -> RenderableType:
    table = Table(box=None)
    for column in ("claims", "right", "of", "precision", "95 %", "unsure", "unsettled", "unread",
                   "agree", "kappa"):  # fmt: skip
        table.add_column(column, justify="left" if column == "claims" else "right")
    for one in scored.kinds:
        low, high = one.interval or (None, None)
        table.add_row(
            one.claims,
            str(one.right),
            str(one.n),
            _figure(one.precision),
            "–" if low is None else f"{_figure(low)}-{_figure(high)}",
            *(str(number or "") for number in (one.unsure, one.unsettled, one.unread)),
            _figure(one.agreement.share if one.agreement else None),
            _figure(one.agreement.kappa if one.agreement else None),
        )
    lines = [Text(f"Drawn from {draw}.") for draw in scored.draws]
    if scored.agreement is not None:
        both = scored.agreement
        lines.append(
            Text(
                f"Two readers agree on {both.share:.0%} of {both.n} claims, kappa "
                f"{_figure(both.kappa)}."
            )
        )
    return Group(*lines, table)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
