"""What is shipped works away from the checkout, and the set-up says plainly what it cannot do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]


def build(source: Path, kind: str, into: Path) -> Path:
    """hatchling is called as pip would call it, without the fresh environment that pip makes first."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(into)],
        cwd=source,
        check=True,
        capture_output=True,
        text=True,
    )
    (made,) = into.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tracked(folder: str, pattern: str = "*") -> Iterator[str]:
    for path in sorted((ROOT / folder).rglob(pattern)):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT).as_posix()


@pytest.mark.slow
def test_the_wheel_carries_what_a_run_needs(wheel: Path) -> None:
    there = set(contents(wheel))
    wanted = {*tracked("parity")}
    wanted |= {f"parity/bundled/{name}" for name in tracked("python_impl", "*.py")}
    wanted |= {f"parity/bundled/{name}" for name in tracked("fixtures", "*.json")}
    for package in ("r_impl", "r_parity"):
        wanted |= {f"parity/bundled/{name}" for folder in ("R", "man") for name in tracked(f"{package}/{folder}")}
        wanted |= {f"parity/bundled/{package}/{name}" for name in ("DESCRIPTION", "NAMESPACE", "LICENSE")}
    wanted |= {f"parity/bundled/{name}" for name in tracked("docs")}
    assert len(wanted) > 50
    assert wanted - there == set()


@pytest.mark.slow
def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    for name in contents(wheel):
        assert name.split("/")[0] in {"parity", "parity_r-0.1.0.dist-info"}, name
        assert "__pycache__" not in name
        assert not name.startswith("parity/bundled/r_impl/tests/")


@pytest.mark.slow
def test_the_wheel_offers_the_command_and_the_plugin(wheel: Path) -> None:
    (entries,) = (data for name, data in contents(wheel).items() if name.endswith("entry_points.txt"))
    assert entries.decode().split("\n\n") == [
        "[console_scripts]\nparity = parity.__main__:main",
        "[pytest11]\nparity = parity.pytest_plugin\n",
    ]


