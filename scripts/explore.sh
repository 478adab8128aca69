#!/usr/bin/env bash
# Property tests with new random examples, over and over: scripts/explore.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
for round in $(seq "${1:-5}"); do
  echo "round $round"
  HYPOTHESIS_PROFILE=explore .venv/bin/python -m pytest tests -q -m "not model and not archive" \
    -k "$(grep -rlE '@given|StateMachine' tests --include='test_*.py' | xargs -n1 basename | sed 's/\.py$//' | paste -sd'|' | sed 's/|/ or /g')"
done
