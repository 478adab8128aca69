"""Figures side by side, and the table of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """semsearch beside one peer.

    Attributes:
        measure: What was measured; ``corpus`` on which texts.
        unit: Of ``ours`` and ``theirs``, which are medians of the rounds.
        peer: Beside what.
        ratio: How many times better semsearch is: the median of the ratios of each round.
        low: Least ratio of a round; ``high`` the largest.
        aim: What the ratio is to reach, if anything.
        note: What a reader must know.
    """

    measure: str
    corpus: str
    unit: str
    ours: float
    peer: str
    theirs: float
    ratio: float
    low: float
    high: float
    aim: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """What the row says of the aim."""
        if self.aim is None:
            return "peer is better" if self.ratio < 1 else ""
        said = "reached" if self.ratio >= self.aim else "missed"
        return f"{said}, peer is better" if self.ratio < min(1, self.aim) else said


@dataclass(frozen=True, slots=True)
class Measure:
    """What a row is of; ``more`` where more is better."""

    name: str
    corpus: str
    unit: str
    more: bool = False
    aim: float | None = None


def beside(
    measure: Measure,
    figures: Mapping[str, Sequence[float]],
    notes: Mapping[str, str] | None = None,
) -> list[Row]:
    """A row for each peer.

    Args:
        measure: Of what.
        figures: Of each round; the first engine is ours.
        notes: On peers.
    """
    (_, ours), *peers = figures.items()
    rows = []
    for peer, theirs in peers:
        ratios = [
            mine / other if measure.more else other / mine
            for mine, other in zip(ours, theirs, strict=True)
        ]
        rows.append(
            Row(
                measure.name,
                measure.corpus,
                measure.unit,
                median(ours),
                peer,
                median(theirs),
                median(ratios),
                min(ratios),
                max(ratios),
                measure.aim,
                (notes or {}).get(peer, ""),
            )
        )
    return rows


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table; a ratio above 1 says that semsearch is better."""
    lines = [
        "| measure | texts | semsearch | beside | | times better (rounds) | to reach | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        aim = "" if row.aim is None else f">= {row.aim:.3g}"
        spread = f" ({shown(row.low)}-{shown(row.high)})" if row.low < row.high else ""
        said = "; ".join(filter(None, (row.verdict, row.note)))
        lines.append(
            f"| {row.measure} | {row.corpus} | {shown(row.ours)} {row.unit} | {row.peer} "
            f"| {shown(row.theirs)} {row.unit} | {shown(row.ratio)}{spread} | {aim} | {said} |"
        )
    return "\n".join(lines)


def shown(value: float) -> str:
    """Three digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004
