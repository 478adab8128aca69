#!/usr/bin/env bash
# Builds the documentation as a site in site/, with the Markdown of each page beside it and llms.txt.
# Needs: scripts/prepare.sh dev
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/zensical build --strict
(cd docs && find . -name '*.md' -exec cp --parents {} ../site/ \;)
cp docs/llms.txt site/
