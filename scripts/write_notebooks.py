#!/usr/bin/env python
"""Run the notebooks of docs/notebooks/ over the sample corpus; write their outputs and their pages.

scripts/write_notebooks.py   indexes the sample, runs each notebook in place, and writes the page of
each, in Markdown, beside it. Run it after changing a notebook or what one shows.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "notebooks"
_NOTE = "<!-- scripts/write_notebooks.py writes this page from the notebook. -->\n"
_FORGET = "%reset -f"
_SECONDS = 600
_STYLED = re.compile(
    r"<style.*?</style>| class=\"dataframe\"| (?:border|style)=\"[^\"]*\"", re.DOTALL
)


def notebooks() -> tuple[Path, ...]:
    """Every notebook, by name."""
    return tuple(sorted(FOLDER.glob("*.ipynb")))


def executed(paths: Sequence[Path], folder: Path) -> list[Any]:
    """Notebooks with their outputs, run in a folder that holds ``indexes/sample``.

    One process runs them all, and forgets every name between two of them.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell fails.
    """
    read = [nbformat.read(path, as_version=4) for path in paths]
    whole = deepcopy(read[0])
    whole.cells = []
    for book in read:
        whole.cells += [nbformat.v4.new_code_cell(_FORGET), *book.cells]
    for number, cell in enumerate(whole.cells):
        cell.id = f"cell-{number}"
    client = NotebookClient(
        whole,
        timeout=_SECONDS,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    for book in read:
        count = 0
        for number, cell in enumerate(book.cells, 1):
            cell.id = f"cell-{number}"
            if cell.cell_type == "code":
                count += 1
                cell.execution_count = count
                for output in cell.outputs:
                    if "execution_count" in output:
                        output.execution_count = count
    return read


def page(book: Any, name: str) -> str:
    """A notebook as a page of the site: its texts, its code, and what that showed."""
    parts = []
    for place, cell in enumerate(book.cells):
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        else:
            parts.append(f"```python\n{cell.source}\n```")
            parts += [_shown(output) for output in cell.outputs]
        if place == 0:
            parts.append(f"[The notebook itself]({name}.ipynb)")
    title, _, rest = "\n\n".join(parts).partition("\n\n")
    return f"{title}\n\n{rest}\n\n{_NOTE}"


def _shown(output: Any) -> str:
    if output.output_type == "stream":
        return f"```text\n{output.text.rstrip()}\n```"
    data = output.data
    picture, html = data.get("image/svg+xml"), data.get("text/html")
    if picture is not None:
        return f"<figure>\n{picture}\n</figure>"
    if html is None:
        return f"```text\n{data['text/plain'].rstrip()}\n```"
    # The site has styles of its own; a blank line would end the HTML for a reader of Markdown.
    lines = [line.strip() for line in _STYLED.sub("", html).splitlines()]
    return "\n".join(('<div class="output">', *filter(None, lines), "</div>"))


def settled(book: Any) -> list[str]:
    """What the cells of a notebook show, without decimals: other processors round otherwise."""
    return [
        re.sub(r"\d*\.\d+|<svg.*?</svg>", "", _shown(output), flags=re.DOTALL)
        for cell in book.cells
        for output in cell.get("outputs", ())
    ]


def main() -> None:
    with TemporaryDirectory() as name:
        command = [sys.executable, "-m", "semsearch", "demo", "--no-serve"]
        subprocess.run(command, cwd=name, check=True, stdout=subprocess.DEVNULL)
        paths = notebooks()
        for path, book in zip(paths, executed(paths, Path(name)), strict=True):
            nbformat.write(book, path)
            path.with_suffix(".md").write_text(page(book, path.stem), "utf-8")
            print(path.stem)


if __name__ == "__main__":
    main()
