"""The model that all engines use, and the rows that the peers are given."""

from pathlib import Path

from semsearch.encode.models import find_model


def model_folder() -> str:
    """Where sentence-transformers finds the packaged model."""
    return find_model("all-MiniLM-L6-v2").location


def read_rows(path: Path) -> list[tuple[str, str]]:
    """Ids and texts, as ``write_rows`` wrote them."""
    lines = path.read_text("utf-8").split("\n")[:-1]
    return [(identity, text) for identity, _, text in (line.partition("\t") for line in lines)]


def write_rows(path: Path, rows: list[tuple[str, str]]) -> None:
    """Write ids and texts, which come to stand on one line."""
    lines = [f"{identity}\t{' '.join(text.split())}\n" for identity, text in rows]
    path.write_text("".join(lines), "utf-8")
