"""The doctor: true on this machine, and calm on one that lacks things."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity import bridge
from parity.cli import environment
from parity.cli.environment import Check

APT = {"apt-get": "/usr/bin/apt-get"}


@pytest.fixture
def debian(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Debian that has apt and nothing else."""
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setattr(environment.shutil, "which", APT.get)


@pytest.fixture(scope="module")
def examined() -> dict[str, Check]:
    return {check.name: check for check in environment.examine()}


def test_every_part_is_reported_once(examined: dict[str, Check]) -> None:
    parts = "Python, parity, NumPy, pandas, R, rpy2, R in Python, R's locale, R's jsonlite, R's testthat"
    assert {*parts.split(", "), "NumPy's BLAS", "R's BLAS"} == set(examined)
    assert len(environment.examine()) == len(examined)


def test_versions_are_those_of_this_process(examined: dict[str, Check]) -> None:
    assert examined["Python"].value == f"{platform.python_version()} ({sys.executable})"
    assert examined["NumPy"].value == np.__version__
    assert examined["rpy2"].value == metadata.version("rpy2-rinterface")
    said = subprocess.run(["R", "--version"], capture_output=True, text=True, check=True).stdout
    number = said.split()[2]
    assert examined["R"].value.startswith(number)
    assert examined["R in Python"].value.startswith(number)


def test_what_is_required_is_here(examined: dict[str, Check]) -> None:
    assert [check for check in examined.values() if check.required and not check.ok] == []
    assert environment.healthy(examined.values())


def test_the_foot_of_a_report_agrees_with_the_checks(examined: dict[str, Check]) -> None:
    named = environment.versions()
    assert named["NumPy"] == examined["NumPy"].value
    assert named["parity"] == examined["parity"].value
    assert examined["R in Python"].value.startswith(named["R"] + " in ")


def test_both_blas_say_their_threads(examined: dict[str, Check]) -> None:
    assert "thread" in examined["NumPy's BLAS"].value
    assert "thread" in examined["R's BLAS"].value
    assert examined["R's BLAS"].value.startswith("/")


def test_the_threads_are_counted_and_not_assumed() -> None:
    """One process with the environment set for one thread, in which R's OpenBLAS must follow it too."""
    code = """if True:
        from parity.cli.environment import examine
        print(*(check.value for check in examine() if "BLAS" in check.name), sep="\\n")
    """
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    ).stdout
    numpys, rs = said.splitlines()
    assert numpys.endswith("1 thread")
    assert rs.endswith("1 thread")


def test_remedies_accompany_exactly_what_is_not_ok(examined: dict[str, Check]) -> None:
    assert all(bool(check.remedy) != check.ok for check in examined.values())


