#!/usr/bin/env bash
# The main job: every case of fixtures/ in Python and in R, then the pages. Sets up first what is missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

set_up docs
cd "$here"
# One command does both: it verifies, prints the table, and writes the pages also of a disagreement, where it can be seen.
exec "$venv/bin/parity" pages --out build/pages
