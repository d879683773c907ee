"""A document of Pandoc's, as JSON, whose pairs are answered: each becomes tabs, with the verdict below them.

Source: https://hackage.haskell.org/package/pandoc-types, Text.Pandoc.Definition; a block is {"t": type, "c": contents},
the attributes of one are [identifier, classes, [[name, value], ...]].
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from parity.fixture.problems import FixtureError
from parity.fixture.read import read_fixture
from parity.quarto.errors import PairDisagreement, PairError
from parity.quarto.holding import WORDS, Asked, Verdict, hold, hold_fixture
from parity.quarto.lines import PythonConsole, RConsole, Stretch
from parity.reports.pages.sources import python_source, r_source
from parity.subjects.r import package_source

Block = dict[str, Any]
CLASS = "parity"
SIDES = ("python", "r")
TITLES = {"python": "Python", "r": "R"}
OPTIONS = ("rtol", "atol")
"""What a document may say of all its pairs, in its metadata under `parity`, and a pair of itself."""


@dataclass(frozen=True)
class Pair:
    """A div of the class `parity`: the lines of both sides, or the fixture that it names."""

    number: int
    attributes: Any
    lines: Mapping[str, str]
    asked: Asked
    fixture: Path | None = None

    @property
    def title(self) -> str:
        first = str(self.fixture) if self.fixture else self.lines["python"].strip().partition("\n")[0]
        return f"pair {self.number} ({first})"


def answer(document: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The document with every pair of it answered. `folder` is where its lines are typed and its fixtures lie.

    Raises PairDisagreement with all pairs that do not agree, PairError for the first one that cannot be held.
    """
    meta = document.get("meta", {})
    language = _language(meta)
    asked = _asked(_options(meta), Asked(), _META)
    pairs = [_pair(div, number, asked, folder) for number, div in enumerate(_divs(document["blocks"]), 1)]
    python, r = PythonConsole(), RConsole()
    typed = []
    for pair in pairs:
        with _placed(pair):
            typed.append([] if pair.fixture else [python.type(pair.lines["python"]), r.type(pair.lines["r"])])
    inputs = {name: value for name, value in python.names.items() if _is_numeric(value)}
    answers, wrong = [], []
    for pair, sides in zip(pairs, typed, strict=True):
        with _placed(pair):
            try:
                if pair.fixture:
                    stretches, verdict = _sources(pair.fixture), hold_fixture(pair.fixture, language)
                else:
                    stretches = [side.stretches for side in sides]
                    verdict = hold(sides[0].values, r, sides[1].values, pair.asked, inputs, language)
                answers.append(_shown(pair, stretches, verdict))
            except PairDisagreement as error:
                wrong.append(f"{pair.title}: {error}")
    if wrong:
        raise PairDisagreement("\n".join(wrong))
    return {**document, "blocks": _replaced(document["blocks"], iter(answers))}


@contextlib.contextmanager
def _placed(pair: Pair) -> Iterator[None]:
    """Errors name the pair."""
    try:
        yield
    except PairDisagreement:
        raise
    except PairError as error:
        raise PairError(f"{pair.title}: {error}") from error


