"""`parity schema`: the description of the format, for an editor that completes and checks what is typed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from parity.cli.running import USAGE, stop

_SETTINGS = Path(".vscode", "settings.json")
_BESIDE = Path(".vscode", "parity.schema.json")
_KEY = "json.schemas"


@click.command(short_help="The schema of fixtures, for an editor.")
@click.option("--out", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE", help="Write it to this file.")
@click.option(
    "--install",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write it as schema.json into a folder of fixtures.",
)
@click.option("--vscode", is_flag=True, help="Have Visual Studio Code use it for the fixtures of this project.")
def schema(out: Path | None, install: Path | None, vscode: bool) -> None:
    """Print the JSON Schema of fixtures, or install it for an editor, which then completes keys and marks mistakes.

    --install puts schema.json beside the fixtures, where a fixture's "$schema": "schema.json" names it to any editor.
    --vscode adds an entry to ./.vscode/settings.json, and leaves all else that is there as it is.

    \b
    Examples:
      parity schema
      parity schema --install fixtures
      parity schema --vscode
    """
    from parity.fixture.schema import schema_path

    text = schema_path().read_text("utf-8")
    if out is not None and (install is not None or vscode):
        stop("--out: beside --install or --vscode, which say where the schema goes; expected one of them", USAGE)
    if install is None and not vscode:
        _write(Path("-") if out is None else out, text, "--out")
        return
    place = _BESIDE
    if install is not None:
        if not install.is_dir():
            stop(f"--install: there is no folder {install}; expected the folder of your fixtures", USAGE)
        place = install / "schema.json"
        _refuse_another(place)
    if vscode:
        # Looked at before anything is written.
        settings = _settings(place, install)
        for folder in {_SETTINGS.parent, place.parent}:
            folder.mkdir(exist_ok=True)
    option = "--vscode" if install is None else "--install"
    _write(place, text, option)
    click.echo(f"wrote {place}")
    if install is not None:
        click.echo('in a fixture beside it: "$schema": "schema.json", (one folder below: "../schema.json")')
    if vscode:
        if settings is None:
            click.echo(f"{_SETTINGS} has it already")
        else:
            _write(_SETTINGS, settings, "--vscode")
            click.echo(f"wrote {_SETTINGS}")


def _write(path: Path, text: str, option: str) -> None:
    from parity.reports.destination import Destination

    destination = Destination(path)
    try:
        if problem := destination.problem():
            stop(f"{option}: {path}: {problem}", USAGE)
        destination.write(text)
    except OSError as error:
        stop(f"{option}: {path}: cannot be written: {error.strerror}", USAGE)


def _refuse_another(place: Path) -> None:
    if not place.exists():
        return
    try:
        ours = json.loads(place.read_text("utf-8"))["$id"] == "urn:parity:fixture"
    except (OSError, ValueError, LookupError, TypeError):
        ours = False
    if not ours:
        stop(f"--install: {place} is there, and is another schema; expected a folder without it", USAGE)


# -- Visual Studio Code ------------------------------------------------------------------------------------------------


def _settings(place: Path, install: Path | None) -> str | None:
    """The settings with an entry for the schema; None where they have it. Stops where they cannot be read."""
    folder = Path("fixtures") if install is None else install
    here = "/" + Path(os.path.relpath(folder)).as_posix().removeprefix("./")
    pattern = "/**/*.json" if here == "/." else f"{here}/**/*.json"
    entry = {
        "fileMatch": [pattern, "!**/schema.json", "!**/recorded/**"],
        "url": f"./{Path(os.path.relpath(place)).as_posix()}",
    }
    if not _SETTINGS.exists():
        return json.dumps({_KEY: [entry]}, indent=2, ensure_ascii=False) + "\n"
    try:
        text = _SETTINGS.read_bytes().decode("utf-8")
        return with_entry(text, entry)
    except (OSError, ValueError) as error:
        by_hand = json.dumps({_KEY: [entry]}, ensure_ascii=False)
        stop(f"--vscode: {_SETTINGS} is left as it is, for {error}; expected settings to add this to: {by_hand}", USAGE)


def with_entry(text: str, entry: dict[str, Any]) -> str | None:
    """JSON with comments, with the entry first in "json.schemas" and not a letter of it gone; None where an entry has
    this url. Raises ValueError where the text is no such JSON, or what stands under that key no list."""
    plain = _plain(text)
    before = json.loads(plain)
    if not isinstance(before, dict):
        raise ValueError("it holds no object")
    there = before.get(_KEY, [])
    if not isinstance(there, list):
        raise ValueError(f'"{_KEY}" in it is no list')
    if any(isinstance(one, dict) and one.get("url") == entry["url"] for one in there):
        return None
    line_end = "\r\n" if "\r\n" in text else "\n"
    members = [member for member in _members(plain) if member.key == _KEY]
    if members:
        at, indent, rest = members[-1].value + 1, "    ", bool(there)
        added = json.dumps(entry, ensure_ascii=False)
    else:
        at, indent, rest = plain.index("{") + 1, "  ", bool(before)
        added = f'"{_KEY}": [{json.dumps(entry, ensure_ascii=False)}]'
    after_it = "," if rest else ("" if text[at:].lstrip(" \t").startswith(("\r", "\n")) else line_end)
    result = f"{text[:at]}{line_end}{indent}{added}{after_it}{text[at:]}"
    if json.loads(_plain(result)) != {**before, _KEY: [entry, *there]}:
        raise ValueError("the entry does not fit into it")
    return result


_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|//[^\r\n]*|/\*.*?\*/|,(?=(?:\s|//[^\r\n]*|/\*.*?\*/)*[}\]])|\ufeff', re.DOTALL)


def _plain(text: str) -> str:
    """The text with comments, commas before a closing bracket and a byte order mark blanked; every letter keeps its
    place."""
    return _TOKEN.sub(lambda token: token[0] if token[0][0] == '"' else re.sub(r"[^\r\n]", " ", token[0]), text)


@dataclass(frozen=True)
class _Member:
    key: str
    value: int


def _members(plain: str) -> Iterator[_Member]:
    """The members of the outermost object: each key, and where its value begins."""
    decoder = json.JSONDecoder()

    def skipped(at: int, letters: str = "") -> int:
        while plain[at] in " \t\r\n" + letters:
            at += 1
        return at

    at = skipped(plain.index("{") + 1)
    while plain[at] != "}":
        key, end = decoder.raw_decode(plain, at)
        value = skipped(end, ":")
        yield _Member(key, value)
        _, end = decoder.raw_decode(plain, value)
        at = skipped(end, ",")
