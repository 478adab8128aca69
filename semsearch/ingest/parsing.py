"""Who parses the blocks of files, and when."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context

from semsearch.ingest.files import SourceFile
from semsearch.ingest.reading import Block, ReadOptions, Record, records_of
from semsearch.model.status import Note, PassedOver, Skipped

_GROUP_BYTES = 256 * 2**10  # a tenth of a second of parsing
_AHEAD_BYTES = 40 * _GROUP_BYTES  # that may wait: about what is written at a time
ParseBlocks = Callable[[Iterable[Block], ReadOptions], Iterator[tuple[SourceFile, list[Record]]]]
"""Gives the records of each block, in the order of the blocks."""


def parse_here(
    blocks: Iterable[Block], options: ReadOptions
) -> Iterator[tuple[SourceFile, list[Record]]]:
    """A ``ParseBlocks`` that works when it is asked for the next."""
    for block in blocks:
        yield block.file, list(records_of(block, options))


def parse_ahead(
    blocks: Iterable[Block], options: ReadOptions
) -> Iterator[tuple[SourceFile, list[Record]]]:
    """A ``ParseBlocks`` with a thread that parses what comes while what came is encoded.

    Files are opened by who asks. Who stops asking waits for what is being parsed.
    """
    reader = ThreadPoolExecutor(1, "parsing")
    waiting: deque[tuple[int, Future[list[tuple[SourceFile, list[Record]]]]]] = deque()
    ahead = 0
    try:
        for group in grouped(blocks):
            size = sum(map(_size, group))
            parsed = reader.submit(copy_context().run, parse_group, options, group)
            waiting.append((size, parsed))
            ahead += size
            while ahead > _AHEAD_BYTES:
                size, parsed = waiting.popleft()
                ahead -= size
                yield from parsed.result()
        while waiting:
            yield from waiting.popleft()[1].result()
    finally:
        reader.shutdown(cancel_futures=True)


def grouped(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Blocks in their order, so many together that parsing them is worth a call elsewhere."""
    group, size = list[Block](), 0
    for block in blocks:
        group.append(block)
        size += _size(block)
        if size >= _GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _size(block: Block) -> int:
    is_said = isinstance(block.content, Skipped | Note | PassedOver)
    return 0 if is_said else block.reader.size(block.content)


def parse_group(options: ReadOptions, group: list[Block]) -> list[tuple[SourceFile, list[Record]]]:
    """The records of some blocks."""
    return list(parse_here(group, options))
