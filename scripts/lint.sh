#!/usr/bin/env bash
# What must hold before tests run: style, types, import rules.
set -euo pipefail
cd "$(dirname "$0")/.."
echo "ruff"; .venv/bin/ruff check --quiet . ; .venv/bin/ruff format --check --quiet .
echo "mypy"; .venv/bin/mypy
echo "import-linter"; .venv/bin/lint-imports | grep -E "KEPT|BROKEN|Contracts:"
echo "style of texts"; .venv/bin/python scripts/check_style.py
