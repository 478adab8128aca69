#!/usr/bin/env bash
# Builds wheel and sdist, installs the wheel into an empty environment and tries it as a new user.
# scripts/package.sh [PYTHON]...   one environment for each Python; that of .venv where none is named
# The packages that it needs come from the index that pip is configured for. Needs: scripts/prepare.sh dev
set -euo pipefail
cd "$(dirname "$0")/.."
unset PYTHONPATH
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.venv/bin/python -m hatchling build -d "$work/dist"
# What is built from the sdist alone is the same wheel.
tar -xzf "$work"/dist/*.tar.gz -C "$work"
(cd "$work"/semsearch-*/ && "$top/.venv/bin/python" -m hatchling build -t wheel -d "$work/again" >/dev/null)
cmp <(unzip -Z1 "$work"/dist/*.whl | sort) <(unzip -Z1 "$work"/again/*.whl | sort)
[ $# -gt 0 ] || set -- .venv/bin/python
for python in "$@"; do
  echo "== $("$python" --version)"
  rm -rf "$work/venv" "$work/home"
  mkdir "$work/home"
  "$python" -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check --constraint scripts/constraints.txt \
    "$work"/dist/*.whl 2> >(grep -v "^WARNING: Location" >&2)
  (cd "$work/home" && "$work/venv/bin/python" -I "$top/scripts/smoke.py")
done
