"""Check an index: read everything, and say what a person can do about what is wrong.

catalog: structure, then checksums of what it holds -> generations: every file against its
checksum, and that the newest shows what the catalog holds -> what killed writers left -> verdict
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from semsearch.errors import DamagedIndexError, FormatMismatchError, StorageError
from semsearch.library import Library
from semsearch.store.catalog.checksums import (
    ChecksumKind,
    Mismatch,
    content_faults,
    structure_faults,
    verify_checksums,
)
from semsearch.store.lock import is_locked, recorded_writer

_NAMED = 5  # of many faults of one kind so many are named

_RESTORE = "semsearch snapshot restore NAME (semsearch snapshot list says which there are)"
_REPAIR = "semsearch doctor --repair (from the catalog, nothing is encoded)"
_CHECKED = {ChecksumKind.VERSION: "text, passages or vectors", ChecksumKind.SENTENCES: "sentences"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that has to be mended.

    Attributes:
        what: What is wrong, and where.
        consequence: What that means for answers and data.
        command: What mends it.
    """

    what: str
    consequence: str
    command: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was looked at and what was found.

    Attributes:
        sound: Whether nothing has to be mended.
        findings: What has to be.
        notes: What is worth knowing and harms nothing.
        versions: Versions of articles in the catalog of which everything was read.
        generations: Generations of which every file was read, and how many files that were.
    """

    sound: bool
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    versions: int
    generations: int
    files: int


def diagnose(library: Library) -> Diagnosis:
    """Look at everything; changes nothing."""
    notes = list(_leftovers(library))
    findings, versions = _catalog(library, notes)
    generations = files = 0
    if not findings:
        for number in library.generations.numbers():
            try:
                files += len(library.generations.check(number).files) + 1
                generations += 1
            except (DamagedIndexError, FormatMismatchError) as error:
                if number in library.generations.numbers():  # not removed meanwhile
                    findings.append(_damaged(library, number, error.message))
        if not findings:
            findings += _newest(library, notes)
    return Diagnosis(not findings, tuple(findings), tuple(notes), versions, generations, files)


def repair(library: Library) -> Diagnosis:
    """Derive anew from a sound catalog what is damaged; nothing is encoded.

    Returns:
        How it is afterwards.
    """
    diagnosis = diagnose(library)
    if diagnosis.sound or any(finding.command != _REPAIR for finding in diagnosis.findings):
        return diagnosis
    with library.writing(mending=True):
        library.rebuild()
    return diagnose(library)


def _catalog(library: Library, notes: list[str]) -> tuple[list[Finding], int]:
    """Findings about the catalog, and how many versions it holds."""
    database = library.catalog.database
    try:
        faults = structure_faults(database)
        if not faults:
            library.catalog.check_format()
            faults = content_faults(database)
        if not faults:
            checked = verify_checksums(database)
            if checked.unchecked:
                notes.append(f"{checked.unchecked} versions have no checksum.")
            return _mismatches(library, checked.mismatches), checked.versions
    except FormatMismatchError as error:
        return [Finding(error.message, "Nothing can be asked or written.", error.hint)], 0
    except (DamagedIndexError, StorageError) as error:
        faults = [error.message]
    consequence = "What the catalog holds cannot be trusted, or not be read."
    return [Finding(f"catalog: {fault}", consequence, _RESTORE) for fault in faults[:_NAMED]], 0


def _mismatches(library: Library, mismatches: Sequence[Mismatch]) -> list[Finding]:
    named = mismatches[:_NAMED]
    ids = library.catalog.ids_of(mismatch.pk for mismatch in named)
    findings = [
        Finding(
            f"catalog: {_CHECKED[mismatch.kind]} of article "
            f"{ids.get(mismatch.pk, f'#{mismatch.pk}')} are not what was written",
            "This article may be shown, ranked or compared wrongly; the others are as written.",
            _RESTORE,
        )
        for mismatch in named
    ]
    if len(mismatches) > _NAMED:
        more = f"catalog: {len(mismatches) - _NAMED} more are not what was written"
        findings.append(Finding(more, "As above.", _RESTORE))
    return findings


def _damaged(library: Library, number: int, message: str) -> Finding:
    try:
        newest = library.generations.current_number() == number
    except DamagedIndexError:
        newest = False
    consequence = (
        "Questions are answered once it is derived anew, which the first of them starts."
        if newest
        else "Pages of older answers may be lost; newer questions are answered."
    )
    return Finding(message, consequence, _REPAIR)


def _newest(library: Library, notes: list[str]) -> Iterator[Finding]:
    """Whether the newest generation is the one that is named, and shows what the catalog holds."""
    generations, catalog = library.generations, library.catalog
    waiting = "Nothing can be asked before it is derived anew."
    try:
        number = generations.current_number()
    except DamagedIndexError as error:
        yield Finding(error.message, waiting, _REPAIR)
        return
    numbers = generations.numbers()
    if number is None:
        if catalog.sequence:
            yield Finding("No generation is published.", waiting, _REPAIR)
        return
    if number not in numbers:
        yield Finding(f"Generation {number}, the newest, is missing.", waiting, _REPAIR)
        return
    if numbers[-1] > number and not is_locked(library.folder):
        notes.append(f"Generation {numbers[-1]} was not published; the next will replace it.")
    sequence = generations.manifest(number).sequence
    if sequence > catalog.sequence:
        yield Finding(
            f"Generation {number} shows write {sequence}, the catalog ends at {catalog.sequence}.",
            f"Writes {catalog.sequence + 1} to {sequence} are lost unless catalog.db-wal is put "
            "back or a snapshot restored; until it is mended nothing is answered or written.",
            _REPAIR,
        )
        return
    if sequence < catalog.sequence:
        notes.append(
            f"Writes after {sequence} (of {catalog.sequence}) can be searched with the next."
        )
    stored, shown = len(catalog.pks_added(0, sequence)), len(generations.open(number))
    if stored != shown:
        yield Finding(
            f"Generation {number} shows {shown} articles, the catalog holds {stored}.",
            "Some articles are not found, or found though they are gone.",
            _REPAIR,
        )


def _leftovers(library: Library) -> Iterator[str]:
    writer = recorded_writer(library.folder)
    if writer is not None and is_locked(library.folder):
        yield f"It is being written to by {writer}."
    elif writer is not None:
        yield f"A writer ended without finishing: {writer}. The next goes on where it stopped."
