"""Each kind of bad input: the file, the line and column, the JSON path, and what was expected."""

# A complaint is one line wherever it is printed, and stays one here.
# ruff: noqa: E501

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parity.case import read
from parity.case.read import FixtureError, find_fixtures, fixture_error, read_fixture

EXAMPLE = """\
{
  "$schema": "../schema.json",
  "about": {"en": "Affine: out = x W + b"},
  "source": "by hand",
  "python": "mymodule:Affine",
  "r": "mypackage::Affine",
  "integers": ["t", "ids"], "indices": ["t"],
  "tolerance": {"rtol": 1e-12, "atol": 1e-13},
  "derivatives": {"call": "forward", "of": "out", "along": "dout", "pairs": {"x": "dx", "W": "dW"}},
  "cases": [
    {
      "id": "by hand",
      "expected_by": "by hand",
      "make": {"W": [[1, 2], [3, 5]], "t": 1},
      "calls": [
        {"do": "forward", "with": {"x": [[1, 2]]}, "returns": "out", "expect": {"out": [[7, 12]]}},
        {"do": "backward", "with": {"dout": [[1, -2]]}, "returns": "dx"}
      ]
    }
  ]
}
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "affine.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def complaints(path: Path) -> list[str]:
    """What is said about the file, each line without the file's name (which must come first)."""
    with pytest.raises(FixtureError) as caught:
        read_fixture(path)
    lines = str(caught.value).split("\n")
    assert all(line.startswith(f"{path}:") for line in lines)
    return [line.removeprefix(f"{path}:").strip() for line in lines]


def changed(old: str, new: str) -> str:
    assert EXAMPLE.count(old) == 1, f"{old!r} must stand in the example exactly once"
    return EXAMPLE.replace(old, new)


def test_example_is_good(tmp_path: Path) -> None:
    assert read_fixture(write(tmp_path, EXAMPLE)).cases[0].id == "by hand"


W = "[[1, 2], [3, 5]]"
CASE = '"expected_by": "by hand",'
FORWARD = '"returns": "out", "expect"'

