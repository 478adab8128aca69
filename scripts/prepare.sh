#!/usr/bin/env bash
# Makes .venv (or what VENV names) and installs semsearch into it: scripts/prepare.sh [EXTRA]
# Without EXTRA: with pictures on pages (plots) and semsearch eval (eval).
# Does nothing when that was done already with the same pyproject.toml and constraints.
set -euo pipefail
cd "$(dirname "$0")/.."
extra=[${1:-eval,plots}]
venv=${VENV:-.venv}

for python in python3.13 python3.12 python3.11 python3; do
  if command -v "$python" >/dev/null &&
    "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
    break
  fi
  python=""
done
[ -n "$python" ] || { echo "semsearch needs Python 3.11, 3.12 or 3.13." >&2; exit 1; }

stamp=$venv/.installed${1:+-$1}
wanted=$(cat pyproject.toml scripts/constraints.txt | sha256sum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
  exit 0
fi
[ -x "$venv/bin/python" ] || {
  echo "Making $venv with $("$python" --version)"
  "$python" -m venv "$venv" || { echo "Is python3-venv installed?" >&2; exit 1; }
}
echo "Installing semsearch$extra into $venv (the first time this takes some minutes)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  --constraint scripts/constraints.txt --editable ".$extra" 2> >(grep -v "^WARNING: Location" >&2)
echo "$wanted" >"$stamp"