def test_no_r_is_a_finding_and_no_crash(debian: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable() -> None:
        raise bridge.RUnavailable("R is not installed. Install it.\nmore about it")

    monkeypatch.setattr(bridge, "start", unavailable)
    checks = {check.name: check for check in environment.examine()}
    assert checks["R"] == Check("R", "not on the PATH", ok=False, remedy="apt install r-base-core r-base-dev")
    assert checks["R in Python"].value == "R is not installed"
    assert checks["R in Python"].remedy.startswith("apt install r-base-core r-base-dev")
    assert "R's jsonlite" not in checks
    assert not environment.healthy(checks.values())


def test_an_r_that_breaks_in_an_unforeseen_way_is_a_finding_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> dict[str, str]:
        raise OSError("libR.so: cannot open shared object file")

    monkeypatch.setattr(bridge, "versions", broken)
    checks = {check.name: check for check in environment.examine()}
    assert checks["R in Python"].value == "libR.so: cannot open shared object file"
    assert not checks["R in Python"].ok


def test_a_wrong_r_home_is_the_thing_to_remove() -> None:
    code = "from parity.cli.environment import examine; print(*(f'{c.name}|{c.remedy}' for c in examine()), sep='\\n')"
    environment = {**os.environ, "R_HOME": "/nonexistent"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert "R in Python|unset R_HOME" in done.stdout.splitlines()


@pytest.mark.parametrize(
    ("rpy2", "r", "ok"),
    [("3.6.5", "4.2.2", True), ("3.6.6", "4.2.2", False), ("3.6.7", "4.4.3", False), ("3.6.7", "4.5.0", True)],
)
def test_an_rpy2_too_new_for_this_r_is_named(monkeypatch: pytest.MonkeyPatch, rpy2: str, r: str, ok: bool) -> None:
    monkeypatch.setattr(environment.metadata, "version", lambda name: rpy2)
    check = environment._rpy2(environment._version(r))
    assert check.ok is ok
    assert check.remedy == ("" if ok else 'pip install "rpy2-rinterface<3.6.6"')


def test_an_rpy2_that_cannot_load_has_one_remedy_and_it_leads_out(
    monkeypatch: pytest.MonkeyPatch, debian: None
) -> None:
    """What a wheel on R 4.2.2 met: the second remedy brought the same version back."""

    def unavailable() -> None:
        raise bridge.RUnavailable("rpy2 can't load R: ImportError: libR.so: undefined symbol: R_getVar. Install R.")

    monkeypatch.setattr(environment, "_r_program", lambda: Check("R", "4.2.2 (/usr/bin/R)"))
    monkeypatch.setattr(environment.metadata, "version", lambda name: "3.6.7")
    monkeypatch.setattr(bridge, "start", unavailable)
    checks = {check.name: check for check in environment.examine()}
    assert checks["R in Python"].value.endswith("undefined symbol: R_getVar")
    assert checks["R in Python"].remedy == checks["rpy2"].remedy == 'pip install "rpy2-rinterface<3.6.6"'


def test_an_rpy2_that_is_built_anew_stays_the_version_it_is(monkeypatch: pytest.MonkeyPatch, debian: None) -> None:
    def unavailable() -> None:
        raise bridge.RUnavailable("rpy2 can't load R: it was built for another. Install R.")

    monkeypatch.setattr(environment, "_r_program", lambda: Check("R", "4.2.2 (/usr/bin/R)"))
    monkeypatch.setattr(environment.metadata, "version", lambda name: "3.6.5")
    monkeypatch.setattr(bridge, "start", unavailable)
    checks = {check.name: check for check in environment.examine()}
    assert checks["R in Python"].remedy.endswith('--no-binary rpy2-rinterface "rpy2-rinterface==3.6.5"')


def test_a_package_that_is_not_installed_has_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(environment.metadata, "version", nothing)
    assert environment._distribution("pandas") == Check(
        "pandas", "not installed", ok=False, remedy="pip install pandas"
    )
    assert environment._rpy2(()).remedy == "pip install rpy2-rinterface"
    assert environment._rpy2((4, 5, 0)).remedy == "pip install rpy2-rinterface"
    assert environment._rpy2((4, 2, 2)).remedy == 'pip install "rpy2-rinterface<3.6.6"'


def test_missing_r_packages_limit_and_do_not_forbid(debian: None) -> None:
    facts = {"locale": "C", "jsonlite": "1.8.4", "testthat": ""}
    locale, jsonlite, testthat = environment._r_checks(facts)
    assert (jsonlite.ok, jsonlite.value) == (True, "1.8.4")
    assert (testthat.ok, testthat.remedy) == (False, "apt install r-cran-testthat")
    assert (locale.ok, locale.remedy) == (False, "export LC_ALL=C.UTF-8")
    assert environment.healthy((locale, jsonlite, testthat))


def test_a_plain_blas_is_told_from_a_fast_one(debian: None, tmp_path: Path) -> None:
    facts = {"blas": str(tmp_path / "libblas.so.3"), "lapack": ""}
    plain = environment._r_blas(facts, [])
    assert (plain.ok, plain.required, plain.remedy) == (False, False, "apt install libopenblas0 for a faster one")
    openblas: dict[str, Any] = {"user_api": "blas", "filepath": str(tmp_path / "libblas.so.3"), "num_threads": 2}
    openblas |= {"internal_api": "openblas", "version": "0.3.21"}
    assert environment._r_blas(facts, [openblas]).value.endswith("libblas.so.3 (openblas 0.3.21), 2 threads")


@pytest.mark.parametrize(
    ("conda", "programs", "command"),
    [
        ("/opt/conda", ("apt-get",), "conda install -c conda-forge r-base"),
        ("", ("apt-get",), "apt install r-base-core"),
        ("", ("brew",), "brew install r"),
        ("", (), "apt install r-base-core | conda install -c conda-forge r-base | brew install r"),
    ],
)
def test_the_remedy_suits_the_system(
    monkeypatch: pytest.MonkeyPatch, conda: str, programs: tuple[str, ...], command: str
) -> None:
    monkeypatch.setenv("CONDA_PREFIX", conda)
    monkeypatch.setattr(environment.shutil, "which", lambda name: name if name in programs else None)
    assert environment.install("r-base-core", "r-base", "brew install r") == command


@pytest.mark.parametrize(
    ("text", "numbers"), [("4.2.2 Patched (/usr/bin/R)", (4, 2, 2)), ("3.6.7rc1", (3, 6)), ("unknown", ()), ("", ())]
)
def test_versions_are_read_from_what_programs_say(text: str, numbers: tuple[int, ...]) -> None:
    assert environment._version(text) == numbers