BAD = {
    "negative label": ('"t": 1}', '"t": [0, -1]}', "14:48: $.cases[0].make.t[1]: -1 is out of range; expected a position counted from 0"),
    "index that is no integer": (
        '"indices": ["t"]',
        '"indices": ["x"]',
        "7:40: $.indices: 'x' is not listed in 'integers'; expected a name of 'integers'",
    ),
    # -- JSON
    "comma missing": ('"source": "by hand",', '"source": "by hand"', "5:3: $: malformed JSON: found '\"'; expected ',' or '}'"),
    "comma too many": (
        '"t": 1},',
        '"t": 1,},',
        "14:45: $.cases[0].make: malformed JSON: a comma before '}'; expected no comma after the last entry",
    ),
    "comma too many in a list": (
        W,
        "[[1, 2], [3, 5,]]",
        "14:35: $.cases[0].make.W[1]: malformed JSON: a comma before ']'; expected no comma after the last entry",
    ),
    "colon missing": ('"make": {', '"make" {', "14:14: $.cases[0].make: malformed JSON: found '{'; expected ':' after the key"),
    "single quotes": (
        '"by hand",\n      "make"',
        '\'by hand\',\n      "make"',
        "13:22: $.cases[0].expected_by: malformed JSON: a single quote; expected text in double quotes (\")",
    ),
    "a key without quotes": ('"make"', "make", "14:7: $.cases[0]: malformed JSON: found 'make'; expected a key in double quotes"),
    "a comment": (
        '"r": "my',
        '// R\n  "r": "my',
        '6:3: $: malformed JSON: a comment; expected none (JSON has no comments; use "note")',
    ),
    "Python's True": ('"t": 1', '"t": True', "14:44: $.cases[0].make.t: malformed JSON: found 'True'; expected a value"),
    "open text": (
        '"id": "by hand",',
        '"id": "by',
        "12:16: $.cases[0].id: malformed JSON: a line break or control character inside text; expected \\n or \\t",
    ),
    "a wrong escape": (
        '"id": "by hand"',
        '"id": "\\y"',
        '12:14: $.cases[0].id: malformed JSON: a wrong \\ escape inside text; expected \\" \\\\ \\/ \\n \\t or \\uXXXX',
    ),
    "text behind": ("  ]\n}\n", "  ]\n}\n}\n", "22:1: $: malformed JSON: text after the end of the JSON value; expected nothing more"),
    "cut off": ("  ]\n}\n", "  ]\n", "21:1: $: malformed JSON: the file ends too early; expected ',' or '}'"),
    "NaN": (W, "[[1, NaN], [3, 5]]", '14:26: $.cases[0].make.W[0][1]: NaN is not JSON; write "NaN" as a string'),
    "-Infinity": (
        W,
        "[[1, 2], [-Infinity, 5]]",
        '14:31: $.cases[0].make.W[1][0]: -Infinity is not JSON; write "-Inf" as a string',
    ),
    "a duplicate key": (
        '"t": 1',
        '"t": 1, "W": 2',
        "14:47: $.cases[0].make.W: duplicate key 'W' (first on line 14); expected each key once",
    ),
    "a NUL": ('"id": "by hand"', '"id": "a\\u0000b"', "12:13: $.cases[0].id: text with \\u0000; expected text without it (R cannot hold it)"),
    "half a surrogate": (
        '"id": "by hand"',
        '"id": "\\ud83d"',
        "12:13: $.cases[0].id: text with half of a surrogate pair; expected both halves, or the character itself",
    ),
    # -- keys and types
    "an unknown key, near": (
        '"returns": "dx"',
        '"returns": "dx", "expct": {}',
        "17:74: $.cases[0].calls[1].expct: unknown key 'expct'; did you mean 'expect'?",
    ),
    "an unknown key": (
        '"rtol": 1e-12',
        '"zzz": 0, "rtol": 1e-12',
        "8:17: $.tolerance.zzz: unknown key 'zzz'; expected one of 'rtol', 'atol', 'because'",
    ),
    "a missing key": ('"id": "by hand",', "", "11:5: $.cases[0]: missing key 'id'; expected the name of the case, once in a fixture"),
    "no tolerance": (
        '"tolerance": {"rtol": 1e-12, "atol": 1e-13},',
        "",
        "1:1: $: missing key 'tolerance'; expected the allowed difference per element: |a - b| <= atol + rtol * |b|",
    ),
    "text for a number": ('"rtol": 1e-12', '"rtol": "1e-12"', '8:25: $.tolerance.rtol: "1e-12" is a string; expected a number'),
    "a boolean for a number": ('"rtol": 1e-12', '"rtol": true', "8:25: $.tolerance.rtol: true is a boolean; expected a number"),
    "a negative tolerance": ('"atol": 1e-13', '"atol": -1e-13', "8:40: $.tolerance.atol: -1e-13 is negative; expected at least 0"),
    "an infinite tolerance": ('"rtol": 1e-12', '"rtol": 1e999', "8:25: $.tolerance.rtol: Infinity is too large; expected at most 1"),
    "a list for make": (
        f'{{"W": {W}, "t": 1}}',
        "[1]",
        "14:15: $.cases[0].make: [1] is a list; expected an object",
    ),
    "a number for with": ('{"dout": [[1, -2]]}', "3", "17:36: $.cases[0].calls[1].with: 3 is a number; expected an object"),
    "returns twice the same": (
        '"returns": "dx"',
        '"returns": ["dx", "dx"]',
        '17:68: $.cases[0].calls[1].returns: "dx" twice; expected each once',
    ),
    "returns of a wrong type": (
        '"returns": "dx"',
        '"returns": 3',
        "17:68: $.cases[0].calls[1].returns: 3 is a number; expected a string or a list",
    ),
    "returns both a text and a name of nothing": (
        '"returns": "dx"',
        '"returns": []',
        "17:68: $.cases[0].calls[1].returns: an empty list; expected the name of what the call returns; a list of names for a tuple",
    ),
    "no colon in python": (
        '"mymodule:Affine"',
        '"mymodule.Affine"',
        '5:13: $.python: "mymodule.Affine" is not of the form "mymodule:Affine"; '
        'expected the Python class or function, "module:object"',
    ),
    "a hyphen in r": (
        '"mypackage::Affine"',
        '"my-package::Affine"',
        '6:8: $.r: "my-package::Affine" is not of the form "mypackage::Affine"; '
        'expected the R class or function, "package::Name", or a bare name found in "r_source"',
    ),
    "a bare r without r_source": (
        '"mypackage::Affine"',
        '"Affine"',
        "6:8: $.r: \"Affine\" names no package, and there is no 'r_source'; "
        "expected \"package::Name\", or the files of 'r_source'",
    ),
    "printed with both": (
        CASE,
        CASE + ' "printed": {"decimals": 8, "significant": 3},',
        "13:44: $.cases[0].printed: both 'decimals' and 'significant'; expected exactly one of them",
    ),
    "printed with neither": (
        CASE,
        CASE + ' "printed": {},',
        "13:44: $.cases[0].printed: an empty object; expected how the source rounded the numbers of \"expect\"; "
        "half a unit of the last printed digit is allowed",
    ),
    "printed to half a digit": (
        CASE,
        CASE + ' "printed": {"decimals": 1.5},',
        "13:57: $.cases[0].printed.decimals: 1.5 is a number; expected a whole number",
    ),
    "expect without expected_by": (
        CASE,
        "",
        "16:80: $.cases[0].calls[0].expect: 'expect' without 'expected_by'; expected 'expected_by' in the case: who says so",
    ),
    "a source in another language": (
        '"source": "by hand",',
        '"source": {"de": "von Hand"},',
        "4:14: $.source.de: unknown key 'de'; expected one of 'en', 'ko'",
    ),
    "a source that is neither": (
        '"source": "by hand",',
        '"source": 3,',
        "4:13: $.source: 3 is a number; expected a string or an object",
    ),
    "nobody expects it": (
        CASE,
        '"expected_by": {},',
        "13:22: $.cases[0].expected_by: an empty object; expected where the values of \"expect\" come from",
    ),
    "expected_by without expect": (
        ', "expect": {"out": [[7, 12]]}',
        "",
        "13:22: $.cases[0].expected_by: 'expected_by' without any 'expect'; expected 'expect' in a call of the case",
    ),
    "an empty expect": (
        '{"out": [[7, 12]]}',
        "{}",
        "16:80: $.cases[0].calls[0].expect: an empty object; expected values from outside the code under test, by path: "
        "a printed source, a hand calculation, another library",
    ),
    "expect beside raises": (
        FORWARD,
        '"raises": {"python": "a", "r": "b"}, "expect"',
        "16:89: $.cases[0].calls[0].expect: 'expect' beside 'raises'; expected one of the two",
    ),
    "raises in one language": (
        '"returns": "dx"',
        '"raises": {"r": "b"}',
        "17:67: $.cases[0].calls[1].raises: missing key 'python'; expected what Python's message contains",
    ),
    # -- what is differentiated
    "derivatives of no call": (
        '"call": "forward"',
        '"call": "foward"',
        "9:27: $.derivatives.call: no case makes the call 'foward'; expected one of 'backward', 'forward'",
    ),
    "derivatives by no call": (
        '"of": "out"',
        '"of": "out", "gradient": "back"',
        "9:63: $.derivatives.gradient: no case makes the call 'back'; expected one of 'backward', 'forward'",
    ),
    "a pair of no argument": (
        '"x": "dx"',
        '"X": "dx"',
        "9:78: $.derivatives.pairs.X: 'X' is no argument of 'forward', of a call before it or of 'make'; "
        "expected one of 'W', 't', 'x'",
    ),
    "null derivatives without a note": (
        CASE,
        CASE + ' "derivatives": null,',
        "13:48: $.cases[0].derivatives: null without a 'note'; expected a 'note' that says why",
    ),
    "own derivatives of no call": (
        CASE,
        CASE + ' "derivatives": {"call": "f", "of": "out", "pairs": {"x": "dx"}},',
        "13:57: $.cases[0].derivatives.call: the case makes no call 'f'; expected one of 'backward', 'forward'",
    ),
    # -- divergences
    "differs with an unknown pair": (
        CASE,
        CASE + ' "differs": {"id": "d", "reason": {"en": "r"}, "pairs": ["gradient-pyhton"], "names": ["dW"]},',
        '13:89: $.cases[0].differs.pairs[0]: unknown "gradient-pyhton"; did you mean "gradient-python"?',
    ),
    "differs in what is not compared": (
        CASE,
        CASE + ' "differs": {"id": "d", "reason": {"en": "r"}, "pairs": ["python-r"], "names": ["db"]},',
        '13:112: $.cases[0].differs.names[0]: "db" is not compared in this case; expected one of \'dW\', \'dx\', \'out\'',
    ),
    # -- values
    "rows of two lengths": (
        W,
        "[[1, 2, 3], [4, 5]]",
        "14:21: $.cases[0].make.W: rows of 3 and 2 numbers; expected a rectangular array",
    ),
    "blocks of two lengths": (
        W,
        "[[[1, 2]], [[3, 4], [5, 6]]]",
        "14:21: $.cases[0].make.W: rows of 1 and 2 lists; expected a rectangular array",
    ),
    "a number among rows": (W, "[[1, 2], 3]", "14:21: $.cases[0].make.W: 3 among lists; expected a rectangular array"),
    "a row among numbers": (W, "[1, [2, 3]]", "14:21: $.cases[0].make.W: 1 among lists; expected a rectangular array"),
    "text among numbers": (
        W,
        '[[1, 2], [3, "nan"]]',
        '14:34: $.cases[0].make.W[1][1]: "nan", a string, among numbers; '
        'expected numbers only ("NaN", "NA", "Inf" or "-Inf" are numbers)',
    ),
    "a boolean among numbers": (
        W,
        "[1, true]",
        "14:25: $.cases[0].make.W[1]: true, a boolean, among numbers; expected numbers only",
    ),
    "null among numbers": (W, "[1, null]", '14:25: $.cases[0].make.W[1]: null in an array; expected "NA" or "NaN"'),
    "an object in an array": (
        W,
        '[{"a": 1}]',
        '14:22: $.cases[0].make.W[0]: an object in an array; expected {"list": […]} for a list of unlike values',
    ),
    "a number no double holds": (
        W,
        "[1, 1e999]",
        '14:25: $.cases[0].make.W[1]: a number too large for a double; expected a smaller number, or "Inf"',
    ),
    "an integer no double holds": (
        W,
        "1" + "0" * 400,
        '14:21: $.cases[0].make.W: a number too large for a double; expected a smaller number, or "Inf"',
    ),
    "an integer of too many digits": (
        W,
        "1" + "0" * 5000,
        "14:21: $.cases[0].make.W: a number of 5001 digits; expected a number that fits a double",
    ),
    "half an integer": (
        '"t": 1',
        '"t": 1.5',
        "14:44: $.cases[0].make.t: 1.5 is no whole number, and 't' is listed in 'integers'; expected a whole number",
    ),
    "half an integer in an array": (
        '"t": 1',
        '"t": [[1, 2], [0, 1.5]]',
        "14:57: $.cases[0].make.t[1][1]: 1.5 is no whole number, and 't' is listed in 'integers'; expected a whole number",
    ),
    "NA for an integer": (
        '"t": 1',
        '"t": ["NA"]',
        "14:45: $.cases[0].make.t[0]: \"NA\" is no whole number, and 't' is listed in 'integers'; expected a whole number",
    ),
    "an integer R has not": (
        '"t": 1',
        '"t": -2147483648',
        "14:44: $.cases[0].make.t: -2147483648 does not fit R's integers; "
        "expected a whole number from -2147483647 to 2147483647",
    ),
    "no argument's name": ('"t": 1', '"t.x": 1', "14:39: $.cases[0].make[\"t.x\"]: 't.x' cannot be an argument's name; expected a name"),
    "a name that is given and drawn": (
        '"t": 1',
        '"random": {"W": {"rand": [2], "seed": 1}}',
        "14:50: $.cases[0].make.random.W: 'W' is both drawn and given; expected it once",
    ),
    "null expected": ("[[7, 12]]", "null", "16:88: $.cases[0].calls[0].expect.out: null; expected a value to compare with"),
    "an expected draw": (
        "[[7, 12]]",
        '{"rand": [2], "seed": 1}',
        "16:88: $.cases[0].calls[0].expect.out: a draw in 'expect'; expected values from outside the code under test",
    ),
    "a path that ends in a dot": (
        '{"out": [[7',
        '{"out.": [[7',
        "16:81: $.cases[0].calls[0].expect[\"out.\"]: 'out.' is no path of names; expected a path such as \"grads.W1\"",
    ),
    "a function in one language": (
        '"t": 1',
        '"t": {"function": {"python": "m:f"}}',
        '14:57: $.cases[0].make.t.function: {"python": "m:f"} names no function in both languages; '
        'expected {"python": "module:name", "r": "package::name"}',
    ),
    "a function that is no module's": (
        '"t": 1',
        '"t": {"function": {"python": "f", "r": "p::f"}}',
        "14:68: $.cases[0].make.t.function.python: \"f\" names no function; expected the form 'module:name'",
    ),
    "a list that is none": ('"t": 1', '"t": {"list": 3}', "14:53: $.cases[0].make.t.list: 3 is no list; expected a list of values"),
    "a list with a neighbour": ('"t": 1', '"t": {"list": [], "n": 1}', "14:57: $.cases[0].make.t.n: 'n' beside 'list'; expected 'list' alone"),
}  # fmt: skip

