#!/usr/bin/env bash
# All tests: R's own (testthat) beside Python's and the fixtures (pytest, in three processes). Sets up first what is
# missing. Arguments go to pytest: ./test.sh -k affine
# `./test.sh --examples` runs those in examples/ instead, on other people's packages, which go to an environment of their
# own: lifelines and PyDESeq2 want an older pandas.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

if [ "${1:-}" = --examples ]; then
  shift
  venv=$here/build/examples-venv
  python=$venv/bin/python
  set_up test examples
  cd "$here"
  failed=0
  echo "The fixtures of the examples (parity run)"
  "$python" -m parity run examples --json build/examples.json || failed=1
  echo "The tests of the examples (pytest)"
  "$python" -m pytest -n 0 examples/test_*.py examples/*/test_*.py "$@" || failed=1
  exit $failed
fi

set_up test
cd "$here"
failed=0
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

r_tests() {
  CI=true PARITY_PYTHON=$python DEEPSCRATCH_FIXTURES=$here/fixtures Rscript --vanilla - <<'R'
test <- function(package) as.data.frame(testthat::test_local(package, reporter = "check", stop_on_failure = FALSE))
both <- lapply(c("r_impl", "r_parity"), test)
results <- do.call(rbind, both)
broken <- sum(results$failed) + sum(results$error)
# A skipped test or an empty run has shown nothing.
nothing <- any(vapply(both, nrow, 1L) == 0) || any(results$skipped)
if (nothing) message("R's tests: nothing ran, or something was skipped")
quit(status = nothing || broken > 0)
R
}

r_tests >"$logs/r" 2>&1 </dev/null &
r=$!
echo "Python's tests and the fixtures (pytest)"
"$python" -m pytest -n 3 --dist loadfile "$@" | tee "$logs/python" || failed=1
wait $r || failed=1
echo "R's tests (testthat)"
cat "$logs/r"
# Whoever looks at the end only sees how both went.
tail -n 1 "$logs/python"
exit $failed
