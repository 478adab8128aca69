"""What the pages of the reference share."""

from collections.abc import Sequence

NOTE = "<!-- Made by scripts/write_reference.py; changes belong into the code. -->"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A Markdown table; nothing where there are no rows."""
    if not rows:
        return []
    shown = [head, ("---",) * len(head), *rows]
    cells = [[" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in shown]
    return ["\n".join(f"| {' | '.join(row)} |" for row in cells) + "\n"]
