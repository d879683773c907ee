"""What the two READMEs and the two guides for contributors name is there, and what is there they name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from parity.cli import main

ROOT = Path(__file__).resolve().parents[2]
READMES = [ROOT / "README.md", ROOT / "README.ko.md"]
GUIDES = [ROOT / "CONTRIBUTING.md", ROOT / "CONTRIBUTING.ko.md"]


def typed(readme: Path) -> list[list[str]]:
    """The words of every line of its shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
    return [words for block in blocks for line in block.splitlines() if (words := shlex.split(line, comments=True))]


@pytest.mark.parametrize("readme", GUIDES, ids=lambda path: path.name)
def test_its_map_names_every_room_and_no_other(readme: Path) -> None:
    text = readme.read_text("utf-8")
    rooms = {path.name for path in (ROOT / "parity").iterdir() if (path / "__init__.py").is_file()}
    assert re.findall(r"^\| `parity/(\w+)/` ", text, re.MULTILINE) == [
        *("fixture", "bridge", "exact", "subjects", "evidence", "diagnose", "verify"),
        *("tolerance", "consoles", "reports", "check", "quarto", "cli"),
    ]
    assert set(re.findall(r"^\| `parity/(\w+)/` ", text, re.MULTILINE)) == rooms
    folders = set(re.findall(r"^\| `(\w+)/` ", text, re.MULTILINE))
    there = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert folders == there - {"build", "dist"}


@pytest.mark.parametrize("readme", [*READMES, *GUIDES], ids=lambda path: path.name)
def test_the_files_that_it_names_are_there(readme: Path) -> None:
    names = re.findall(
        r"`((?:\.ci|docs|fixtures|parity|tests|r_impl|python_impl)/[\w./-]*)`", readme.read_text("utf-8")
    )
    names += re.findall(r"\]\(([\w./-]+)\)", readme.read_text("utf-8"))
    names += [word for words in typed(readme) for word in words if re.match(r"(\./\w+\.sh|tests/|fixtures/)", word)]
    made = {
        *("python_impl/layers/mine.py", "r_impl/R/layers-mine.R", "fixtures/layers/mine.json"),
        "fixtures/layers/mine.en.md",
    }
    assert len(names) > 10
    assert [name for name in names if name not in made and not (ROOT / name).exists()] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_commands_that_it_shows_can_be_typed(readme: Path, tmp_path: Path) -> None:
    lines = [words for words in typed(readme) if words[0] == "parity"]
    # Every command is shown.
    assert {words[1] for words in lines} == set(main.commands)
    for words in lines:
        arguments = words[2 : words.index(">")] if ">" in words else words[2:]
        with main.commands[words[1]].make_context(words[1], arguments) as context:
            assert isinstance(context, click.Context)


def test_both_show_the_same_commands_and_the_same_example() -> None:
    for both in (READMES, GUIDES):
        english, korean = both
        assert typed(english) == typed(korean)
        for language in ("python", "r", "json", "text"):
            blocks = [
                re.sub(
                    r" +#.*", "", "".join(re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.DOTALL))
                )
                for path in both
            ]
            assert blocks[0] == blocks[1], language
