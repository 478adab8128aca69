#!/usr/bin/env bash
# What the hot paths cost beside work that any such program does: benchmarks/guard.sh [PYTEST ARGS]
# Ratios, so a slow or busy machine fails no sooner. Not a part of scripts/test.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/prepare.sh dev
exec .venv/bin/python -m pytest benchmarks/hot_paths.py \
  --benchmark-columns=median,iqr,rounds --benchmark-sort=name "$@"
