#!/usr/bin/env bash
# semsearch beside its peers: benchmarks/bench.sh DATA OUT [--only PART]... [--articles N] [--vectors FILE]
#
# Prints one table and writes it to OUT as bench.md, bench.json and bench.svg. Each part (encoding
# indexing serving vectors words footprint limit scale) leaves a file of its own there and is not run
# again, unless it is named; so a run that was stopped goes on. DATA holds the development sets.
# With vectors.npy of benchmarks/make_million.py the large sizes are measured, too.
#
# The peers are installed into .venv-bench, apart from everything else. They find nothing in the net.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
VENV=.venv-bench "$root/scripts/prepare.sh" bench
export PYTHONPATH="$root" HF_HUB_OFFLINE=1
exec "$root/.venv-bench/bin/python" -m benchmarks.bench "$@"
