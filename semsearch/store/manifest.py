"""What a generation says about itself."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from semsearch.errors import DamagedIndexError, FormatMismatchError
from semsearch.store.files import dump_json

FORMAT = 1
NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of a generation as it was written."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of ``manifest.json``.

    Attributes:
        sequence: Last sequence number of the catalog that the generation contains.
        encoder: What its vectors were made with, as ``EncoderSpec`` and passage settings.
        vectors: How vectors are indexed (a FAISS factory string).
        segments: Names of the segment folders, oldest first.
        files: Every file but the manifest, by path within the generation.
    """

    generation: int
    sequence: int
    encoder: dict[str, Any]
    vectors: str
    articles: int
    stubs: int
    passages: int
    segments: tuple[str, ...]
    files: dict[str, FileRecord]
    format: int = field(default=FORMAT)

    def to_json(self) -> bytes:
        """The file's bytes."""
        return dump_json(asdict(self))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation's folder.

    Raises:
        DamagedIndexError: It is missing or broken.
        FormatMismatchError: It is of another format.
    """
    try:
        values = json.loads((folder / NAME).read_text("utf-8"))
        if values.get("format") != FORMAT:
            raise FormatMismatchError(
                f"Generation {folder.name} has format {values.get('format')}; "
                f"this version of semsearch reads {FORMAT}.",
                "Run: semsearch rebuild (nothing is encoded again).",
            )
        files = {path: FileRecord(**record) for path, record in values.pop("files").items()}
        segments = tuple(values.pop("segments"))
        return Manifest(**values, segments=segments, files=files)
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise DamagedIndexError(f"{folder / NAME} is missing or broken.") from error
