#!/usr/bin/env python
"""kill -9 while an index is written to, again and again: scripts/crash_test.py [POINTS] [SEED].

One index is filled, updated, deleted from, compacted and published by a process that is killed at
POINTS (200) random moments: half of them before it touches a file for the n-th time, half at any
instant. After each the index is opened and compared with what had been acknowledged: nothing lost,
nothing half there, every vector that of its text, every generation readable. Then the next one
goes on with what the killed one left. Prints how many points were survived, by operation and stage.

Then each sync, link, rename and new folder of a write fails in turn, as on a full, a broken and a
read-only disk; prints how many writes that refused, of which nothing was lost either.
"""

import errno
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.crash.test_faults import refused_in_turn
from tests.support.crashing import CrashTest
from tests.support.indexes import fast_folder


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("points", type=int, nargs="?", default=200)
    parser.add_argument("seed", type=int, nargs="?", default=int(time.time()))
    given = parser.parse_args()
    points, seed = given.points, given.seed
    print(f"{points} points, seed {seed}", flush=True)
    started = time.monotonic()
    with fast_folder() as folder:
        test = CrashTest(folder, seed)
        for done in test.run(points):
            if done % 20 == 0:
                print(f"{done} survived, {time.monotonic() - started:.0f} s", flush=True)
    for (kind, stage), number in sorted(test.survived.items()):
        print(f"{kind:8} {stage:10} {number:4}")
    print(f"{sum(test.survived.values())} of {points} survived", flush=True)
    codes = (errno.ENOSPC, errno.EIO, errno.EROFS)
    for first, code in enumerate(codes, start=1):
        refused = refused_in_turn(code, first, every=len(codes))
        print(f"{errno.errorcode[code]}: {refused} writes refused, nothing lost", flush=True)


if __name__ == "__main__":
    main()
