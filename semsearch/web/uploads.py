"""Files that a reader drops on a page, read as those of a folder are."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from semsearch.errors import InvalidArticleError
from semsearch.ingest.formats import ENDINGS
from semsearch.ingest.reading import ReadOptions, SourceFile, read_file
from semsearch.ingest.records import Removed
from semsearch.model.report import Skipped
from semsearch.model.view import export_record

_MOST = 5_000


@dataclass(frozen=True, slots=True)
class FileRead:
    """The records of a file, as the interface for programs takes them, and what was skipped."""

    records: tuple[dict[str, object], ...]
    skipped: tuple[Skipped, ...]


def read(name: str, data: bytes) -> FileRead:
    """The records of a file.

    Raises:
        InvalidArticleError: Its ending is unknown, or it holds more than 5,000 records.
    """
    ending = next((end for end in ENDINGS if name.lower().endswith(end)), None)
    if ending is None:
        raise InvalidArticleError(
            f"The file {name} has an unknown ending.",
            f"Files may end in {', '.join(ENDINGS)}.",
        )
    records: list[dict[str, object]] = []
    skipped: list[Skipped] = []
    with TemporaryDirectory(prefix="semsearch-") as folder:
        path = Path(folder, f"upload{ending}")
        path.write_bytes(data)
        for record in read_file(SourceFile(path, name), ReadOptions(), name):
            match record:
                case Skipped():
                    skipped.append(record)
                case Removed():
                    records.append({"id": record.id, "removed": True})
                case _:
                    records.append(export_record(record))
            if len(records) + len(skipped) > _MOST:
                raise InvalidArticleError(
                    f"The file {name} holds more than {_MOST:,} records.",
                    "Bring it in with: semsearch index FILE",
                )
    return FileRead(tuple(records), tuple(skipped))
