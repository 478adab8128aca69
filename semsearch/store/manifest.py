"""What a generation says about itself."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from semsearch.errors import DamagedIndexError, FormatMismatchError
from semsearch.store.files import dump_json

FORMAT = 2
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
        vectors: How vectors are indexed; see ``store.local.vectors``.
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
        return dump_json({**asdict(self), "checksum": self.checksum})

    @property
    def checksum(self) -> str:
        """SHA-256 of everything it says."""
        return _checksum(asdict(self))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation's folder.

    Raises:
        DamagedIndexError: It is missing or not what was written, or another generation's.
        FormatMismatchError: It is of another format.
    """
    try:
        data = (folder / NAME).read_bytes()
        values = json.loads(data)
        if values.get("format") != FORMAT:
            raise FormatMismatchError(
                f"Generation {folder.name} has format {values.get('format')}; "
                f"this version of semsearch reads {FORMAT}.",
                "Run: semsearch rebuild (nothing is encoded again).",
            )
        if values.pop("checksum") != _checksum(values):
            raise DamagedIndexError(f"{folder / NAME} is damaged.")
        files = {path: FileRecord(**record) for path, record in values.pop("files").items()}
        segments = tuple(values.pop("segments"))
        manifest = Manifest(**values, segments=segments, files=files)
    except FileNotFoundError as error:
        raise DamagedIndexError(f"{folder / NAME} is missing.") from error
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise DamagedIndexError(f"{folder / NAME} is damaged.") from error
    if data != manifest.to_json():
        raise DamagedIndexError(f"{folder / NAME} is damaged.")
    if folder.name != str(manifest.generation):
        raise DamagedIndexError(
            f"{folder / NAME} belongs to generation {manifest.generation}, not {folder.name}."
        )
    return manifest


def _checksum(values: dict[str, Any]) -> str:
    return hashlib.sha256(dump_json(values)).hexdigest()
