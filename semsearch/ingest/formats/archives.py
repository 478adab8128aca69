"""Archives of files, .zip and .tar: read as folders are, without unpacking them to a disk.

An archive may hold so many files, and expand so far, as one of texts can; an archive within an
archive is not opened. Names of members are only shown: nothing is written anywhere.
"""

import io
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.compression import BUFFER, DAMAGE, MAX_EXPANSION, StreamOver
from semsearch.ingest.formats.reader import MAX_FILE_BYTES, Head, Source

ENDINGS = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tzst")
MAX_MEMBERS = 100_000
FAULTS = (*DAMAGE, tarfile.TarError, zipfile.BadZipFile, NotImplementedError, RuntimeError)
"""What reading a damaged or encrypted archive raises."""
_TAR_MAGIC_AT = 257
_BOMB = f"the archive expands to more than {MAX_EXPANSION} times its size"
_ENCRYPTED_FLAG = 1
_ENCRYPTED = "encrypted"


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive.

    Attributes:
        name: With its folders, as the archive has it.
        stream: Its bytes; to be read before the next member is asked for. None: no regular file.
    """

    name: str
    stream: io.BufferedReader | None


def is_archive(head: Head) -> bool:
    """Whether a file that begins so is an archive that is read as a folder."""
    return _is_tar(head) or head.data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_hidden(name: str) -> bool:
    """Whether a member is one that folders hide, too."""
    return any(
        part == "__MACOSX" or (part.startswith(".") and part.strip(".")) for part in name.split("/")
    )


def members_of(source: Source, size: int) -> Iterator[Member]:
    """The members of an archive, in its order.

    What it may expand to is reckoned from its ``size`` on the disk.

    Raises:
        UnreadableError: It is damaged, encrypted, has too many members or expands too far.
    """
    budget = _Budget(max(MAX_FILE_BYTES, size * MAX_EXPANSION))
    try:
        if _is_tar(source.head()):
            yield from _of_tar(source, budget)
        else:
            yield from _of_zip(source, budget)
    except FAULTS as error:
        raise UnreadableError(f"a damaged archive: {_line(error)}") from None


def reason_of(error: BaseException) -> str:
    """Why a member could not be read."""
    text = _line(error)
    return f"it is {text}" if text == _ENCRYPTED else f"damaged in its archive: {text}"


def _of_zip(source: Source, budget: "_Budget") -> Iterator[Member]:
    if not source.stream.seekable():
        raise UnreadableError("a .zip that is compressed once more is not opened")
    with zipfile.ZipFile(cast("BinaryIO", source.stream)) as archive:
        infos = archive.infolist()
        if len(infos) > MAX_MEMBERS:
            raise UnreadableError(f"an archive of more than {MAX_MEMBERS:,} files")
        for info in infos:
            budget.check()
            if info.is_dir():
                continue
            if info.flag_bits & _ENCRYPTED_FLAG:
                yield Member(info.filename, _failing(RuntimeError(_ENCRYPTED)))
                continue
            with archive.open(info) as stream:
                yield Member(info.filename, budget.bounded(stream))


def _of_tar(source: Source, budget: "_Budget") -> Iterator[Member]:
    with tarfile.open(fileobj=source.stream, mode="r|") as archive:
        for number, info in enumerate(archive):
            budget.check()
            if number >= MAX_MEMBERS:
                raise UnreadableError(f"an archive of more than {MAX_MEMBERS:,} files")
            stream = archive.extractfile(info) if info.isreg() else None
            if stream is not None:
                yield Member(info.name, budget.bounded(stream))
            elif not info.isdir():
                yield Member(info.name, None)


def _is_tar(head: Head) -> bool:
    return head.data[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar"


def _line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _failing(error: Exception) -> io.BufferedReader:
    return io.BufferedReader(_Failing(error))


class _Budget:
    """How many bytes all members of an archive may still expand to."""

    def __init__(self, left: int) -> None:
        self.left = left

    def check(self) -> None:
        """Return if there is something left.

        Raises:
            UnreadableError: There is not.
        """
        if self.left < 0:
            raise UnreadableError(_BOMB)

    def bounded(self, stream: Any) -> io.BufferedReader:
        """A member's stream that takes from it."""
        return io.BufferedReader(_Counted(stream, self), BUFFER)


class _Counted(StreamOver):
    """A member's stream that ends with an error where the archive turns out to be a bomb."""

    def __init__(self, stream: BinaryIO, budget: _Budget) -> None:
        super().__init__(stream)
        self._budget = budget

    def next_bytes(self, most: int) -> bytes:
        """The next bytes, which are counted."""
        data = super().next_bytes(most)
        self._budget.left -= len(data)
        self._budget.check()
        return data


class _Failing(StreamOver):
    def __init__(self, error: Exception) -> None:
        super().__init__(io.BytesIO())
        self._error = error

    def next_bytes(self, most: int) -> bytes:
        """Fail."""
        del most
        raise self._error