DRAWS = {
    "no list": ('{"randn": 3, "seed": 1}', ".randn: a shape that is no list; expected a list of extents such as [64, 3]"),
    "negative extent": ('{"randn": [2, -1], "seed": 1}', ".randn: shape [2, -1]; expected a list of extents such as [64, 3]"),
    "broken extent": ('{"rand": [2.5], "seed": 1}', ".rand: shape [2.5]; expected a list of extents such as [64, 3]"),
    "too many": ('{"rand": [100000, 100000], "seed": 1}', ".rand: a draw of 10000000000 numbers; expected at most 100000000"),
    "seed too large": ('{"rand": [2], "seed": 4294967296}', ".seed: seed 4294967296; expected a whole number from 0 to 4294967295"),
    "seed negative": ('{"rand": [2], "seed": -1}', ".seed: seed -1; expected a whole number from 0 to 4294967295"),
    "seed broken": ('{"rand": [2], "seed": 1.5}', ".seed: seed 1.5; expected a whole number from 0 to 4294967295"),
    "seed true": ('{"rand": [2], "seed": true}', ".seed: seed True; expected a whole number from 0 to 4294967295"),
    "no seed": ('{"rand": [2]}', ": a draw without 'seed' and no draw before it to go on from; expected 'seed'"),
    "unknown kind": ('{"normal": [2], "seed": 1}', ".normal: unknown kind of draw 'normal'; expected 'randn', 'rand' or 'randint'"),
    "two kinds": ('{"rand": [2], "randn": [2], "seed": 1}', ": both 'randn' and 'rand'; expected one kind of draw"),
    "unknown key": ('{"rand": [2], "sede": 1}', ".sede: unknown key 'sede' in a rand draw; expected one of 'rand', 'seed', 'scale', 'shift'"),
    "no high": ('{"randint": [2], "seed": 1}', ": a randint draw without 'high'; expected 'high', which is itself never drawn"),
    "high below low": ('{"randint": [2], "low": 3, "high": 3, "seed": 1}', ".high: 'high' is 3 and 'low' is 3; expected 'high' above 'low'"),
    "high beyond": ('{"randint": [2], "high": 2147483648, "seed": 1}', ".high: 'high' is 2147483648; expected a whole number that fits R's integers"),
    "endless scale": ('{"rand": [2], "seed": 1, "scale": 1e999}', ".scale: a 'scale' that is no finite number; expected a number such as 0.1"),
    "no draw": ("3", ": 3 is no draw; expected {\"randn\": [64, 3], \"seed\": 7} or another draw"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_one_bad_thing(name: str, tmp_path: Path) -> None:
    old, new, complaint = BAD[name]
    found = complaints(write(tmp_path, changed(old, new)))
    assert found == [complaint]


@pytest.mark.parametrize("name", DRAWS)
def test_bad_draw(name: str, tmp_path: Path) -> None:
    draw, complaint = DRAWS[name]
    found = complaints(write(tmp_path, changed('"t": 1', f'"random": {{"x": {draw}}}')))
    assert len(found) == 1
    place, said = found[0].split(": ", 1)
    assert place.startswith("14:")
    assert said == f"$.cases[0].make.random.x{complaint}"


def test_no_fractions_are_drawn_for_integers(tmp_path: Path) -> None:
    found = complaints(write(tmp_path, changed('"t": 1', '"random": {"t": {"rand": [2], "seed": 1}}')))
    assert found == [
        "14:64: $.cases[0].make.random.t.rand: rand draws for a name of 'integers'; expected a randint draw"
    ]


def test_draws_do_not_go_on_across_calls(tmp_path: Path) -> None:
    text = changed('"t": 1', '"random": {"t": {"randint": [2], "high": 9, "seed": 1}}')
    text = text.replace('{"dout": [[1, -2]]}', '{"random": {"dout": {"randn": [1, 2]}}}')
    found = complaints(write(tmp_path, text))
    assert found == [
        "17:56: $.cases[0].calls[1].with.random.dout: a draw without 'seed' and no draw before it to go on from; "
        "expected 'seed'"
    ]


def test_every_problem_of_a_file_in_its_order(tmp_path: Path) -> None:
    text = (
        changed(W, "[[1, 2], [3]]")
        .replace('"rtol": 1e-12', '"rtol": "x"')
        .replace('"returns": "dx"', '"retruns": "dx"')
    )
    text = text.replace("[[7, 12]]", "[1, 1e999]")
    path = write(tmp_path, text)
    with pytest.raises(FixtureError) as caught:
        read_fixture(path)
    error = caught.value
    assert [(p.line, p.column, p.json_path) for p in error.problems] == [
        (8, 25, "$.tolerance.rtol"),
        (14, 21, "$.cases[0].make.W"),
        (16, 92, "$.cases[0].calls[0].expect.out[1]"),
        (17, 57, "$.cases[0].calls[1].retruns"),
    ]
    assert (error.path, error.line, error.column, error.json_path) == (path, 8, 25, "$.tolerance.rtol")
    assert (error.problem, error.expected) == ('"x" is a string', "a number")
    assert str(error).count("\n") == 3
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_two_missing_keys_are_two_problems(tmp_path: Path) -> None:
    found = complaints(write(tmp_path, changed('"id": "by hand",', "").replace('"do": "backward", ', "")))
    assert [line.split(";")[0] for line in found] == [
        "11:5: $.cases[0]: missing key 'id'",
        "17:9: $.cases[0].calls[1]: missing key 'do'",
    ]
    assert len(complaints(write(tmp_path, "{}"))) == 6


def test_duplicate_case_id(tmp_path: Path) -> None:
    document = json.loads(EXAMPLE)
    document["cases"].append(document["cases"][0])
    path = write(tmp_path, json.dumps(document, indent=1))
    line = path.read_text().split("\n").index('   "id": "by hand",', 60) + 1
    assert complaints(path) == [
        f'{line}:10: $.cases[1].id: duplicate case id "by hand" (first in $.cases[0]); expected an id of its own'
    ]


def test_nothing_to_compare(tmp_path: Path) -> None:
    document = json.loads(EXAMPLE)
    del document["derivatives"]
    document["cases"][0] = {"id": "a", "calls": [{"do": "forward"}]}
    assert complaints(write(tmp_path, json.dumps(document)))[0].endswith(
        "$.cases[0].calls: no call names a value to compare; "
        "expected 'returns', 'updates', 'compare', 'expect' or 'raises' in a call"
    )


def test_no_case_makes_both_calls(tmp_path: Path) -> None:
    document = json.loads(EXAMPLE)
    first = document["cases"][0]
    second = {**first, "id": "second", "calls": [first["calls"][1]]}
    del second["expected_by"]
    first["calls"] = [first["calls"][0]]
    document["cases"].append(second)
    found = complaints(write(tmp_path, json.dumps(document)))
    assert [line.split(": ", 1)[1] for line in found] == [
        "$.derivatives: no case makes both calls, 'forward' and 'backward'; expected a case that makes both"
    ]


def test_no_cases(tmp_path: Path) -> None:
    document = {**json.loads(EXAMPLE), "cases": []}
    found = complaints(write(tmp_path, json.dumps(document)))
    assert [line.split(": ", 1)[1] for line in found] == ["$.cases: no cases; expected at least one case"]


@pytest.mark.parametrize("text", ["", "\n \t\n", "\ufeff", "\ufeff\n"])
def test_empty_file(text: str, tmp_path: Path) -> None:
    assert complaints(write(tmp_path, text)) == ["1:1: an empty file; expected a fixture with at least one case"]


@pytest.mark.parametrize(("text", "what"), [("[]", "[] is a list"), ("3", "3 is a number"), ("null", "null")])
def test_no_object(text: str, what: str, tmp_path: Path) -> None:
    assert complaints(write(tmp_path, text)) == [f"1:1: $: {what}; expected an object"]


def test_not_utf8(tmp_path: Path) -> None:
    content = EXAMPLE.replace("by hand", "b\u00e9", 1).encode("latin-1")
    offset = content.index(b"\xe9")
    complaint = f"byte 0xe9 at offset {offset} is not UTF-8; expected a file saved as UTF-8"
    assert complaints(write(tmp_path, content)) == [f"4:15: {complaint}"]
    marked = f"byte 0xe9 at offset {offset + 3} is not UTF-8; expected a file saved as UTF-8"
    assert complaints(write(tmp_path, b"\xef\xbb\xbf" + content)) == [f"4:15: {marked}"]


def test_utf16(tmp_path: Path) -> None:
    assert complaints(write(tmp_path, EXAMPLE.encode("utf-16"))) == [
        "1:1: byte 0xff at offset 0 is not UTF-8 (the file looks like UTF-16); expected a file saved as UTF-8"
    ]


def test_byte_order_mark_is_let_pass(tmp_path: Path) -> None:
    assert read_fixture(write(tmp_path, b"\xef\xbb\xbf" + EXAMPLE.encode())).python == "mymodule:Affine"
    found = complaints(write(tmp_path, b"\xef\xbb\xbf" + changed('"t": 1', '"t": 1.5').encode()))
    assert found[0].startswith("14:44: ")


def test_windows_line_ends(tmp_path: Path) -> None:
    found = complaints(write(tmp_path, changed('"t": 1', '"t": 1.5').replace("\n", "\r\n")))
    assert found[0].startswith("14:44: ")


@pytest.mark.parametrize("brackets", ["[]", '{"a":}'])
def test_nested_too_deeply(brackets: str, tmp_path: Path) -> None:
    depth = 200_000
    nested = brackets[:-1] * depth + "1" + brackets[-1] * depth
    found = complaints(write(tmp_path, changed('"t": 1', f'"t": {nested}')))
    assert found == ["1:1: $: lists or objects nested too deeply; expected a few levels"]


def test_an_array_of_too_many_axes(tmp_path: Path) -> None:
    found = complaints(write(tmp_path, changed('"t": 1', '"t": ' + "[" * 40 + "1" + "]" * 40)))
    assert found == ["14:44: $.cases[0].make.t: an array of 40 axes; expected at most 32"]


def test_missing_file_directory_and_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(path: Path) -> str:
        with pytest.raises(FixtureError) as caught:
            read_fixture(path)
        assert caught.value.line is None
        return str(caught.value).removeprefix(f"{path}: ")

    assert said(tmp_path / "none.json") == "no such file; expected a fixture (*.json)"
    assert said(tmp_path) == "a directory; expected a fixture (*.json)"

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, EXAMPLE)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert said(path) == "cannot be read: Permission denied"


def test_r_source_must_be_there(tmp_path: Path) -> None:
    text = changed('"mypackage::Affine"', '"Affine", "r_source": ["port.R"]')
    path = write(tmp_path, text)
    assert complaints(path) == [
        f"6:31: $.r_source[0]: no file {tmp_path / 'port.R'}; expected an R file, relative to the fixture"
    ]
    (tmp_path / "port.R").write_text("")
    assert read_fixture(path).r_source == (tmp_path / "port.R",)


def test_a_json_schema_is_no_fixture() -> None:
    path = Path(read.schema.schema_path())
    assert complaints(path) == ['2:14: $["$schema"]: a JSON Schema; expected a fixture']


def test_odd_text_stays_on_one_line(tmp_path: Path) -> None:
    found = complaints(write(tmp_path, changed('"t": 1', '"t\\n\\u001b[31m": 1')))
    assert found == [
        "14:39: $.cases[0].make[\"t\\n\\u001b[31m\"]: 't\\u000a\\u001b[31m' cannot be an argument's name; expected a name"
    ]


ODD = [
    None,
    True,
    -1,
    1.5,
    1e999,
    10**400,
    "",
    "x",
    "NaN",
    [],
    [None],
    [[1], 2],
    ["a", 1],
    {},
    {"": 1},
    {"x": None},
    {"random": {"": {}}},
]


def _places(node: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, entry in entries:
        yield from _places(entry, (*at, key))


def _with(node: Any, at: tuple[str | int, ...], value: object) -> Any:
    if not at:
        return value
    copy = node.copy()
    copy[at[0]] = _with(node[at[0]], at[1:], value)
    return copy


def test_whatever_stands_anywhere_is_read_or_complained_about(tmp_path: Path) -> None:
    example = json.loads(EXAMPLE)
    problems = []
    for at in _places(example):
        for odd in ODD:
            path = write(tmp_path, json.dumps(_with(example, at, odd)).replace("Infinity", "1e999"))
            try:
                read_fixture(path)
            except FixtureError as error:
                problems.extend(error.problems)
    assert len(problems) > 400
    assert {problem.line for problem in problems} == {1}
    assert all(problem.json_path.startswith("$") and problem.problem for problem in problems)


def test_a_file_cut_anywhere_is_malformed_where_it_ends(tmp_path: Path) -> None:
    for end in range(1, len(EXAMPLE) - 2, 7):
        (found,) = complaints(write(tmp_path, EXAMPLE[:end]))
        assert "malformed JSON: " in found
        assert found.split(":")[0] == str(EXAMPLE[:end].count("\n") + 1)


def test_later_problem_gets_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, EXAMPLE)
    pointer = ("cases", 0, "calls", 1, "with", "dout")
    error = fixture_error(path, pointer, "shape (1, 2)", "(1, 3)")
    assert str(error) == f"{path}:17:45: $.cases[0].calls[1].with.dout: shape (1, 2); expected (1, 3)"
    # A place that the file does not spell out is shown where the nearest enclosing value begins.
    assert fixture_error(path, ("derivatives", "gradient"), "x").line == 9
    path.unlink()
    assert str(fixture_error(path, ("python",), "no module x")) == f"{path}: $.python: no module x"


# -- finding ---------------------------------------------------------------------------------------------------


def test_find(tmp_path: Path) -> None:
    folder = tmp_path / "fixtures"
    for name in ("layers/b.json", "layers/a.json", "z.json", ".hidden/c.json", ".d.json", "notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")
    (folder / "schema.json").write_text('{"$schema": "https://json-schema.org/draft/2020-12/schema"}')
    (folder / "broken.json").write_text("{")
    other = tmp_path / "other.fixture"
    other.write_text("{}")

    found = find_fixtures([folder, folder / "z.json", other, folder / "layers"])
    names = [
        "fixtures/broken.json",
        "fixtures/layers/a.json",
        "fixtures/layers/b.json",
        "fixtures/z.json",
        "other.fixture",
    ]
    assert [path.relative_to(tmp_path).as_posix() for path in found] == names
    assert find_fixtures([]) == []


def test_find_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "s.json").write_text('{"$schema": "http://json-schema.org/draft-07/schema#"}')
    with pytest.raises(FixtureError) as caught:
        find_fixtures([tmp_path / "empty", tmp_path / "none", tmp_path / "schemas"])
    assert str(caught.value).split("\n") == [
        f"{tmp_path / 'empty'}: a directory without fixtures; expected at least one *.json below it",
        f"{tmp_path / 'none'}: no such file or directory; expected a fixture (*.json) or a directory of them",
        f"{tmp_path / 'schemas'}: a directory without fixtures; expected at least one *.json below it",
    ]


def test_find_says_what_it_could_not_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, EXAMPLE)
    (tmp_path / "closed").mkdir()
    list_folder = os.scandir

    def refuse(path: str) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(FixtureError) as caught:
        find_fixtures([tmp_path])
    assert str(caught.value) == f"{tmp_path / 'closed'}: cannot be read: Permission denied"


def test_a_name_no_system_takes(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 5000)
    with pytest.raises(FixtureError, match="no such file or directory"):
        find_fixtures([path])
    with pytest.raises(FixtureError, match="cannot be read: File name too long"):
        read_fixture(path)