@pytest.mark.slow
def test_the_source_distribution_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    sdist = build(ROOT, "sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        # What later Pythons do unasked; Debian 12's has no filters yet.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(tmp_path / "unpacked")
    (source,) = (tmp_path / "unpacked").iterdir()
    again = build(source, "wheel", tmp_path / "wheel")
    assert again.name == wheel.name
    assert contents(again) == contents(wheel)


# What setup.sh calls besides what it looks for.
TOOLS = (
    *("bash", "cat", "chmod", "cksum", "cut", "dirname", "env", "grep", "head"),
    *("id", "mkdir", "rm", "sed", "sort", "tail", "tr", "wc"),
)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A checkout in a folder with a space in its name, and a PATH with basic tools, without R, Python, apt or sudo."""
    checkout = tmp_path / "check out"
    checkout.mkdir()
    for name in ("setup.sh", "pyproject.toml"):
        shutil.copy(ROOT / name, checkout)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (tmp_path / "bin" / tool).symlink_to(found)
    return checkout


def add_program(machine: Path, name: str, script: str) -> None:
    program = machine.parent / "bin" / name
    program.unlink(missing_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def set_up(machine: Path, *extras: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment: Mapping[str, str] = {"PATH": str(machine.parent / "bin"), "HOME": str(machine.parent), **variables}
    return subprocess.run(
        ["bash", str(machine / "setup.sh"), *extras],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def without_system_python(machine: Path) -> None:
    """setup.sh also tries /usr/bin/python3, which these tests cannot take away."""
    script = machine / "setup.sh"
    script.write_text(script.read_text().replace("/usr/bin/python3 ", ""))


def test_set_up_without_apt_names_the_packages_and_other_ways(machine: Path) -> None:
    without_system_python(machine)
    done = set_up(machine)
    assert done.returncode == 3
    problem, remedy = done.stderr.splitlines()
    assert "python3 python3-dev python3-venv r-base-core r-base-dev" in problem
    assert "no apt-get" in problem
    assert "conda create" in remedy
    assert "brew install" in remedy
    assert done.stdout == ""


def test_set_up_for_tests_asks_for_what_rs_tests_need(machine: Path) -> None:
    assert "r-cran-testthat" not in set_up(machine).stderr
    assert "r-cran-jsonlite r-cran-testthat" in set_up(machine, "test").stderr


def test_set_up_without_root_says_what_root_would_do(machine: Path) -> None:
    add_program(machine, "apt-get", "exit 0")
    add_program(machine, "id", "echo 1000")
    done = set_up(machine)
    assert done.returncode == 3
    assert "there is no sudo" in done.stderr
    assert "as root: apt-get install" in done.stderr


def test_set_up_never_waits_for_a_password_nobody_can_type(machine: Path) -> None:
    add_program(machine, "apt-get", "exit 0")
    add_program(machine, "id", "echo 1000")
    add_program(machine, "sudo", '[ "$1" = -n ] && exit 1; sleep 60')
    done = set_up(machine)
    assert done.returncode == 3
    assert "sudo did not let us" in done.stderr


def test_set_up_shows_the_end_of_what_apt_said(machine: Path) -> None:
    count = 'i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo "line $i of $*"; done'
    add_program(machine, "apt-get", f"{count}; exit 100")
    add_program(machine, "id", "echo 0")
    done = set_up(machine)
    assert done.returncode == 3
    assert "line 500 of -o DPkg" in done.stderr
    assert "line 400 of -o DPkg" not in done.stderr
    assert "apt could not install" in done.stderr
    assert "line 1 of -o DPkg" in (machine / "build/setup.log").read_text()


def test_set_up_tells_when_apts_packages_do_not_help(machine: Path) -> None:
    """An old release: apt succeeds, and its Python is still too old."""
    without_system_python(machine)
    add_program(machine, "apt-get", "exit 0")
    add_program(machine, "id", "echo 0")
    add_program(machine, "python3", '[ "$1" = -V ] && echo "Python 3.9.2"; exit 1')
    done = set_up(machine)
    assert done.returncode == 3
    assert "still not usable" in done.stderr
    assert "Python 3.9.2 may be too old" in done.stderr


@pytest.mark.parametrize(
    ("says", "old"),
    [
        ("R version 4.2.2 Patched (2022-11-10 r83330)", True),
        ("R version 4.4.3 (2025-02-28)", True),
        ("R version 4.5.0 (2025-04-11)", False),
        ("R version 4.10.1 (2030-01-01)", False),
        ("R version 5.0.0 (2030-01-01)", False),
        ("R Under development (unstable) (2026-01-01 r90000)", False),
    ],
)
def test_the_r_that_is_installed_decides_about_rpy2(machine: Path, says: str, old: bool) -> None:
    add_program(machine, "R", f"echo '{says}'")
    asked = subprocess.run(
        ["bash", "-c", f". '{machine}/setup.sh'; r_before 4 5"],
        env={"PATH": str(machine.parent / "bin")},
        capture_output=True,
        text=True,
    )
    assert (asked.returncode == 0, asked.stderr) == (old, "")


def brought(extra: str) -> set[str]:
    """The names of the packages that an extra of this project brings, through the extras that it names."""
    extras = settings_of_project()["project"]["optional-dependencies"]
    names: set[str] = set()
    for requirement in extras[extra]:
        name, _, inner = re.split(r"[<>=;\s]", requirement)[0].partition("[")
        for one in inner.rstrip("]").split(",") if name == "parity-r" else ():
            names |= brought(one)
        names.add(name)
    return names


def settings_of_project() -> dict[str, Any]:
    settings: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return settings


def test_the_main_job_brings_what_the_lines_of_the_pages_need() -> None:
    """Its pages are typed into real consoles: in the checkout of a new user a missing package stops it."""
    (extra,) = re.findall(r"^set_up (\w+)$", (ROOT / "run.sh").read_text("utf-8"), re.MULTILINE)
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "docs" / "pages").glob("*.md"))
    blocks = re.findall(r"```(?:shell|python)-session[^\n]*\n(.*?)```", pages, re.DOTALL)
    typed = "\n".join(blocks)
    needed = {*re.findall(r"^(?:import|from) (\w+)", typed, re.MULTILINE), *re.findall(r"python -m (\w+)", typed)}
    needed |= {"sphinx"} if "--site" in typed else set()
    needed |= {"matplotlib"} if "```plot" in pages else set()
    own = {"parity", "python_impl", "port", "numpy", "pandas"} | set(sys.stdlib_module_names)
    # What a page has written beside itself is there.
    theirs = {name for name in needed - own if f"{name}.py" not in pages}
    assert {"pytest", "sphinx", "matplotlib"} <= theirs
    assert theirs - brought(extra) == set()
