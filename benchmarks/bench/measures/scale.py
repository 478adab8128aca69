"""What a question costs among more and more vectors, as benchmarks/scale.py measures it."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from benchmarks.bench.corpora import Setting
from benchmarks.bench.table import Row

SIZES = (5_000, 50_000, 500_000)
UNFILTERED = "again 1.0"


def scale(setting: Setting) -> list[Row]:
    """Each size beside the one a tenth of it: 0.1 would be as much dearer as it is larger."""
    if setting.vectors is None:
        return []
    work = setting.work / "scale"
    questions = setting.data / "questions_dev" / "queries.jsonl"
    script = Path(__file__).parents[2] / "scale.py"
    sizes = [str(size) for size in SIZES]
    subprocess.run([sys.executable, script, setting.vectors, questions, work, *sizes], check=True)
    measured = json.loads((work / "scale.json").read_text("utf-8"))
    cost = {row["vectors"]: float(row["ms"][UNFILTERED]) for row in measured}
    return [
        Row(
            "candidates by vectors, median",
            f"{large:,} vectors",
            "ms",
            cost[large],
            f"{small:,} vectors",
            cost[small],
            ratio=cost[small] / cost[large],
            low=cost[small] / cost[large],
            high=cost[small] / cost[large],
            aim=small / large,
        )
        for small, large in pairwise(SIZES)
    ]
