"""The short form of benchmarks/soak.py: ten seconds at saturation."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "soak.py"


@pytest.mark.model
def test_ten_seconds_at_saturation_give_no_wrong_answer(tmp_path: Path, sample_index: Path) -> None:
    index = shutil.copytree(sample_index, tmp_path / "index")
    plot = tmp_path / "memory.svg"
    done = subprocess.run(
        [
            *(sys.executable, SCRIPT, "--seconds", "10", "--clients", "8"),
            *("--index", index, "--plot", plot),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    # So short a run says nothing of memory, which is still being filled.
    found = json.loads(done.stdout)
    assert found["wrong"] == [], done.stderr
    assert found["statuses"]["ask 200"] > 0
    assert "<svg" in plot.read_text("utf-8")
