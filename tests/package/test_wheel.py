"""What is built holds every file of the package, and works where nothing else is."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import semsearch
from tests.docs.pages import ROOT


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder)  # noqa: S202 - built here
    return folder


def package_files(top: Path) -> set[str]:
    return {
        path.relative_to(top).as_posix()
        for path in (top / "semsearch").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_whole_package_and_its_licence(unpacked: Path) -> None:
    assert package_files(unpacked) == package_files(ROOT)
    (about,) = unpacked.glob("*.dist-info")
    assert (about / "licenses" / "LICENSE").is_file()
    metadata = (about / "METADATA").read_text("utf-8")
    assert f"Version: {semsearch.__version__}\n" in metadata
    assert "Requires-Python: >=3.11\n" in metadata
    for extra in ("mcp", "eval", "plots"):
        assert f"Provides-Extra: {extra}\n" in metadata
    assert "semsearch = semsearch.cli:main" in (about / "entry_points.txt").read_text("utf-8")


def test_the_sdist_builds_the_same_wheel(built: Path, unpacked: Path, tmp_path: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path, filter="data")
    (top,) = tmp_path.iterdir()
    assert package_files(top) == package_files(ROOT)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=top, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("RECORD")}
    assert names == {
        path.relative_to(unpacked).as_posix()
        for path in unpacked.rglob("*")
        if path.is_file() and path.name != "RECORD" and "__pycache__" not in path.parts
    }


NEWS = """---
title: Dockers end their walkout at Brackwater
provider: Harbour Ledger
published: 2024-03-09
---
The dockers went back to work on Saturday, four days after they had walked out at Brackwater.
"""


@pytest.mark.model
def test_what_is_unpacked_indexes_and_answers_the_demo(
    unpacked: Path, tmp_path: Path, sample_index: Path
) -> None:
    # The demo reads its corpus anew, as it lies elsewhere, and finds each article indexed.
    shutil.copytree(sample_index, tmp_path / "indexes" / "sample")
    (tmp_path / "news.md").write_text(NEWS, "utf-8")
    here = os.environ | {"PYTHONPATH": str(unpacked), "PYTHONDONTWRITEBYTECODE": "1"}

    def said(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=here,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    index = ("index", "news.md", "--index", "indexes/sample", "--json")
    report = json.loads(said("-m", "semsearch", *index))
    assert (report["added"], report["skipped"]) == (1, [])
    answer = said("-m", "semsearch", "demo", "--no-serve")
    assert "The archive seems to answer this." in answer
    assert said("-c", "import semsearch; print(semsearch.__file__)").startswith(str(unpacked))
