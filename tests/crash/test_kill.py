"""kill -9 at any moment loses nothing that was acknowledged (longer: scripts/crash_test.py)."""

from tests.support.crashing import CrashTest
from tests.support.indexes import fast_folder
from tests.support.workload import KINDS

POINTS = 10


def test_a_killed_writer_loses_nothing_and_leaves_nothing_half_there() -> None:
    with fast_folder() as folder:
        test = CrashTest(folder, seed=7)
        for _ in test.run(POINTS):
            pass
    assert sum(test.survived.values()) == POINTS
    assert {kind for kind, _ in test.survived} == set(KINDS)
