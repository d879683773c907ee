#!/usr/bin/env bash
# The main job: every case of fixtures/ in Python and in R, then the pages. Sets up first what is missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

set_up
cd "$here"
status=0
"$venv/bin/parity" run || status=$?
[ $status -le 1 ] || exit $status
# Pages are written for a disagreement too: they are where it can be seen.
"$venv/bin/parity" pages --out build/pages || exit $?
printf 'pages: %s\n' "$here/build/pages/index.html"
exit $status
