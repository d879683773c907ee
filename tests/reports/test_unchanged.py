"""Pages stay as they are only where they would be written again just so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from parity.cli import main
from parity.reports.pages import unchanged
from parity.reports.pages.unchanged import digest, forget, is_unchanged, remember

FIXTURE = """{"about": "x", "source": "x", "python": "port:double", "r": "double", "r_source": ["../port.R"],
 "tolerance": {"rtol": 0, "atol": 0}, "cases": [{"id": "one", "calls": [
 {"do": "call", "with": {"x": [1, 2.5]}, "returns": "out"}]}]}"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures" / "double.json").write_text(FIXTURE)
    (tmp_path / "port.py").write_text("def double(x):\n    return 2 * x\n")
    (tmp_path / "port.R").write_text("double <- function(x) 2 * x\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def key(project: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(unchanged, "_r_packages", lambda: ["R 4.2", "stats 4.2"])
    return digest([project], {"site": False}, without=[])


def test_whatever_pages_come_of_changes_the_digest(project: Path, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert digest([project], {"site": False}, without=[]) == key
    assert digest([project], {"site": True}, without=[]) != key
    (project / "port.R").write_text("double <- function(x) 3 * x\n")
    changed = digest([project], {"site": False}, without=[])
    assert changed != key
    (project / "new.txt").write_text("")
    assert digest([project], {"site": False}, without=[]) != changed
    assert digest([project], {"site": False}, without=[project / "new"]) != changed
    (project / "new.txt").unlink()
    monkeypatch.setenv("TZ", "Asia/Seoul")
    assert digest([project], {"site": False}, without=[]) != changed
    monkeypatch.undo()
    monkeypatch.setattr(unchanged, "_r_packages", lambda: ["R 4.2", "stats 4.3"])
    assert digest([project], {"site": False}, without=[]) != changed


def test_what_is_behind_a_link_or_can_be_edited_counts(
    project: Path, key: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "data.csv").write_text("1")
    (project / "data").symlink_to(elsewhere)
    (project / "round").symlink_to(project)
    linked = digest([project], {"site": False}, without=[])
    assert linked != key
    (elsewhere / "data.csv").write_text("2")
    changed = digest([project], {"site": False}, without=[])
    assert changed != linked
    (project / "data").unlink()
    monkeypatch.setattr(unchanged, "_python_packages", lambda: (["hers 0.1 sum"], [elsewhere]))
    edited = digest([project], {"site": False}, without=[])
    (elsewhere / "data.csv").write_text("3")
    assert digest([project], {"site": False}, without=[]) != edited
    monkeypatch.setattr(unchanged, "_python_packages", lambda: (["hers 0.1 another"], []))
    assert digest([project], {"site": False}, without=[]) != edited


def test_what_lies_apart_does_not(project: Path, key: str) -> None:
    for name in ("pages", "__pycache__", ".hypothesis"):
        (project / name).mkdir()
        (project / name / "a").write_text("x")
    assert digest([project], {"site": False}, without=[project / "pages"]) == key


def test_pages_that_somebody_changed_are_not_as_they_were(tmp_path: Path) -> None:
    page = tmp_path / "a" / "page.md"
    page.parent.mkdir()
    page.write_text("one")
    assert not is_unchanged(tmp_path, "key")
    remember(tmp_path, "key")
    assert is_unchanged(tmp_path, "key")
    assert not is_unchanged(tmp_path, "another")
    os.utime(page, (1, 1))
    assert not is_unchanged(tmp_path, "key")
    remember(tmp_path, "key")
    page.unlink()
    assert not is_unchanged(tmp_path, "key")
    (tmp_path / unchanged.NAME).write_text("{")
    assert not is_unchanged(tmp_path, "key")
    forget(tmp_path)
    assert not (tmp_path / unchanged.NAME).exists()


def test_the_command_writes_again_what_changed_and_what_did_not_agree(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # This checkout is installed so that it can be edited, and tests beside this one write into it.
    installed, _ = unchanged._python_packages()
    monkeypatch.setattr(unchanged, "_python_packages", lambda: (installed, []))

    def pages(*more: str) -> tuple[int, bool]:
        done = CliRunner().invoke(main, ["pages", "--out", "pages", *more])
        return done.exit_code, "nothing has changed" in done.output

    assert pages() == (0, False)
    assert pages() == (0, True)
    assert pages("--fresh") == (0, False)
    assert pages("--lang", "en") == (0, False)
    (project / "port.R").write_text("double <- function(x) 3 * x\n")
    # A disagreement is told each time.
    assert pages() == (1, False)
    assert pages() == (1, False)
    (project / "port.R").write_text("double <- function(x) 2 * x\n")
    assert pages() == (0, False)
    assert pages() == (0, True)