def _is_numeric(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "biuf"


def _sources(path: Path) -> list[tuple[Stretch, ...]]:
    try:
        fixture = read_fixture(path)
    except FixtureError as error:
        raise PairError(str(error)) from error
    package = fixture.r.rpartition("::")[0]
    source = package_source(package, fixture.path) if package else None
    codes = [python_source(fixture), r_source(fixture, {package: source} if source else {})]
    return [(Stretch(code.strip("\n"), ""),) if code.strip() else () for code in codes]


# ----------------------------------------------------------------------------------------------- what is asked


def _pair(div: Block, number: int, asked: Asked, folder: Path) -> Pair:
    attributes, blocks = div["c"]
    options = dict(attributes[2])
    fixture = options.pop("fixture", None)
    differs = options.pop("differs", "")
    named = f"pair {number}"
    if fixture is not None:
        if options or differs or blocks:
            more = [*options, *(["differs"] if differs else []), *(["something in it"] if blocks else [])]
            raise PairError(f"{named} names a fixture and has {', '.join(more)}; expected the fixture alone")
        return Pair(number, attributes, {}, asked, folder / fixture)
    lines: dict[str, str] = {}
    for block in blocks:
        classes = block["c"][0][1] if block["t"] == "CodeBlock" else []
        side = next((side for side in SIDES if classes[:1] == [side]), None)
        if side is None or side in lines:
            what = f"a block of code in {classes[0]}" if classes else block["t"]
            raise PairError(f"{named} has {'a second' if side else 'in it'} {side or what}; expected {_EXPECTED}")
        lines[side] = block["c"][1]
    if len(lines) < len(SIDES):
        raise PairError(f"{named} has {' '.join(lines) or 'no code'} alone; expected {_EXPECTED}")
    return Pair(number, attributes, lines, replace(_asked(options, asked, named), differs=differs))


_EXPECTED = "two blocks of code, ```python and ```r, or the attribute fixture"


def _asked(options: Mapping[str, str], asked: Asked, where: str) -> Asked:
    """`asked`, with what stands in `options` in its place."""
    numbers = {"rtol": asked.rtol, "atol": asked.atol}
    for name, text in options.items():
        if name not in OPTIONS:
            known = [*OPTIONS, *(["differs", "fixture"] if where != _META else [])]
            raise PairError(f"{where} has {name}; expected {', '.join(known)}")
        try:
            numbers[name] = float(text)
        except ValueError:
            numbers[name] = math.nan
        if not 0 <= numbers[name] < math.inf:
            raise PairError(f"{where} has {name}={text}; expected a number that is not negative")
    return replace(asked, rtol=numbers["rtol"], atol=numbers["atol"])


_META = "the metadata"


def _options(meta: Mapping[str, Any]) -> dict[str, str]:
    own = meta.get("parity", {"t": "MetaMap", "c": {}})
    if own["t"] != "MetaMap":
        raise PairError(f"{_META} has a parity that is no table; expected {' and '.join(OPTIONS)} below it")
    return {name: _text(value) for name, value in own["c"].items()}


def _language(meta: Mapping[str, Any]) -> str:
    language = _text(meta["lang"]) if "lang" in meta else ""
    return next((one for one in WORDS if language.lower().startswith(one)), "en")


def _text(value: Any) -> str:
    """The words of a piece of the metadata."""
    if isinstance(value, dict):
        return " " if value["t"] == "Space" else _text(value.get("c", ""))
    if isinstance(value, list):
        return "".join(map(_text, value))
    return str(value)


# ------------------------------------------------------------------------------------------------- the blocks


def _divs(value: Any) -> Iterator[Block]:
    """The pairs, wherever in the document, in its order."""
    if _is_pair(value):
        yield value
    elif isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _divs(one)


def _replaced(value: Any, answers: Iterator[Block]) -> Any:
    if _is_pair(value):
        return next(answers)
    if isinstance(value, dict):
        return {name: _replaced(one, answers) for name, one in value.items()}
    return [_replaced(one, answers) for one in value] if isinstance(value, list) else value


def _is_pair(value: Any) -> bool:
    return isinstance(value, dict) and value.get("t") == "Div" and CLASS in value["c"][0][1]


def _shown(pair: Pair, sides: Sequence[Sequence[Stretch]], verdict: Verdict) -> Block:
    """The tabs as Quarto reads them: headings in a div of the class panel-tabset. Its other tabs on the page follow."""
    tabs: list[Block] = []
    for side, stretches in zip(SIDES, sides, strict=True):
        tabs.append({"t": "Header", "c": [3, ["", [], []], _inlines(TITLES[side])]})
        for stretch in stretches:
            if stretch.code:
                tabs.append(_code(stretch.code, side, "cell-code"))
            if stretch.answer:
                tabs.append(_div([_code(stretch.answer)], "cell-output", "cell-output-stdout"))
    tabset = {"t": "Div", "c": [["", ["panel-tabset"], [["group", "language"]]], tabs]}
    found = {"t": "Strong", "c": _inlines(verdict.found)}
    sentence = {"t": "Para", "c": [found, {"t": "Str", "c": ":"}, {"t": "Space"}, *_inlines(verdict.more)]}
    identifier, classes, _ = pair.attributes
    return {"t": "Div", "c": [[identifier, classes, []], [tabset, _div([sentence], "parity-verdict")]]}


def _code(text: str, *classes: str) -> Block:
    return {"t": "CodeBlock", "c": [["", list(classes), []], text]}


def _div(blocks: Sequence[Block], *classes: str) -> Block:
    return {"t": "Div", "c": [["", list(classes), []], list(blocks)]}


def _inlines(text: str) -> list[Block]:
    """Words and the spaces between them."""
    parts = [part for word in text.split() for part in ({"t": "Space"}, {"t": "Str", "c": word})]
    return parts[1:]


__all__ = ["answer"]
