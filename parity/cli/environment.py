"""What this machine has of what a comparison needs, and the remedy for what it lacks.

Looking never fails: whatever is missing or broken becomes a `Check` that is not ok.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from parity import bridge

MINIMUM_PYTHON = (3, 10)
# rpy2-rinterface from this version on calls a function of R's that came with this version of R.
RPY2_FOR_NEW_R, NEW_R = (3, 6, 6), (4, 5)
R_TEST_PACKAGES = ("jsonlite", "testthat")


@dataclass(frozen=True)
class Check:
    """One thing looked at. `remedy` is empty when `ok`; a thing that is not `required` only limits what can be done."""

    name: str
    value: str
    ok: bool = True
    remedy: str = ""
    required: bool = True


def healthy(checks: Iterable[Check]) -> bool:
    """Whether everything that a comparison requires is there."""
    return all(check.ok for check in checks if check.required)


def examine() -> tuple[Check, ...]:
    """Every check, in the order of a report. Starts R in this process, if it can."""
    r_program = _r_program()
    rpy2 = _rpy2(_version(r_program.value))
    embedded, facts = _embedded_r(rpy2)
    return (
        _python(),
        *(_distribution(name) for name in ("parity-r", "numpy", "pandas")),
        r_program,
        rpy2,
        embedded,
        *_r_checks(facts),
        _numpy_blas(threadpool_info()),
        _r_blas(facts, threadpool_info()),
    )


def versions() -> dict[str, str]:
    """What ran, for a report's foot: R's number is the one inside this process, "none" where R does not start."""
    numbers = {name: _distribution(name).value for name in ("parity-r", "numpy", "rpy2-rinterface")}
    _, facts = _embedded_r(_rpy2(()))
    return {
        "parity": numbers["parity-r"],
        "Python": platform.python_version(),
        "NumPy": numbers["numpy"],
        "R": facts["version"] if facts else "none",
        "rpy2": numbers["rpy2-rinterface"],
    }


def install(debian: str, conda: str, elsewhere: str = "") -> str:
    """The command that installs something here; all of them where the kind of system is not known.

    `elsewhere` is a whole command, for a system without apt and outside a conda environment.
    """
    apt, forge = f"apt install {debian}", f"conda install -c conda-forge {conda}"
    if os.environ.get("CONDA_PREFIX"):
        return forge
    if shutil.which("apt-get"):
        return apt
    if elsewhere and shutil.which(elsewhere.split()[0]):
        return elsewhere
    return " | ".join(command for command in (apt, forge, elsewhere) if command)


def _python() -> Check:
    here = f"{platform.python_version()} ({sys.executable})"
    if sys.version_info >= MINIMUM_PYTHON:
        return Check("Python", here)
    minimum = ".".join(map(str, MINIMUM_PYTHON))
    return Check("Python", here, ok=False, remedy=f"install Python {minimum} or newer")


def _distribution(name: str) -> Check:
    label = {"parity-r": "parity", "numpy": "NumPy"}.get(name, name)
    try:
        return Check(label, metadata.version(name))
    except metadata.PackageNotFoundError:
        remedy = "pip install -e . in the checkout" if name == "parity-r" else f"pip install {name}"
        return Check(label, "not installed", ok=False, remedy=remedy)


def _r_program() -> Check:
    """R as the shell would find it; `R --version` does not start R."""
    missing = install("r-base-core r-base-dev", "r-base", "brew install r")
    program = shutil.which("R")
    if program is None:
        return Check("R", "not on the PATH", ok=False, remedy=missing)
    try:
        output = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        return Check("R", f"{program} does not run: {error}", ok=False, remedy=missing)
    # A warning about R_HOME may come before it; a version under development has no number.
    lines = [line for line in output.splitlines() if line.startswith("R ")] or ["R of an unknown version"]
    version = lines[0].removeprefix("R ").removeprefix("version ").split(" (")[0]
    return Check("R", f"{version} ({program})")


def _rpy2(r_version: tuple[int, ...]) -> Check:
    name = "rpy2-rinterface"
    old = () < r_version < NEW_R
    fitting = f'"{name}<{_dotted(RPY2_FOR_NEW_R)}"' if old else name
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check("rpy2", "not installed", ok=False, remedy=f"pip install {fitting}")
    if old and _version(version) >= RPY2_FOR_NEW_R:
        wants = f"{version}, which needs R {_dotted(NEW_R)} or newer"
        return Check("rpy2", wants, ok=False, remedy=f"pip install {fitting}")
    return Check("rpy2", version)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


_PACKAGE_VERSION = """function(name) {
  if (nzchar(system.file(package = name))) as.character(utils::packageVersion(name)) else ""
}"""


def _embedded_r(rpy2: Check) -> tuple[Check, Mapping[str, str] | None]:
    """R inside this process, and what it says about itself (None when it does not start)."""
    name = "R in Python"
    # Of the same version: the newest may be one that this R is too old for.
    same = f'"rpy2-rinterface=={rpy2.value}"' if rpy2.ok else "rpy2-rinterface"
    anew = f"pip install --force-reinstall --no-deps --no-cache-dir --no-binary rpy2-rinterface {same}"
    try:
        bridge.start()
        facts = dict(bridge.versions())
        version_of = bridge.function(_PACKAGE_VERSION)
        facts |= {package: str(version_of(package)[0]) for package in R_TEST_PACKAGES}
    except Exception as error:  # whatever stops R here is what the report is about
        # Its first sentence: the message goes on with a remedy of its own.
        lines = str(error).strip().split(". ")[0].splitlines() or [type(error).__name__]
        remedy = f"{install('r-base-core r-base-dev', 'r-base c-compiler', 'brew install r')}, then {anew}"
        if not rpy2.ok:
            remedy = rpy2.remedy
        if "R_HOME" in os.environ and "R_HOME" in lines[0]:
            remedy = "unset R_HOME"
        return Check(name, lines[0], ok=False, remedy=remedy), None
    facts["version"] = facts["r"].removeprefix("R version ").split(" (")[0]
    value = f"{facts['version']} in {facts['home']}, rpy2's {facts['mode']} mode"
    # rpy2 compiles itself against R (API) or, where it could not, looks R's functions up as it runs (ABI).
    if facts["mode"] == "API":
        return Check(name, value), facts
    remedy = f"{install('r-base-dev python3-dev', 'r-base c-compiler')}, then {anew}"
    return Check(name, f"{value}, which is the slower one", ok=False, remedy=remedy, required=False), facts


def _r_checks(facts: Mapping[str, str] | None) -> tuple[Check, ...]:
    if facts is None:
        return ()
    locale = Check("R's locale", facts["locale"], required=False)
    if "UTF8" not in facts["locale"].upper().replace("-", ""):
        value = f"{facts['locale']}, in which Korean cannot be read"
        locale = Check("R's locale", value, ok=False, remedy="export LC_ALL=C.UTF-8", required=False)
    packages = []
    for package in R_TEST_PACKAGES:
        label = f"R's {package}"
        if facts[package]:
            packages.append(Check(label, facts[package], required=False))
        else:
            remedy = install(f"r-cran-{package}", f"r-{package}", f"Rscript -e 'install.packages(\"{package}\")'")
            value = "not installed; only R's own tests need it"
            packages.append(Check(label, value, ok=False, remedy=remedy, required=False))
    return (locale, *packages)


def _numpy_blas(libraries: Sequence[Mapping[str, Any]]) -> Check:
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    own = Path(np.__file__).resolve().parent
    # Wheels carry their BLAS in numpy.libs, next to the package.
    library = _library(libraries, lambda path: path.is_relative_to(own.parent))
    name = f"{blas['name']} {blas['version']}"
    return Check("NumPy's BLAS", f"{name}, {_threads(library)}")


def _r_blas(facts: Mapping[str, str] | None, libraries: Sequence[Mapping[str, Any]]) -> Check:
    name = "R's BLAS"
    if facts is None:
        return Check(name, "unknown: R did not start", required=False)
    path = facts["blas"] or facts["lapack"]
    if not path:
        return Check(name, "R does not say", required=False)
    # /usr/lib/.../libblas.so.3 is a link that the system's alternatives set.
    real = Path(path).resolve()
    library = _library(libraries, lambda candidate: candidate == real)
    # OpenBLAS for R is several files: the BLAS that R names, and the library proper that threadpoolctl knows.
    library = library or _library(libraries, lambda candidate: candidate.parent == real.parent)
    if library is None and "openblas" not in str(real):
        remedy = f"{install('libopenblas0', 'libblas=*=*openblas', 'openblas')} for a faster one"
        return Check(name, f"{real}, the plain one, 1 thread", ok=False, remedy=remedy, required=False)
    kind = f" ({library['internal_api']} {library['version']})" if library else ""
    return Check(name, f"{real}{kind}, {_threads(library)}", required=False)


def _library(libraries: Sequence[Mapping[str, Any]], matches: Callable[[Path], bool]) -> Mapping[str, Any] | None:
    for library in libraries:
        if library.get("user_api") == "blas" and matches(Path(library["filepath"]).resolve()):
            return library
    return None


def _threads(library: Mapping[str, Any] | None) -> str:
    if library is None:
        return "threads unknown"
    count = library["num_threads"]
    return f"{count} thread{'' if count == 1 else 's'}"


def _version(text: str) -> tuple[int, ...]:
    """The leading numbers: "4.2.2 Patched (/usr/bin/R)" is (4, 2, 2); () when there are none."""
    numbers = []
    for part in (text.split() or [""])[0].split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)
