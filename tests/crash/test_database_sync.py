"""The database cannot sync its files: the write is refused, and nothing acknowledged is lost."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from semsearch.errors import StorageError
from tests.crash.test_faults import check, opened, put

_WRITES = 8
# The database syncs by itself, beneath Python: so the failure is put between it and the system.
_SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int refused(int fd) {
    static int calls;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    const char *every = getenv("REFUSE_EVERY");
    if (!every || !strstr(path, "/catalog.db")) return 0;
    if (++calls % atoi(every)) return 0;
    errno = EIO;
    return 1;
}

int fsync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    return refused(fd) ? -1 : real(fd);
}

int fdatasync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    return refused(fd) ? -1 : real(fd);
}
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that stands between a program and the calls that sync files."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("no C compiler: nothing can be put beneath the database")
    source = tmp_path_factory.mktemp("shim") / "refuse.c"
    source.write_text(_SHIM, "utf-8")
    library = source.with_suffix(".so")
    subprocess.run([compiler, "-shared", "-fPIC", source, "-o", library, "-ldl"], check=True)
    return library


def write(folder: str) -> None:
    """Write articles one after the other; say of each whether it was acknowledged."""
    for number in range(_WRITES):
        name = f"n{number}"
        try:
            with opened(Path(folder)) as index:
                put(index, name)
            sys.stdout.write(f"kept {name}\n")
        except StorageError:
            sys.stdout.write(f"refused {name}\n")


@pytest.mark.parametrize("every", [1, 2, 3, 4])
def test_a_database_that_cannot_sync_refuses_and_loses_nothing(
    folder: Path, shim: Path, every: int
) -> None:
    with opened(folder) as index:
        put(index, "a", "b")
    here = "from tests.crash.test_database_sync import write; import sys; write(sys.argv[1])"
    told = subprocess.run(
        [sys.executable, "-c", here, folder],
        env=os.environ | {"LD_PRELOAD": str(shim), "REFUSE_EVERY": str(every)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    answers = [line.split() for line in told.stdout.splitlines()]
    kept = {name for answer, name in answers if answer == "kept"}
    refused = {name for answer, name in answers if answer == "refused"}
    assert len(kept | refused) == _WRITES
    assert refused
    check(folder, {"a", "b"} | kept, refused)
