"""Scripts beside the package: each can be started, and says what it is for."""

import importlib
import re
import subprocess
from pathlib import Path

import pytest

from scripts import check_style

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "benchmarks" / "bench" / "peers"  # they have an environment of their own
MODULES = [
    path
    for folder in ("scripts", "research", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if PEERS not in path.parents
]
ENTRY_POINTS = [ROOT / "scripts" / name for name in ("quickstart", "test")]
SHELL = [*sorted(ROOT.glob("*/*.sh")), *ENTRY_POINTS]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_script_imports_only_what_there_is(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    module = importlib.import_module(name.removesuffix(".__init__"))
    assert module.__doc__


@pytest.mark.parametrize("path", SHELL, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_shell_script_can_be_parsed(path: Path) -> None:
    subprocess.run(["bash", "-n", path], check=True)
    assert path.read_text("utf-8").splitlines()[1].startswith("# ")


@pytest.mark.parametrize("folder", ["research", "benchmarks"])
def test_a_readme_names_every_script(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text("utf-8")
    rows = "\n".join(line for line in text.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"(\w+\.(?:py|sh))\b", rows))
    there = {path.name for path in (ROOT / folder).iterdir() if path.suffix in (".py", ".sh")} - {
        "__init__.py"
    }
    assert there <= named <= there | {path.name for path in MODULES}


@pytest.mark.parametrize(
    ("written", "faults"),
    [
        ("Ask in plain words.", []),
        ("Ask, and in order to see it, click.", ["page.md:3: in order to: write to"]),
        ("One line.\nHeld amongst others.", ["page.md:4: amongst: write among"]),
        ("Set `in order to` and `e.g.`.", []),
        ("```sh\nutilize e.g. this\n```", []),
        ("| a | b |\n|---|---|\n| x | hence |", ["page.md:5: hence: write so"]),
    ],
)
def test_style_of_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, faults: list[str]
) -> None:
    monkeypatch.setattr(check_style, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{written}\n", "utf-8")
    found = [each for text in check_style.markdown(page) for each in check_style.faults_of(text)]
    assert found == faults


def test_proselint_reads_prose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_style, "ROOT", tmp_path)
    text = check_style.Text(tmp_path / "page.md", 7, "It is a very unique thing.", prose=True)
    assert any(each.startswith("page.md:7: ") for each in check_style.faults_of(text))
