"""On what, and beside what else, the figures were made."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PACKAGES = (
    "semsearch",
    "openvino",
    "faiss-cpu",
    "tantivy",
    "sentence-transformers",
    "torch",
    "txtai",
    "chromadb",
    "lancedb",
    "hnswlib",
    "usearch",
    "bm25s",
)


def description() -> dict[str, object]:
    """Processor, memory, and the version of everything that is measured."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": next(line.split(": ")[1] for line in lines if line.startswith("model name")),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30, 1),
        "bfloat16": any("avx512_bf16" in line or "amx_bf16" in line for line in lines),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def moment() -> dict[str, object]:
    """When it is, and the load averages of the last 1, 5 and 15 minutes."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": [round(each, 2) for each in os.getloadavg()],
    }
