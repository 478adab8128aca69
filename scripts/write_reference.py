#!/usr/bin/env python
"""Write docs/reference/, docs/schema/, docs/llms.txt and the list of decisions from the code.

scripts/write_reference.py [--check]: with --check it writes nothing, names what is out of date and
ends with 1 where something is.
"""

import sys
from pathlib import Path

from scripts.reference import cli, http, llms, schemas, settings
from scripts.reference.tables import NOTE

DOCS = Path(__file__).resolve().parent.parent / "docs"
DECISIONS = f"""# Decisions

{NOTE}

One decision a page: what, why, what it costs, what else.
"""


def pages() -> dict[str, str]:
    """Every page and document by its path within ``docs``."""
    return {
        "reference/cli.md": cli.page(),
        "reference/http.md": http.page(),
        "reference/settings.md": settings.page(),
        "decisions/README.md": _decisions(),
        "llms.txt": llms.page(),
        **{f"schema/{name}": text for name, text in schemas.documents().items()},
    }


def _decisions() -> str:
    lines = [DECISIONS]
    for path in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        title = path.read_text("utf-8").partition("\n")[0].lstrip("# ")
        lines.append(f"- [{title}]({path.name})")
    return "\n".join(lines) + "\n"


def main() -> int:
    check = "--check" in sys.argv
    stale = []
    for name, text in pages().items():
        path = DOCS / name
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if not check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, "utf-8")
    if stale:
        print(("Out of date: " if check else "Written: ") + ", ".join(stale))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
