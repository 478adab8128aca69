"""What one run over files means for the next: articles that are gone, and what was not read."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from semsearch.ingest.files import SourceFile
from semsearch.ingest.reading import ReadOptions, read_file
from semsearch.model.article import Article
from semsearch.model.status import LastSkipped, Skipped
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.catalog_reader import CatalogReader

_KEY = "skipped"
_MOST = 1_000


def gone_articles(
    known: Mapping[str, Sequence[str]],
    paths: Sequence[Path],
    present: Collection[str],
    read: Mapping[str, Collection[str]],
    skipped: Sequence[Skipped],
) -> tuple[list[str], list[str]]:
    """Which articles left the files that a run looked at, and which files are gone.

    Args:
        known: Ids of the articles of the index by the file that they came from.
        paths: Files and folders that the run looked at.
        present: Files that it found there.
        read: Ids of the records of those that it read to their end.
        skipped: What it could not read. Nothing there (a folder that is not mounted, say) is known
            to be gone.
    """
    roots = [path.resolve() for path in paths if path.exists()]
    unseen = [Path(skip.path).resolve() for skip in skipped]
    articles: list[str] = []
    files: list[str] = []
    for source, ids in known.items():
        path = Path(source)
        if not any(map(path.is_relative_to, roots)) or any(map(path.is_relative_to, unseen)):
            continue
        if source not in present:
            articles += ids
            files.append(source)
        elif source in read:
            articles += [identity for identity in ids if identity not in read[source]]
    return articles, files


def remember_skipped(catalog: Catalog, skipped: Sequence[Skipped]) -> None:
    """Keep what a run skipped in place of what the one before did: the first 1,000, and the total.

    Nothing is written where nothing changed.
    """
    text = json.dumps({"total": len(skipped), "first": [asdict(skip) for skip in skipped[:_MOST]]})
    if text != (catalog.setting(_KEY) or json.dumps({"total": 0, "first": []})):
        catalog.write_setting(_KEY, text)


def last_skipped(catalog: CatalogReader) -> LastSkipped:
    """What the last run skipped; nothing where there was none."""
    last = json.loads(catalog.setting(_KEY) or "{}")
    return LastSkipped(
        last.get("total", 0), tuple(Skipped(**skip) for skip in last.get("first", ()))
    )


def ids_of(catalog: CatalogReader, names: Iterable[str]) -> dict[str, str]:
    """Ids of articles that are named by id or by the stem of their file; unknown names are missing.

    Where two files hold one article, the later replaced the record of the earlier: the stem of
    the earlier is looked up by reading it again.
    """
    wanted = set(names)
    known = catalog.known(sorted(wanted))
    stems = catalog.stems() if wanted - known.keys() else {}
    ids = {name: name if name in known else stems[name] for name in wanted & {*known, *stems}}
    missing = wanted - ids.keys()
    for path in map(Path, catalog.file_states()) if missing else ():
        if path.stem in missing and path.is_file():
            file = SourceFile(path, str(path))
            records = [one for one in read_file(file, ReadOptions()) if isinstance(one, Article)]
            if len(records) == 1 and catalog.known([records[0].id]):
                ids[path.stem] = records[0].id
    return ids
