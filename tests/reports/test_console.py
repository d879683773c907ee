"""The transcripts are what the consoles print, to the letter; and the typed lines go through a case."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from parity import subjects
from parity.consoles.case_lines import session_case, session_lines
from parity.consoles.literals import python_literal, r_literal
from parity.consoles.python_console import python_lines, python_output, python_session
from parity.consoles.r_console import CallPlan, r_plans, r_session
from parity.consoles.transcript import ConsoleError, Entry, Transcript
from parity.fixture.model import (
    Call,
    Case,
    Derivatives,
    Expression,
    Fixture,
    FunctionReference,
    Layout,
    Seed,
    Tolerance,
)
from parity.reports.pages.page_consoles import run_consoles
from parity.subjects.r import RSubject


def typed(text: str) -> list[str]:
    return dedent(text).strip("\n").split("\n")


# -------------------------------------------------------------------------------------------------- Python


def test_python_prints_what_a_python_console_prints() -> None:
    [transcript] = python_session([typed("""
        import numpy as np
        np.array([[1, 2], [3, 4]])
        x = [1,
             2]
        for i in range(2):
            print(i)
        x
        '한글'
        print("no end of line", end="")
        _
    """)])  # fmt: skip
    assert transcript.text == dedent("""\
        >>> import numpy as np
        >>> np.array([[1, 2], [3, 4]])
        array([[1, 2],
               [3, 4]])
        >>> x = [1,
        ...      2]
        >>> for i in range(2):
        ...     print(i)
        ...\x20
        0
        1
        >>> x
        [1, 2]
        >>> '한글'
        '한글'
        >>> print("no end of line", end="")
        no end of line>>> _
        '한글'
        """)  # fmt: skip


def test_a_python_error_is_shown_without_inner_frames_and_the_session_goes_on() -> None:
    [transcript] = python_session([["def f(x):", "    return x[3]", "f([1])", "1 +* 2", "5"]])
    assert transcript.text == dedent("""\
        >>> def f(x):
        ...     return x[3]
        ...\x20
        >>> f([1])
        Traceback (most recent call last):
          File "<stdin>", line 1, in <module>
          File "<stdin>", line 2, in f
        IndexError: list index out of range
        >>> 1 +* 2
          File "<stdin>", line 1
            1 +* 2
               ^
        SyntaxError: invalid syntax
        >>> 5
        5
        """)  # fmt: skip


def test_a_python_warning_stands_where_it_was_given_and_once_a_session() -> None:
    lines = ["import numpy as np", "np.log(np.array([0.0]))"]
    shown = (
        ">>> import numpy as np\n"
        ">>> np.log(np.array([0.0]))\n"
        "<stdin>:1: RuntimeWarning: divide by zero encountered in log\n"
        "array([-inf])\n"
    )
    assert [t.text for t in python_session([lines, lines])] == [shown, shown]


def test_python_sessions_know_nothing_of_each_other(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("value = 6 * 7\n")
    first, second, third = python_session(
        [["x = 1", "import numpy as np", "np.set_printoptions(precision=2)", "print = None"], ["x"],
         ["from mine import value", "value", "import numpy as np", "np.array([1 / 3])"]],
        paths=[tmp_path],
    )  # fmt: skip
    assert first.text.count("\n") == 4
    assert second.text.endswith("NameError: name 'x' is not defined\n")
    assert third.entries[1] == Entry(("value",), "42\n")
    assert third.entries[3].output == "array([0.33333333])\n"


def test_a_file_of_the_project_does_not_hide_what_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("numpy", "types", "os", "json"):
        (tmp_path / f"{name}.py").write_text("print('a stranger')\nvalue = 1\n")
    (tmp_path / "own.py").write_text("value = 42\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    lines = ["import numpy as np", "np.zeros(1)", "from own import value", "value"]
    [transcript] = python_session([lines], directories=[tmp_path / "elsewhere"], paths=[tmp_path])
    assert "a stranger" not in transcript.text
    assert transcript.entries[-1].output == "42\n"


def test_numpy_breaks_lines_at_the_width_that_it_is_given() -> None:
    [narrow] = python_session([["import numpy as np", "np.arange(20.0)"]], width=40)
    assert max(map(len, narrow.text.splitlines())) <= 40
    [wide] = python_session([["import numpy as np", "np.arange(40.0)"]], width=200)
    assert 60 < max(map(len, wide.text.splitlines())) <= 75


def test_python_lines_close_a_body_that_the_next_line_leaves() -> None:
    block = ["if True:", "    a = 1", "else:", "    a = 2", "a", "", "def f():", "    return 1"]
    assert python_lines(block) == (*block[:4], "", "a", *block[6:], "")


def test_lines_that_stop_in_the_middle_are_refused() -> None:
    with pytest.raises(ConsoleError, match=r"unfinished expression: 'x = \['"):
        python_session([["x = ["]])
    with pytest.raises(ConsoleError, match="begins with 'quit\\(\\)'"):
        python_session([["quit()"]])


def test_a_console_that_hangs_is_ended() -> None:
    with pytest.raises(ConsoleError, match="within 1 seconds"):
        python_session([["import time", "time.sleep(60)"]], seconds=1)


# ------------------------------------------------------------------------------------------------------- R


def test_r_prints_what_an_r_console_prints() -> None:
    [transcript] = r_session([typed("""
        x <- c(1,
               2)
        x
        matrix(1:4, nrow = 2)
        f <- function(a) {
          stop("bad ", a)
        }
        f(3)
        a b
        log(-1)
        "한글"
        cat("no end of line")
        nowhere
        f
    """)])  # fmt: skip
    assert transcript.text == dedent("""\
        > x <- c(1,
        +        2)
        > x
        [1] 1 2
        > matrix(1:4, nrow = 2)
             [,1] [,2]
        [1,]    1    3
        [2,]    2    4
        > f <- function(a) {
        +   stop("bad ", a)
        + }
        > f(3)
        Error in f(3) : bad 3
        > a b
        Error: unexpected symbol in "a b"
        > log(-1)
        [1] NaN
        Warning message:
        In log(-1) : NaNs produced
        > "한글"
        [1] "한글"
        > cat("no end of line")
        no end of line> nowhere
        Error: object 'nowhere' not found
        > f
        function(a) {
          stop("bad ", a)
        }
        """)


def test_r_sessions_know_nothing_of_each_other_and_output_cannot_pass_for_a_prompt() -> None:
    first, second = r_session(
        [["x <- 1; options(digits = 3); set.seed(1)", "library(stats4)", 'cat("> y\\n+ z\\n")'],
         ["x", "pi", "ls(all.names = TRUE)", '"package:stats4" %in% search()']],
    )  # fmt: skip
    assert first.entries[-1] == Entry(('cat("> y\\n+ z\\n")',), "> y\n+ z\n")
    assert [entry.output for entry in second.entries] == [
        "Error: object 'x' not found\n",
        "[1] 3.141593\n",
        "character(0)\n",
        "[1] FALSE\n",
    ]


def test_r_is_as_wide_as_it_is_told() -> None:
    [narrow] = r_session([["1:30"]], width=40)
    assert max(map(len, narrow.text.splitlines())) == 40


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "somepackage"
    (folder / "R").mkdir(parents=True)
    (folder / "DESCRIPTION").write_text("Package: pieces\nVersion: 1.0\n")
    (folder / "NAMESPACE").write_text("export(twice)\nimportFrom(utils, head)\nS3method(print, piece)\n")
    (folder / "R" / "all.R").write_text(
        "twice <- function(x) head(hidden(x), 99)\nhidden <- function(x) 2 * x\n"
        'print.piece <- function(x, ...) cat("a piece\\n")\n'
    )
    return folder


def test_a_package_that_is_only_sources_is_attached_like_any_other(package: Path) -> None:
    [transcript] = r_session(
        [["twice(2)", "library(pieces)", "twice(2)", "hidden(2)", "pieces::twice(3)", 'structure(1, class = "piece")',
          "library(nowhere)", "search()[2]"]],
        packages={"pieces": package},
    )  # fmt: skip
    assert transcript.text == dedent("""\
        > twice(2)
        Error in twice(2) : could not find function "twice"
        > library(pieces)
        > twice(2)
        [1] 4
        > hidden(2)
        Error in hidden(2) : could not find function "hidden"
        > pieces::twice(3)
        [1] 6
        > structure(1, class = "piece")
        a piece
        > library(nowhere)
        Error in library(nowhere) : there is no package called ‘nowhere’
        > search()[2]
        [1] "package:pieces"
        """)


def test_an_r_session_that_ends_in_the_middle_is_named() -> None:
    with pytest.raises(ConsoleError, match=r"begins with 'f <- function\(x\) \{'"):
        r_session([["1"], ["f <- function(x) {", "x"], ["2"]])


def test_without_r_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("R_HOME", raising=False)
    with pytest.raises(ConsoleError, match="R was not found"):
        r_session([["1"]])


# ------------------------------------------------------------------------------------------- transcripts


def test_a_transcript_is_cut_into_the_blocks_it_was_made_of() -> None:
    whole = Transcript("r", (Entry(("a",), "1\n"), Entry(("f(", ")"), "2\n"), Entry(("b",), "")))
    first, second, third = whole.split([1, 2, 1])
    assert [first.text, second.text, third.text] == ["> a\n1\n", "> f(\n+ )\n2\n", "> b\n"]
    with pytest.raises(ValueError, match="3 lines wanted from a transcript of 4"):
        whole.split([1, 2])


def test_a_long_output_says_how_much_is_left_out() -> None:
    long = Transcript("python", (Entry(("x",), "".join(f"line {n}\n" for n in range(50))),))
    shown = long.shortened(most=10, head=2, tail=1).text
    assert shown == ">>> x\nline 0\nline 1\n[… 47 …]\nline 49\n"
    assert long.shortened(most=50) == long


# ----------------------------------------------------------------------------------------- the typed lines

TOLERANCE = Tolerance(1e-12, 1e-13)
PYTHON = """
class Scale:
    def __init__(self, k, lr=1.0):
        self.k = k

    def forward(self, x):
        self.x = x
        return x * self.k

    def backward(self, dout):
        self.dk = (dout * self.x).sum()
        return dout * self.k


