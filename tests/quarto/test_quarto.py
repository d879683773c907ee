"""Pairs in a Quarto document, through Pandoc as Quarto calls it: shown, verified, and never agreeing by default."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parity import bridge
from parity.quarto import PairDisagreement, PairError, answer
from parity.quarto.holding import WORDS

EXTENSION = Path("_extensions") / "parity" / "parity.lua"
DOCUMENT = """---
title: Mine
lang: en
---

- In a list:

  ::: {.parity rtol=1e-12}
  ```python
  import numpy as np
  x = np.arange(6.).reshape(2, 3)
  x + 1   # a comment
  print("said")
  x.sum()
  ```

  ```r
  x <- matrix(0:5, 2, byrow = TRUE)
  x + 1
  message("said")
  sum(x)
  ```
  :::

::: {.parity #trap differs="R recycles down the columns"}
```python
x + np.array([5, 6, 7])
```
```r
x + c(5, 6, 7)
```
:::
"""


def pandoc(folder: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    return subprocess.run(
        ["pandoc", "-f", "markdown", *arguments],
        input=text,
        cwd=folder,
        env=environment,
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the extension in it."""
    folder = tmp_path_factory.mktemp("book")
    command = [sys.executable, "-m", "parity", "quarto", str(folder)]
    done = subprocess.run(command, text=True, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "filters: [parity]" in done.stdout
    assert (folder / "_extensions" / "parity" / "_extension.yml").is_file()
    return folder


@pytest.fixture(autouse=True)
def an_empty_workspace() -> Iterator[None]:
    yield
    bridge.evaluate("rm(list = ls(globalenv(), all.names = TRUE), envir = globalenv())")


def answered(text: str, folder: Path) -> dict[str, Any]:
    """In this process, as it takes a while to start R."""
    return answer(json.loads(pandoc(folder, text, "-t", "json").stdout), folder)


def pair(python: str, r: str, attributes: str = "") -> str:
    return f"::: {{.parity {attributes}}}\n```python\n{python}\n```\n\n```r\n{r}\n```\n:::\n\n"


def blocks_of(value: Any, kind: str) -> Iterator[Any]:
    if isinstance(value, dict):
        if value.get("t") == kind:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from blocks_of(one, kind)


def codes(document: dict[str, Any]) -> list[tuple[str, str]]:
    """The blocks of code: the class that says what it is, and the text."""
    return [((block["c"][0][1] or ["answer"])[0], block["c"][1]) for block in blocks_of(document, "CodeBlock")]


def words(value: Any) -> str:
    if isinstance(value, dict):
        return " " if value["t"] == "Space" else words(value.get("c", ""))
    return "".join(map(words, value)) if isinstance(value, list) else str(value)


def verdicts(document: dict[str, Any]) -> list[str]:
    return [words(one["c"][1]) for one in blocks_of(document, "Div") if one["c"][0][1] == ["parity-verdict"]]


def test_a_document_is_rendered_with_what_both_consoles_answered(book: Path) -> None:
    done = pandoc(book, DOCUMENT, "-L", str(EXTENSION), "-t", "json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert codes(document) == [
        ("python", "import numpy as np\nx = np.arange(6.).reshape(2, 3)\nx + 1   # a comment"),
        ("answer", "array([[1., 2., 3.],\n       [4., 5., 6.]])"),
        ("python", 'print("said")'),
        ("answer", "said"),
        ("python", "x.sum()"),
        ("answer", "np.float64(15.0)"),
        ("r", "x <- matrix(0:5, 2, byrow = TRUE)\nx + 1"),
        ("answer", "     [,1] [,2] [,3]\n[1,]    1    2    3\n[2,]    4    5    6"),
        ("r", 'message("said")'),
        ("answer", "said"),
        ("r", "sum(x)"),
        ("answer", "[1] 15"),
        ("python", "x + np.array([5, 6, 7])"),
        ("answer", "array([[ 5.,  7.,  9.],\n       [ 8., 10., 12.]])"),
        ("r", "x + c(5, 6, 7)"),
        ("answer", "     [,1] [,2] [,3]\n[1,]    5    8    8\n[2,]    9    9   12"),
    ]
    assert verdicts(document) == [
        "Python and R agree: 2 values, 7 elements, equal; allowed: rtol 1e-12, atol 0.",
        "Python and R differ, as they are meant to: R recycles down the columns",
    ]
    tabs = [one["c"][0] for one in blocks_of(document, "Div") if "panel-tabset" in one["c"][0][1]]
    assert tabs == [["", ["panel-tabset"], [["group", "language"]]]] * 2
    assert [one["c"][0][0] for one in blocks_of(document, "Div") if "parity" in one["c"][0][1]] == ["", "trap"]


def test_quarto_gets_tabs_of_its_own_kind(book: Path) -> None:
    """Where there is Quarto, markup for tabs is too late: its filters want a node. Here a stand-in for it says what
    it was given."""
    stand_in = """
    quarto = {
      Tab = function(tab) return tab end,
      Tabset = function(given)
        local titles = pandoc.List(given.tabs):map(function(tab) return pandoc.utils.stringify(tab.title) end)
        local kinds = pandoc.List(given.tabs):map(function(tab) return #tab.content end)
        local said = table.concat(titles, "|") .. ":" .. table.concat(kinds, "|") .. ":" .. given.attr.attributes.group
        return pandoc.CodeBlock(said, pandoc.Attr("", {"tabset"}))
      end
    }
    """
    (book / "with-quarto.lua").write_text(stand_in + (book / EXTENSION).read_text("utf-8"), "utf-8")
    done = pandoc(book, DOCUMENT, "-L", "with-quarto.lua", "-t", "json")
    assert done.returncode == 0, done.stderr
    assert codes(json.loads(done.stdout)) == [
        ("tabset", "Python|R:6|6:language"),
        ("tabset", "Python|R:2|2:language"),
    ]


def test_a_pair_that_differs_stops_the_rendering(book: Path) -> None:
    text = DOCUMENT.replace('differs="R recycles down the columns"', "")
    done = pandoc(book, text, "-L", str(EXTENSION), "-t", "html")
    assert done.returncode != 0
    assert done.stdout == ""
    assert "parity: pair 2 (x + np.array([5, 6, 7])): the two differ" in done.stderr
    assert "value 1 at [0, 1] (R: [1, 2]), python has 7.0, r has 8.0" in done.stderr


def test_a_document_without_pairs_needs_no_parity(book: Path) -> None:
    environment = {**os.environ, "PATH": str(Path(shutil.which("pandoc") or "").parent)}
    command = ["pandoc", "-f", "markdown", "-L", str(EXTENSION), "-t", "plain"]
    done = subprocess.run(
        command, input="Text.", cwd=book, env=environment, text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "Text.\n")


def test_without_parity_nothing_is_rendered(book: Path, tmp_path: Path) -> None:
    (tmp_path / "pandoc").symlink_to(shutil.which("pandoc") or "")
    command = ["pandoc", "-f", "markdown", "-L", str(EXTENSION), "-t", "html"]
    environment = {**os.environ, "PATH": str(tmp_path)}
    done = subprocess.run(
        command, input=DOCUMENT, cwd=book, env=environment, text=True, capture_output=True, check=False
    )
    assert done.returncode != 0
    assert done.stdout == ""
    assert "parity cannot be run" in done.stderr


def test_what_is_printed_past_the_consoles_gets_into_no_document(book: Path) -> None:
    text = pair("import os\n_ = os.system('echo straight')\n1.5", "system('echo straight')\n1.5")
    done = pandoc(book, text, "-L", str(EXTENSION), "-t", "json")
    assert done.returncode == 0, done.stderr
    assert "straight" not in done.stdout.replace("echo straight", "")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_document_in_the_manual_is_rendered(book: Path, tmp_path: Path, language: str) -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs" / "pages" / f"publish.{language}.md").read_text("utf-8")
    shutil.copytree(book / "_extensions", tmp_path / "_extensions")
    for name in ("port.py", "port.R", "fixtures/center.json"):
        text = manual.split(f"```file {name}\n")[1].split("\n```")[0]
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text + "\n", "utf-8")
    document = manual.split("~~~~markdown\n")[1].split("\n~~~~")[0]
    done = pandoc(tmp_path, document, "-L", str(EXTENSION), "-t", "json")
    assert done.returncode == 0, done.stderr
    told = verdicts(json.loads(done.stdout))
    agree, differ = WORDS[language]["agree"], WORDS[language]["differ"]
    assert [one.split(":")[0] for one in told] == [agree, differ, agree]


def test_in_korean(book: Path) -> None:
    document = answered("---\nlang: ko-KR\nparity:\n  rtol: 1e-6\n---\n\n" + pair("0.1 + 0.2", "0.3"), book)
    assert verdicts(document) == [
        "Python과 R이 일치한다: 값 1개, 원소 1개, 차이는 최대 5.6e-17. 허용 오차는 rtol 1e-06, atol 0."
    ]


def test_frames_factors_dates_and_missing_texts_are_compared(book: Path) -> None:
    python = (
        "import pandas as pd\n"
        "frame = pd.DataFrame({'n': [1, 2], 'g': pd.Categorical(['u', 'v']), 's': ['a', None],\n"
        "  'd': pd.to_datetime(['2024-02-28', '2024-02-29'])})\nframe"
    )
    r = (
        "frame <- data.frame(n = 1:2, g = factor(c('u', 'v')), s = c('a', NA),\n"
        "  d = as.POSIXct(c('2024-02-28', '2024-02-29'), tz = 'UTC'))\nframe"
    )
    assert verdicts(answered(pair(python, r), book)) == [
        "Python and R agree: 1 value, 10 elements, equal; allowed: rtol 1e-09, atol 0."
    ]
    for change in (("'v')", "'w')"), ("NA", "'NA'"), ("02-29'), tz", "03-01'), tz")):
        with pytest.raises(PairDisagreement, match="the two differ"):
            answered(pair(python, r.replace(*change)), book)


def test_a_fixture_is_verified_and_its_code_shown(tmp_path: Path) -> None:
    (tmp_path / "port.py").write_text("def double(x):\n    return 2 * x\n")
    (tmp_path / "port.R").write_text("double <- function(x) 2 * x\n")
    (tmp_path / "double.json").write_text(
        '{"about": "x", "source": "x", "python": "port:double", "r": "double", "r_source": ["port.R"],'
        ' "tolerance": {"rtol": 0, "atol": 0}, "cases": [{"id": "one", "calls": ['
        '{"do": "call", "with": {"x": [1, 2.5]}, "returns": "out"}]}]}'
    )
    text = '::: {.parity fixture="double.json"}\n:::\n'
    document = answered(text, tmp_path)
    assert codes(document) == [
        ("python", "def double(x):\n    return 2 * x"),
        ("r", "double <- function(x) 2 * x"),
    ]
    assert verdicts(document) == ["Python and R agree: 1 case, 2 elements."]
    (tmp_path / "port.R").write_text("double <- function(x) 3 * x\n")
    with pytest.raises(PairDisagreement, match="R: out"):
        answered(text, tmp_path)
    with pytest.raises(PairError, match=r"missing\.json"):
        answered(text.replace("double", "missing"), tmp_path)


@pytest.mark.parametrize(
    ("python", "r", "attributes", "said"),
    [
        ("1.5\n2.5", "2.5", "", "Python shows 2 values and R 1 value"),
        ("x = 1.5", "1.5", "", "Python shows 0 values and R 1 value"),
        ("x = 1.5", "x <- 1.5", "", "shows nothing"),
        ("1.5", "invisible(1.5)", "", "Python shows 1 value and R 0 values"),
        ("[0.0, 0.0]", "c(0, 0)", "", "all 2 elements are zero"),
        ("1.5", "'1.5'", "", "the two differ"),
        ("1.5", "NULL", "", "the two differ"),
        ("{'a': 1.5, 'b': 2.5}", "list(b = 1.5, a = 2.5)", "", "the two differ"),
        ("float('nan')", "NA_real_", "", "the two differ"),
        ("-0.0", "0", "", "the two differ"),
        ("object()", "function(x) x", "", "cannot be compared"),
        ("1.5", "1.5", 'differs="for some reason"', "agrees; expected a difference: for some reason"),
        ("[0.0, 0.0]", "c(0, 0)", 'differs="zeros"', "is no difference between two values"),
        ("{'a': 1.5}", "list(b = 1.5)", 'differs="names"', "is no difference between two values"),
    ],
)
def test_nothing_agrees_or_differs_by_default(book: Path, python: str, r: str, attributes: str, said: str) -> None:
    with pytest.raises(PairDisagreement if said != "shows nothing" else PairError) as raised:
        answered(pair(python, r, attributes), book)
    assert said in str(raised.value)
    assert "pair 1" in str(raised.value)


def test_a_value_is_what_it_was_when_it_was_shown(book: Path) -> None:
    python = "import numpy as np\nx = np.array([1.5, 2.5])\nx\nx[0] = 9.5"
    assert "agree" in verdicts(answered(pair(python, "c(1.5, 2.5)"), book))[0]
    with pytest.raises(PairDisagreement):
        answered(pair(python, "c(9.5, 2.5)"), book)


def test_the_lines_are_nobody_else_s(book: Path) -> None:
    """Neither a name of theirs nor a setting of ours changes what the other computes."""
    python = "def f(x: int): pass\nf.__annotations__['x'] is int\n2.5"
    assert "agree" in verdicts(answered(pair(python, "c <- list <- 5\nTRUE\nc / 2"), book))[0]


def test_all_pairs_that_differ_are_told(book: Path) -> None:
    with pytest.raises(PairDisagreement) as raised:
        answered(pair("1.5", "2.5") + pair("3.5", "3.5") + pair("4.5", "5.5"), book)
    assert [f"pair {number} " in str(raised.value) for number in (1, 2, 3)] == [True, False, True]


def test_the_cause_is_told(book: Path) -> None:
    python = "import numpy as np\nx = np.random.RandomState(0).randn(4, 3)\nb = np.array([5.5, 6, 7])\nx + b"
    numbers = "c(" + ", ".join(map(repr, __import__("numpy").random.RandomState(0).randn(4, 3).ravel().tolist())) + ")"
    with pytest.raises(PairDisagreement, match="cause: R spreads b down the columns"):
        answered(pair(python, f"matrix({numbers}, 4, byrow = TRUE) + c(5.5, 6, 7)"), book)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (pair("1 +", "1"), "pair 1 (1 +): Python: SyntaxError: invalid syntax, in '1 +'"),
        (pair("x = 1\ny", "1"), "Python: NameError: name 'y' is not defined, in 'y'"),
        (pair("1", "1 +"), "R: <text>:2:0: unexpected end of input"),
        (pair("1", "x <- 1\nstop('no')"), "R: no, in \"stop('no')\""),
        (pair("import sys\nsys.exit(3)", "1"), "Python: SystemExit: 3"),
        (pair("1", "1", "rtoll=1"), "pair 1 has rtoll; expected rtol, atol, differs, fixture"),
        (pair("1", "1", "rtol=much"), "pair 1 has rtol=much; expected a number that is not negative"),
        (pair("1", "1", "atol=nan"), "pair 1 has atol=nan"),
        (pair("1", "1", "rtol=-1"), "pair 1 has rtol=-1"),
        (pair("1", "1", 'fixture="a.json"'), "pair 1 names a fixture and has something in it"),
        ("---\nparity:\n  rtoll: 1\n---\n\n" + pair("1", "1"), "the metadata has rtoll; expected rtol, atol"),
        ("---\nparity: yes\n---\n\n" + pair("1", "1"), "the metadata has a parity that is no table"),
        ("::: parity\n```python\n1\n```\n:::\n", "pair 1 has python alone; expected two blocks of code"),
        ("::: parity\n```r\n1\n```\n\n```r\n1\n```\n:::\n", "pair 1 has a second r"),
        ("::: parity\nText.\n:::\n", "pair 1 has in it Para"),
        ("::: parity\n```julia\n1\n```\n:::\n", "pair 1 has in it a block of code in julia"),
        ("::: parity\n:::\n", "pair 1 has no code alone"),
    ],
)
def test_a_mistake_is_named(book: Path, text: str, said: str) -> None:
    with pytest.raises(PairError) as raised:
        answered(text, book)
    assert said in str(raised.value)


@pytest.mark.parametrize("given", ["", "{", "[]", '{"meta": {}}', '{"blocks": 3}'])
def test_what_is_no_document_is_said_to_be_none(given: str) -> None:
    command = [sys.executable, "-m", "parity", "quarto", "--pairs"]
    done = subprocess.run(command, input=given, text=True, capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "expected a document of Pandoc's in JSON" in done.stderr
    assert "Traceback" not in done.stderr
