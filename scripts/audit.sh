#!/usr/bin/env bash
# Looks for secrets in the project, and for known faults of what is installed. scripts/audit.sh
# Says plainly what could not be asked. Exits with 1 when something was found.
# Needs: scripts/prepare.sh dev
set -euo pipefail
cd "$(dirname "$0")/.."
found=0

# What only looks like a secret: sealed fields of the sample, checksums in examples and of what
# weights were fitted on, ids of articles that were read, tests.
invented='^(semsearch/sample/|semsearch/api/examples\.json|semsearch/relate/[a-z_]+\.json|'
invented+='research/(audit|claims|events|relations)/|docs/(schema|reference|notebooks)/|docs/assistants\.md|tests/)'
if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  echo "secrets: skipped: this is no checkout, so what belongs to the project cannot be told"
else
  secrets=$(git ls-files -z --cached --others --exclude-standard |
    xargs -0 .venv/bin/detect-secrets scan --exclude-files "$invented" |
    .venv/bin/python -c 'import json, sys
for path, lines in json.load(sys.stdin)["results"].items():
    for line in lines:
        print(path, line["line_number"], line["type"], sep=": ")')
  echo "secrets: ${secrets:-none}"
  [ -z "$secrets" ] || found=1
fi

echo "known faults of dependencies:"
report=$(mktemp)
trap 'rm -f "$report"' EXIT
if ! timeout 300 .venv/bin/pip-audit --progress-spinner off --skip-editable --format json >"$report" 2>/dev/null &&
  [ ! -s "$report" ]; then
  echo "skipped: the service that knows them cannot be reached from here"
  exit "$found"
fi
.venv/bin/python - "$report" <<'PYTHON' || found=1
import json, sys

known = json.load(open(sys.argv[1]))["dependencies"]
asked = [one for one in known if "vulns" in one]
faulty = [one for one in asked if one["vulns"]]
print(f"{len(asked)} of {len(known)} could be asked about, {len(faulty)} have known faults")
if not asked:
    print("skipped: the service that knows them cannot be reached from here")
for one in faulty:
    print(one["name"], one["version"], *(fault["id"] for fault in one["vulns"]))
sys.exit(bool(faulty))
PYTHON
exit "$found"