def apply_to(f, x, flag=False):
    return f(x)


def square(x):
    return x * x
"""
R = """
Scale.forward <- function(k, x) list(out = x * k, x = x, k = k)
Scale.backward <- function(forward, dout) list(dx = dout * forward$k, dk = sum(dout * forward$x))
apply_to <- function(f, x, flag = FALSE) f(x)
square <- function(x) x * x
"""


@pytest.fixture
def port(tmp_path: Path) -> Path:
    (tmp_path / "scales.py").write_text(PYTHON)
    (tmp_path / "port.R").write_text(R)
    return tmp_path


def scale(port: Path, *cases: Case) -> Fixture:
    path = port / "scale.json"
    return Fixture(path, "scale", {}, {}, "scales:Scale", "Scale", cases, r_source=(port / "port.R",))


def scale_case(x: np.ndarray, **more: object) -> Case:
    calls = (
        Call("forward", {"x": x}, returns=("out",)),
        Call("backward", {"dout": np.array([[1.0, -2.0, 0.5]])}, returns=("dx",)),
    )
    derivatives = Derivatives("forward", "out", "backward", "dout", {"x": "dx", "k": "dk"})
    return Case("one", {"k": 3.0}, calls, TOLERANCE, derivatives=derivatives, **more)  # type: ignore[arg-type]


def test_a_case_is_typed_as_a_person_would_and_runs(port: Path) -> None:
    case = scale_case(np.array([[1.0, 2.0, 3.0]]))
    fixture = scale(port, case)
    [plans] = r_plans([(fixture, case)])
    assert plans == (
        CallPlan(("k", "x"), (("k", "make"), ("x", "with"))),
        CallPlan(("forward", "dout"), (("forward", "results"), ("dout", "with"))),
    )
    python, r = session_lines(fixture, case, plans=plans)
    [python_shown] = python_session([python], directories=[port])
    assert python_shown.text == dedent("""\
        >>> import numpy as np
        >>> from scales import Scale
        >>> scale = Scale(k=3)
        >>> x = np.array([[1, 2, 3]])
        >>> scale.forward(x)
        array([[3, 6, 9]])
        >>> dout = np.array([[1, -2, 0.5]])
        >>> scale.backward(dout)
        array([[ 3. , -6. ,  1.5]])
        >>> scale.dk
        np.float64(-1.5)
        """)
    [r_shown] = r_session([r], directories=[port])
    assert r_shown.text == dedent("""\
        > source("port.R")
        > x <- matrix(c(1, 2, 3), nrow = 1)
        > forward <- Scale.forward(k = 3, x = x)
        > forward$out
             [,1] [,2] [,3]
        [1,]    3    6    9
        > dout <- matrix(c(1, -2, 0.5), nrow = 1)
        > Scale.backward(forward, dout)
        $dx
             [,1] [,2] [,3]
        [1,]    3   -6  1.5

        $dk
        [1] -1.5

        """)


def test_whole_numbers_can_be_kept_floats(port: Path) -> None:
    case = scale_case(np.array([[1.0, 2.0, 3.0]]))
    python, _ = session_lines(scale(port, case), case, whole=False)
    assert "x = np.array([[1.0, 2.0, 3.0]])" in python
    assert "scale = Scale(k=3.0)" in python


def test_a_function_and_a_function_handed_over(port: Path) -> None:
    argument = {"f": FunctionReference("scales:square", "square"), "x": np.array([1.5, -2.0])}
    case = Case("one", {}, (Call("call", argument, returns=("out",)),), TOLERANCE)
    fixture = Fixture(port / "a.json", "a", {}, {}, "scales:apply_to", "apply_to", (case,), r_source=(port / "port.R",))
    python, r = session_lines(fixture, case, plans=r_plans([(fixture, case)])[0])
    assert python == (
        "import numpy as np",
        "from scales import apply_to, square",
        "x = np.array([1.5, -2])",
        "apply_to(square, x)",
    )
    assert r == ('source("port.R")', "x <- c(1.5, -2)", "apply_to(square, x)")


ARRAYS = [
    np.arange(24.0).reshape(2, 3, 4),
    np.arange(8.0).reshape(2, 2, 2, 1),
    np.arange(6.0).reshape(3, 2),
    np.array([[5.0]]),
    np.array([[1.0], [2.0]]),
    np.array([7.0]),
    np.array([2, 0, 1]),
    np.array([[True, False]]),
    np.array([np.nan, np.inf, -np.inf, -0.0]),
    np.zeros((0, 3)),
    np.random.RandomState(3).randn(4, 5),
]


def test_an_array_is_the_same_array_in_both_consoles() -> None:
    python, r = [], []
    for array in ARRAYS:
        python.append(
            ["import numpy as np", *f"x = {python_literal(array, True, 4)}".split("\n"), "x.shape", "repr(x.tolist())"]
        )
        show = 'cat(sprintf("%.17g", if (is.null(dim(x))) x else aperm(x)))'
        r.append([*f"x <- {r_literal(array, 5)}".split("\n"), "if (is.null(dim(x))) length(x) else dim(x)", show])
    for array, mine, theirs in zip(ARRAYS, python_session(python), r_session(r), strict=True):
        assert mine.entries[-2].output.strip() == repr(array.shape)
        assert [int(n) for n in theirs.entries[-2].output.split()[1:]] == list(array.shape)
        printed = theirs.entries[-1].output.split()
        numbers = np.array([float(word) for word in printed])
        # R's own parser of decimals may miss the last bit.
        np.testing.assert_allclose(numbers, array.ravel().astype(float), rtol=4e-16)
        assert np.array_equal(np.signbit(numbers), np.signbit(array.ravel().astype(float)))
        flat = np.array(eval(eval(mine.entries[-1].output), {"nan": np.nan, "inf": np.inf}), dtype=float)
        np.testing.assert_array_equal(flat.ravel(), array.ravel())


def test_the_case_that_is_shown_is_small_and_goes_through_the_gradient(port: Path) -> None:
    large = scale_case(np.ones((5, 5)))
    small = scale_case(np.ones((1, 3)))
    forward_only = Case("f", {"k": 1.0}, (Call("forward", {"x": np.ones(2)}, returns=("out",)),), TOLERANCE)
    assert session_case(scale(port, large, forward_only, small)) is small
    assert session_case(scale(port, large, forward_only)) is forward_only
    assert session_case(scale(port, large)) is None


# ---------------------------------------------------------------------------- the same from every version

OF_3_13 = """\
Traceback (most recent call last):
  File "<stdin>-9", line 1, in <module>
    f([1])
    ~^^^^^
  File "<stdin>-8", line 2, in f
    return x[3]
           ~^^^
  File "/venv/lib/python3.13/site-packages/numpy/linalg/_linalg.py", line 659, in inv
    ainv = _umath_linalg.inv(a,
           ~~~~~~~~~~~~~~~~~^^
                             signature=signature)
                             ^^^^^^^^^^^^^^^^^^^^
  File "/home/me/project/src/own.py", line 3, in g
    return 1
