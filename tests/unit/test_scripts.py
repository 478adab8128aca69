"""Scripts beside the package: each can be started, and says what it is for."""

import importlib
import re
import subprocess
from pathlib import Path

import pytest

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
