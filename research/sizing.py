#!/usr/bin/env python
"""What an archive needs when it has outgrown one machine: research/sizing.py [ARTICLES]...

A model on paper. The figures below are measured unit costs (docs/scale-out.md says of what) and
assumptions about machines: change them to yours.
"""

import sys
from dataclasses import dataclass
from math import ceil

GIB = 2**30


@dataclass(frozen=True)
class Archive:
    """What an average article is like: a title, an excerpt and 32 links; no body."""

    passages: float = 3.0
    tokens: float = 200.0
    dimension: int = 384
    catalog_bytes: float = 22_000.0  # rows, links, texts, fp16 vectors, relations and indexes
    words_bytes: float = 3_400.0  # documents, full text and statistics beside the catalog


@dataclass(frozen=True)
class Machines:
    """What is rented, and what one of it does."""

    node_gib: float = 64.0  # memory of a query node
    used: float = 0.7  # share of it that vectors may fill
    replicas: int = 2
    graph: float = 1.35  # HNSW with 16 links a node, over its float32 vectors
    questions_per_core: float = 10.0  # a second: everything but encoding
    cpu_tokens: float = 6_000.0  # a second and core, encoder on bf16
    gpu_tokens: float = 250_000.0  # a second and GPU: assumed, not measured
    cores: int = 16
    gpus: int = 4


def main() -> None:
    numbers = [int(one.replace("_", "").replace(",", "")) for one in sys.argv[1:]]
    archive, machines = Archive(), Machines()
    for articles in numbers or [1_000_000, 10_000_000, 100_000_000]:
        vectors = articles * archive.passages * archive.dimension * 4
        memory = vectors * machines.graph * machines.replicas
        nodes = max(machines.replicas, ceil(memory / (machines.node_gib * machines.used * GIB)))
        catalog = articles * (archive.catalog_bytes + archive.words_bytes)
        tokens = articles * archive.tokens
        print(f"{articles:>13,} articles, {articles * archive.passages:,.0f} passages")
        print(f"    PostgreSQL      {catalog / GIB:>10,.0f} GiB on disk")
        print(f"    Milvus storage  {vectors * machines.graph / GIB:>10,.0f} GiB")
        print(f"    Milvus memory   {memory / GIB:>10,.0f} GiB, {machines.replicas} replicas")
        print(f"    query nodes     {nodes:>10,} of {machines.node_gib:.0f} GiB")
        print(f"    servers         {machines.questions_per_core * machines.cores:>10,.0f} "
              f"questions a second for each one of {machines.cores} cores")  # fmt: skip
        hours = tokens / (machines.cpu_tokens * machines.cores) / 3600
        print(f"    encoding        {hours:>10,.1f} hours on {machines.cores} cores")
        hours = tokens / (machines.gpu_tokens * machines.gpus) / 3600
        print(f"                    {hours:>10,.1f} hours on {machines.gpus} GPUs")


if __name__ == "__main__":
    main()