IndexError: list index out of range
"""
ANYWHERE = """\
Traceback (most recent call last):
  File "<stdin>", line 1, in <module>
  File "<stdin>", line 2, in f
  File "numpy/linalg/_linalg.py", line 659, in inv
    ainv = _umath_linalg.inv(a,
  File "src/own.py", line 3, in g
    return 1
IndexError: list index out of range
"""


def test_a_traceback_of_a_later_python_is_that_of_an_earlier_one_and_says_nothing_of_the_machine() -> None:
    assert python_output(OF_3_13, ["f([1])"], [Path("/home"), Path("/home/me/project")]) == ANYWHERE
    assert python_output(ANYWHERE) == ANYWHERE
    elsewhere = python_output('  File "/opt/other/own.py", line 3, in g\n/opt/other/own.py:4: UserWarning: no\n')
    assert elsewhere == '  File "own.py", line 3, in g\nown.py:4: UserWarning: no\n'
    syntax = '  File "<stdin>-3", line 1\n    1 +* 2\n       ^\nSyntaxError: invalid syntax\n'
    assert python_output(syntax) == syntax.replace("-3", "")


def test_a_warning_of_a_later_python_is_that_of_an_earlier_one() -> None:
    later = "<stdin>-96:1: RuntimeWarning: divide by zero\n  np.log(0.0)\narray([-inf])\n"
    assert python_output(later, ["np.log(0.0)"]) == "<stdin>:1: RuntimeWarning: divide by zero\narray([-inf])\n"
    # A line that nobody typed is output.
    printed = "<stdin>:1: UserWarning: a\n  indented\n"
    assert python_output(printed, ["f()"]) == printed


def test_which_lines_fail_is_known_without_reading_what_they_print() -> None:
    [python] = python_session([["print('Traceback (most recent call last):')", "1 / 0", "1 +* 2", "2"]])
    assert [entry.failed for entry in python.entries] == [False, True, True, False]
    [r] = r_session([['cat("Error: no\\n")', 'stop("yes")', "a b", 'try(stop("caught"), silent = TRUE)', "2"]])
    assert [entry.failed for entry in r.entries] == [False, True, True, False, False]
    assert r.entries[1].output == "Error: yes\n"
    assert "failure" not in python.text + r.text


# ------------------------------------------------------------------------------------- loading and resetting


def test_files_that_source_others_beside_them_load_wherever_one_stands(port: Path) -> None:
    (port / "deep").mkdir()
    (port / "deep" / "helper.R").write_text("factor_of_two <- 2\n")
    (port / "deep" / "main.R").write_text('source("helper.R")\nScale <- function(k) factor_of_two * k\n')
    case = Case("one", {}, (Call("call", {"k": 1.5}, returns=("out",)),), TOLERANCE)
    path = port / "scale.json"
    fixture = Fixture(path, "s", {}, {}, "scales:square", "Scale", (case,), r_source=(port / "deep" / "main.R",))
    [plans] = r_plans([(fixture, case)])
    assert plans == (CallPlan(("k",), (("k", "with"),)),)
    _, r = session_lines(fixture, case, plans=plans)
    assert r == ('source("deep/main.R", chdir = TRUE)', "Scale(k = 1.5)")
    [shown] = r_session([r], directories=[port])
    assert shown.entries[-1].output == "[1] 3\n"


def r_with(shared: str, lines: list[str]) -> list[str]:
    """What a new R prints for the lines, after the functions of `r_side/*.R`."""
    folder = Path(subjects.__file__).parent / "r_side"
    [transcript] = r_session([[f"source({str(folder / shared)!r})", *lines]])
    return [entry.output for entry in transcript.entries[1:]]


def test_a_file_that_does_not_load_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.R").write_text("x <- \n\nstop('no') )\n")
    (tmp_path / "stops.R").write_text("stop('not today')\n")
    load = [f"load_files({str(tmp_path / name)!r})" for name in ("broken.R", "stops.R")]
    printed = r_with("load.R", load)
    assert printed[0].startswith("Error: broken.R: ")
    assert printed[1] == "Error: stops.R: not today\n"


# ------------------------------------------------------------------------- what one language has of its own


def test_each_console_types_its_own_arguments_names_and_axes(port: Path) -> None:
    (port / "fits.py").write_text(
        "import numpy as np\nclass Fit:\n    def __init__(self, p):\n        self.params = p\n\n"
        "def fit(x, rate=0):\n    return Fit(x.sum(axis=1) * rate)\n"
    )
    (port / "fits.R").write_text("fit <- function(input, speed, ties) list(b = colSums(input) * speed)\n")
    layout = Layout(("n", "d"), ("d", "n"))
    case = Case(
        "one", {}, (Call("call", {"x": np.arange(6.0).reshape(2, 3), "rate": 2.0}, {"r": {"ties": "no"}}, ("coef",)),),
        TOLERANCE, names={"r": {"x": "input", "rate": "speed"}}, layout={"r": {"x": layout}},
        values={"coef": {"python": "params", "r": ".$b"}},
    )  # fmt: skip
    fixture = Fixture(port / "f.json", "f", {}, {}, "fits:fit", "fit", (case,), r_source=(port / "fits.R",))
    [plans] = r_plans([(fixture, case)])
    python, r = session_lines(fixture, case, plans=plans)
    [python_shown], [r_shown] = python_session([python], directories=[port]), r_session([r], directories=[port])
    assert python[-2:] == ("result = fit(x, rate=2)", "result.params")
    assert python_shown.entries[-1].output == "array([ 6, 24])\n"
    assert r[-2:] == ('result <- fit(input, speed = 2, ties = "no")', "result$b")
    assert r_shown.entries[-1].output == "[1]  6 24\n"


def test_an_r_expression_is_a_function_with_a_name_in_the_console(port: Path) -> None:
    case = Case("one", {}, (Call("call", {"x": np.array([1.0, 4.0])}, returns=("y",)),), TOLERANCE)
    r_code = "function(x) stats::quantile(x, 0.5, names = FALSE)"
    fixture = Fixture(port / "q.json", "q", {}, {}, "numpy:median", r_code, (case,))
    [plans] = r_plans([(fixture, case)])
    assert plans == (CallPlan(("x",), (("x", "with"),)),)
    _, r = session_lines(fixture, case, plans=plans)
    assert r == (f"f <- {r_code}", "x <- c(1, 4)", "f(x)")
    [shown] = r_session([r])
    assert shown.entries[-1].output == "[1] 2.5\n"


# ------------------------------------------------------------------------- what fills R's formals, as when it is run


def r_lines_of(fixture: Fixture, case: Case) -> tuple[str, ...]:
    return session_lines(fixture, case, plans=r_plans([(fixture, case)])[0])[1]


def test_what_three_dots_take_is_typed_under_its_own_name(tmp_path: Path) -> None:
    call = Call("call", {"x": np.array([1.0, 2.0, 4.0])}, returns=("y",))
    case = Case("one", {"probs": 0.4}, (call,), TOLERANCE, only={"r": {"type": 6.0}})
    fixture = Fixture(tmp_path / "q.json", "q", {}, {}, "numpy:quantile", "stats::quantile", (case,))
    r = r_lines_of(fixture, case)
    # A quantile of type 7, which is what R takes without the argument, is 1.8.
    assert r[-1].startswith("quantile(x, ")
    assert "type = 6" in r[-1]
    [shown] = r_session([r])
    assert shown.entries[-1].output.split() == ["40%", "1.6"]


def test_a_formal_behind_three_dots_is_given_by_name(tmp_path: Path) -> None:
    (tmp_path / "f.R").write_text("f <- function(a, ..., flip) if (flip) -sum(a, ...) else sum(a, ...)\n")
    call = Call("call", {"a": np.array([1.0, 2.0]), "flip": np.array([True])}, returns=("y",))
    case = Case("one", {}, (call,), TOLERANCE)
    fixture = Fixture(tmp_path / "f.json", "f", {}, {}, "numpy:sum", "f", (case,), r_source=(tmp_path / "f.R",))
    r = r_lines_of(fixture, case)
    assert r[-1] == "f(a, flip = flip)"
    [shown] = r_session([r], directories=[tmp_path])
    assert shown.entries[-1].output == "[1] -3\n"


STREAM = """
draw <- function(seed = NULL, state = seed, params) list(value = state + params, state = state + 1, params = 2 * params)
"""


def stream(tmp_path: Path, *calls: Call, **more: object) -> tuple[Fixture, Case]:
    (tmp_path / "stream.R").write_text(STREAM)
    case = Case("one", {"seed": 5.0}, calls, TOLERANCE, **more)  # type: ignore[arg-type]
    files = (tmp_path / "stream.R",)
    return Fixture(tmp_path / "s.json", "s", {}, {}, "numpy:sum", "draw", (case,), r_source=files), case


def test_state_goes_from_call_to_call_unseen(tmp_path: Path) -> None:
    call = Call("call", {"params": np.array([10.0, 20.0])}, returns=("value",), state=("state",))
    fixture, case = stream(tmp_path, call, call)
    r = r_lines_of(fixture, case)
    assert r[2:] == (
        "call <- draw(seed = 5, params = params)",
        "call$value",
        "state <- call$state",
        "draw(seed = 5, state = state, params = params)",
    )
    [shown] = r_session([r], directories=[tmp_path])
    assert "[1] 16 26" in shown.entries[-1].output


def test_what_r_hands_on_beside_its_results_is_not_shown(tmp_path: Path) -> None:
    """On a page: there the lines have been run once, so that it is known what a list holds."""
    one = Call("call", {"params": np.array([10.0, 20.0])}, returns=("value",))
    both = Call("call", {"params": np.array([10.0, 20.0])}, returns=("value",), compare=("params",))
    for call, typed in (
        (one, [("draw(seed = 5, params = params)$value",)]),
        (both, [("result <- draw(seed = 5, params = params)",), ("result$value",), ("result$params",)]),
    ):
        fixture, _ = stream(tmp_path, call)
        [consoles], _ = run_consoles([fixture], packages={}, width=74)
        assert consoles.main is not None
        assert [entry.source for entry in consoles.main.r.entries[2:]] == typed
        outputs = [entry.output for entry in consoles.main.r.entries[2:] if entry.output]
        assert outputs == ["[1] 15 25\n", "[1] 20 40\n"][: len(outputs)]
        assert len(outputs) == len(call.returns) + len(call.compare)


def test_a_call_that_gives_the_state_anew_leaves_it_to_those_after_it(tmp_path: Path) -> None:
    first = Call("call", {"params": np.array([10.0, 20.0])}, returns=("value",), updates=("params",))
    (tmp_path / "other.R").write_text("draw.look <- function(params) list(value = sum(params))\n")
    look = Call("look", {"params": np.array([7.0, 8.0])}, returns=("value",))
    fixture, case = stream(tmp_path, first, look, Call("look", {}, returns=("value",)))
    fixture = dataclasses.replace(fixture, r_source=(*fixture.r_source, tmp_path / "other.R"))
    [shown] = r_session([r_lines_of(fixture, case)], directories=[tmp_path])
    assert [entry.output for entry in shown.entries[-2:]] == ["$value\n[1] 15\n\n", "$value\n[1] 60\n\n"]


def test_what_is_updated_is_handed_on_under_r_s_name_for_it(tmp_path: Path) -> None:
    (tmp_path / "s.R").write_text("step <- function(w) list(params = 2 * w)\n")
    case = Case(
        "one", {"params": np.array([1.5, 2.0])},
        tuple(Call("call", {}, updates=("params",)) for _ in range(2)), TOLERANCE, names={"r": {"params": "w"}},
    )  # fmt: skip
    fixture = Fixture(tmp_path / "s.json", "s", {}, {}, "numpy:sum", "step", (case,), r_source=(tmp_path / "s.R",))
    r = r_lines_of(fixture, case)
    assert r == (
        *('source("s.R")', "w <- c(1.5, 2)", "call <- step(w)", "w <- call$params", "w"),
        "step(w)",
    )
    subject = RSubject(fixture)
    try:
        ran = [observation.values["params"] for observation in subject.observe(case)]
    finally:
        subject.close()
    [shown] = r_session([r], directories=[tmp_path])
    assert np.array_equal(ran[-1], [6.0, 8.0])
    assert shown.entries[-1].output == "$params\n[1] 6 8\n\n"


# ------------------------------------------------------------------------------------- code nobody wrote to be tested

COUNTS = """
import numpy as np
rate = 2.0
class Count:
    def __init__(self, start):
        self.total, self.scale = start, 1.0
    def add(self, by):
        self.total = self.total + by * self.scale
        return self.total
"""
COUNTS_R6 = """
library(R6)
Count <- R6Class("Count", public = list(
  total = NULL, scale = 1,
  initialize = function(start) self$total <- start,
  add = function(by) { self$total <- self$total + by * self$scale; self$total }
))
"""
COUNTS_S3 = """
Count <- function(start) structure(list(total = start, scale = 1), class = "count")
add <- function(count, by) count$total + by * count$scale
"""


@pytest.mark.parametrize(
    ("code", "made", "called"),
    [
        (COUNTS_R6, "count <- Count$new(start = 1.5)", "count$add(by = by)"),
        (COUNTS_S3, "count <- Count(start = 1.5)", "add(count, by = by)"),
    ],
    ids=["R6", "S3"],
)
def test_both_consoles_make_the_object_and_ask_it(port: Path, code: str, made: str, called: str) -> None:
    (port / "counts.py").write_text(COUNTS)
    (port / "counts.R").write_text(code)
    case = Case(
        "one", {"start": 1.5}, (Call("add", {"by": np.array([1.0, 2.0])}, returns=("total",)),), TOLERANCE,
        attributes={"python": {"scale": 3.0}, "r": {"scale": 3.0}}, setup={"python": "import math", "r": "twice <- 2"},
    )  # fmt: skip
    fixture = Fixture(port / "c.json", "c", {}, {}, "counts:Count", "Count", (case,), r_source=(port / "counts.R",))
    [plans] = r_plans([(fixture, case)])
    python, r = session_lines(fixture, case, plans=plans)
    assert r == ('source("counts.R")', "twice <- 2", made, "count$scale <- 3", "by <- c(1, 2)", called)
    assert python[1:5] == (
        "from counts import Count",
        "import math",
        "count = Count(start=1.5)",
        "count.scale = 3",
    )
    [python_shown], [r_shown] = python_session([python], directories=[port]), r_session([r], directories=[port])
    assert python_shown.entries[-1].output == "array([4.5, 7.5])\n"
    assert r_shown.entries[-1].output == "[1] 4.5 7.5\n"


def test_both_consoles_type_the_other_function_and_the_expression(port: Path) -> None:
    (port / "kinds.py").write_text(
        "class rules:\n    twice = staticmethod(lambda x: 2 * x)\n\ndef go(x, rule):\n    return rule(x)\n"
    )
    (port / "kinds.R").write_text(
        'rules <- list(twice = function(x) 2 * x)\ngo <- function(kind, x, rule) if (kind == "it") rule(x)\n'
    )
    call = Call(
        "call", {"x": np.array([1.0, 2.5]), "rule": Expression("rules.twice", "rules$twice")}, returns=("out",),
        instead={"r": 'function(...) go("it", ...)', "python": "lambda x, rule: 10 * _(x, rule)"},
    )  # fmt: skip
    case = Case("one", {}, (call,), TOLERANCE, setup={"python": "from kinds import rules"})
    fixture = Fixture(port / "k.json", "k", {}, {}, "kinds:go", "go", (case,), r_source=(port / "kinds.R",))
    [plans] = r_plans([(fixture, case)])
    python, r = session_lines(fixture, case, plans=plans)
    assert r[-1] == '(function(...) go("it", ...))(x = x, rule = rules$twice)'
    assert python[-1].startswith("(lambda x, rule: 10 * go(x, rule))(")
    [python_shown], [r_shown] = python_session([python], directories=[port]), r_session([r], directories=[port])
    assert python_shown.entries[-1].output == "array([20., 50.])\n"
    assert r_shown.entries[-1].output == "[1] 2 5\n"


def test_no_case_is_typed_that_one_language_alone_could_repeat(port: Path) -> None:
    case = Case("one", {}, (Call("call", {"k": 1.5}, returns=("out",)),), TOLERANCE)
    seeded = dataclasses.replace(case, seed=Seed("numpy", 7))
    fixture = Fixture(
        port / "a.json", "a", {}, {}, "scales:Scale", "Scale", (seeded, case), r_source=(port / "port.R",)
    )
    assert session_case(fixture) is case
    assert session_case(dataclasses.replace(fixture, python="")) is None
