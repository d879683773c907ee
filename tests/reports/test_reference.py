"""The pages that are made from the schema, the commands, the docstrings and the hypotheses are those of today."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_reference", DOCS / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", ["causes", "format", "command-line", "python-api"])
def test_the_page_is_what_the_code_says(reference: ModuleType, name: str, language: str) -> None:
    page = (DOCS / "pages" / f"{name}.{language}.md").read_text("utf-8")
    assert page == reference.page(name, language), "to write it anew: python docs/reference.py"


def test_the_korean_words_are_for_what_is_said_and_for_all_of_it(
    reference: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, str] = {}

    class Asked(dict[str, str]):
        def __missing__(self, words: str) -> str:
            asked[words] = words
            return words

    monkeypatch.setattr(reference, "WORDS", Asked())
    reference.format_("ko")
    reference.command_line("ko")
    monkeypatch.undo()
    assert asked.keys() == reference.WORDS.keys()
    assert [words for words, korean in reference.WORDS.items() if words == korean] == ["Fixture", "Case", "Call"]


def test_every_key_of_a_fixture_a_case_and_a_call_is_described(reference: ModuleType) -> None:
    page = (DOCS / "pages" / "format.en.md").read_text("utf-8")
    for pointer in ("", "/properties/cases/items", "/properties/cases/items/properties/calls/items"):
        for key in reference.at(pointer)["properties"]:
            assert f"| `{key}` | " in page
    for deep in ("`what.largest`", "`linear_in`", "`trajectory`", "`tz`", "`randint`", "`expression.r`"):
        assert f"| {deep} |" in page or f"{deep} |" in page, deep
