"""`parity schema`: what it writes, and that nothing of an editor's settings is lost."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from parity.cli.schema import with_entry

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = (ROOT / "fixtures" / "schema.json").read_text("utf-8")


def parity(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "parity", "schema", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_is_printed_whole(tmp_path: Path) -> None:
    done = parity(cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == SCHEMA
    Draft202012Validator.check_schema(json.loads(done.stdout))


def test_it_is_installed_beside_fixtures_again_and_again(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    for _ in range(2):
        done = parity("--install", "cases", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "cases" / "schema.json").read_text("utf-8") == SCHEMA
        (tmp_path / "cases" / "schema.json").write_text(SCHEMA.replace("A parity fixture", "An earlier one"))


def test_another_schema_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text('{"$id": "urn:another"}')
    done = parity("--install", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("parity: --install: schema.json is there, and is another schema")
    assert (tmp_path / "schema.json").read_text() == '{"$id": "urn:another"}'


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--install", "nowhere"), "--install: there is no folder nowhere"),
        (("--out", "no/x.json"), "--out: no/x.json: there is no folder no"),
        (("--out", "x.json", "--vscode"), "--out: beside --install or --vscode"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = parity(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"parity: {said}")
    assert [*tmp_path.iterdir()] == []


SETTINGS = """\
// mine
{
  /* kept, "json.schemas": here */
  "editor.rulers": [80, 120,],
  "a": "// no comment, }",
}
"""


def test_an_editor_gets_an_entry_and_keeps_its_settings(tmp_path: Path) -> None:
    (tmp_path / ".vscode").mkdir()
    settings = tmp_path / ".vscode" / "settings.json"
    settings.write_text(SETTINGS)
    assert parity("--vscode", cwd=tmp_path).returncode == 0
    text = settings.read_text()
    added = [line for line in text.splitlines(keepends=True) if line not in SETTINGS.splitlines(keepends=True)]
    assert text.replace("".join(added), "", 1) == SETTINGS
    (line,) = added
    assert json.loads("{" + line.rstrip(",\n") + "}") == {
        "json.schemas": [
            {
                "fileMatch": ["/fixtures/**/*.json", "!**/schema.json", "!**/recorded/**"],
                "url": "./.vscode/parity.schema.json",
            }
        ]
    }
    assert (tmp_path / ".vscode" / "parity.schema.json").read_text("utf-8") == SCHEMA
    done = parity("--vscode", cwd=tmp_path)
    assert "settings.json has it already" in done.stdout
    assert settings.read_text() == text


def test_settings_are_made_where_there_are_none(tmp_path: Path) -> None:
    (tmp_path / "deep" / "cases").mkdir(parents=True)
    done = parity("--vscode", "--install", "deep/cases", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (entry,) = json.loads((tmp_path / ".vscode" / "settings.json").read_text())["json.schemas"]
    assert entry["url"] == "./deep/cases/schema.json"
    assert entry["fileMatch"][0] == "/deep/cases/**/*.json"


@pytest.mark.parametrize("text", ['{"a": ', "[]", '{"json.schemas": {}}', "", "\xff"])
def test_settings_that_cannot_be_read_are_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / ".vscode").mkdir()
    settings = tmp_path / ".vscode" / "settings.json"
    settings.write_bytes(text.encode("latin-1"))
    done = parity("--vscode", cwd=tmp_path)
    assert done.returncode == 2
    assert "settings.json is left as it is" in done.stderr
    assert "Traceback" not in done.stderr
    assert settings.read_bytes() == text.encode("latin-1")
    assert [path.name for path in settings.parent.iterdir()] == ["settings.json"]


ENTRY = {"fileMatch": ["/fixtures/**/*.json"], "url": "./s.json"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", {"json.schemas": [ENTRY]}),
        ("{\n}", {"json.schemas": [ENTRY]}),
        ("{ // nothing yet\n}", {"json.schemas": [ENTRY]}),
        ('\ufeff{"a": 1}', {"a": 1, "json.schemas": [ENTRY]}),
        ('{"json.schemas": []}', {"json.schemas": [ENTRY]}),
        (
            '{"json.schemas": [ /* none */ ], "b": {"json.schemas": [1]}}',
            {"json.schemas": [ENTRY], "b": {"json.schemas": [1]}},
        ),
        (
            '{"b": {"json.schemas": [1]}, "json.schemas": [{"url": "x"},]}',
            {"b": {"json.schemas": [1]}, "json.schemas": [ENTRY, {"url": "x"}]},
        ),
        ('{"a": "\\\\",\r\n "c": "\\"//"}\r\n', {"a": "\\", "c": '"//', "json.schemas": [ENTRY]}),
    ],
)
def test_the_entry_fits_in_anywhere(text: str, expected: dict) -> None:
    result = with_entry(text, ENTRY)
    assert result is not None
    bare = json.loads(re.sub(r"^\ufeff|/\* none \*/|// nothing[^\n]*|,(?=\])", "", result))
    assert bare == expected
    assert with_entry(result, ENTRY) is None
    # Nothing of the text is gone: its letters are all there, in order.
    letters = iter(result)
    assert all(letter in letters for letter in text)
