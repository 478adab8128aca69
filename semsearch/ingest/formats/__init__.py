"""Input formats: one file each, found through one table.

A new format is a file here with a ``Reader``, and a line in ``READERS``.
"""

from semsearch.ingest.formats.frontmatter import FrontMatter
from semsearch.ingest.formats.jsonlines import JsonLines
from semsearch.ingest.formats.plaintext import PlainText
from semsearch.ingest.formats.reader import Reader

READERS: tuple[Reader, ...] = (FrontMatter(), PlainText(), JsonLines())
"""Of those with a file's ending the first that recognises its content reads it."""

ENDINGS = tuple(dict.fromkeys(ending for reader in READERS for ending in reader.endings))
"""Of all files that can be read, in lower case."""


def readers_of(name: str) -> list[Reader]:
    """The formats that a file of this name may have.

    A name without a known ending is that of a text, as where a link ``a.md`` leads.
    """
    name = name.lower()
    return [reader for reader in READERS if name.endswith(reader.endings)] or readers_of(".txt")
