#!/usr/bin/env bash
# All tests: R's own (testthat), then Python's and the fixtures (pytest). Sets up first what is missing.
# Arguments go to pytest: ./test.sh -k affine
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

set_up test
cd "$here"
failed=0

echo "R's tests (testthat)"
DEEPSCRATCH_FIXTURES=$here/fixtures Rscript --vanilla - <<'R' || failed=1
results <- as.data.frame(testthat::test_local("r_impl", reporter = "check", stop_on_failure = FALSE))
broken <- sum(results$failed) + sum(results$error)
# A skipped test or an empty run has shown nothing.
if (nrow(results) == 0 || any(results$skipped)) message("R's tests: nothing ran, or something was skipped")
quit(status = nrow(results) == 0 || any(results$skipped) || broken > 0)
R

echo "Python's tests and the fixtures (pytest)"
"$python" -m pytest "$@" || failed=1
exit $failed
