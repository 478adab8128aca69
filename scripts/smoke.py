"""Try an installed semsearch as a new user does; ends with 1 where something is wrong.

python -I scripts/smoke.py, in an empty folder, with the Python that it was installed for.
"""

import json
import subprocess
import sys
import sysconfig
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

QUESTION = "Why did the dockers walk out at Brackwater?"


def run(*arguments: str) -> str:
    """What a command of the installed program says."""
    program = Path(sysconfig.get_path("scripts")) / "semsearch"
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"semsearch {' '.join(arguments)}: {done.returncode}\n{done.stderr}")
    return done.stdout


def main() -> None:
    """Ask the sample by command and from Python, and look for files that must be there."""
    import semsearch  # noqa: PLC0415 - what is tried

    here = Path(semsearch.__file__).resolve()
    assert Path(sys.prefix).resolve() in here.parents, f"{here} is not the installed one"
    assert semsearch.__version__ == version("semsearch")
    assert run("--version").split()[-1] == semsearch.__version__
    for name in ("py.typed", "web/static/site.css", "compare/frames.yaml", "relate/idf.npz"):
        assert files("semsearch").joinpath(name).is_file(), name

    said = run("demo", "--no-serve")
    assert "The archive seems to answer this." in said, said
    answer = json.loads(run("search", QUESTION, "--index", "indexes/sample", "--json"))
    assert answer["answer_confidence"] == "high"
    with semsearch.open("indexes/sample") as index:
        story = answer["hits"][0]["story"]["id"]
        told = index.compare(story=story)
        assert told.shared_facts
        assert index.groups().total
    assert "TY  - NEWS" in run("stories", story, "--index", "indexes/sample", "--format", "ris")
    print(f"semsearch {semsearch.__version__} works with Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
