"""Values beside frames: complex numbers, bytes, spans of time, sparse matrices, and what has names."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from parity.arrays import NA_BITS
from parity.columns import Spans, sparse
from parity.evidence.compare import compare
from parity.evidence.leaf import held_against
from parity.fixture.model import Tolerance
from parity.subjects.observation import WithNames, leaves
from tests.frames.conftest import Both, said, wrong

NA = np.array([NA_BITS], dtype=np.uint64).view(np.float64)[0]
NUMBERS = {"x": [1.0, -2.5, 3.25]}
CLOSE = Tolerance(1e-12, 1e-13)


@pytest.fixture
def value(both: Both) -> Any:
    """Verifies what two expressions in `d`, a vector of three numbers, give."""
    return lambda python, r, **case: both(python, r, frame=NUMBERS["x"], case=case or None)


# -- complex -----------------------------------------------------------------------------------------------------------


def exactly(a: Any, b: Any, **rule: Any) -> tuple[bool, str | None]:
    comparison = compare(np.array(a), np.array(b), **{"rtol": 1e-12, "atol": 0.0, **rule})
    return comparison.ok, comparison.reason


def test_complex_numbers_are_as_far_apart_as_the_modulus_of_their_difference() -> None:
    comparison = compare(np.array([3 + 4j, 1j]), np.array([0j + 3, 1j]), rtol=0.0, atol=3.5)
    assert (comparison.ok, comparison.reason, comparison.absolute, comparison.differing) == (
        False, "value", comparison.ratio.__class__(4.0, (0,)), 1,
    )  # fmt: skip
    assert (comparison.actual, comparison.reference) == ("3.0+4.0i", "3.0+0.0i")
    # 5e-9 off in each part: 7.07e-9 in all, of a modulus of 5.
    off = np.array([3 + 4j]) * 1 + complex(5e-9, 5e-9)
    assert compare(off, np.array([3 + 4j]), rtol=1.5e-9, atol=0.0).ok
    assert not compare(off, np.array([3 + 4j]), rtol=1.4e-9, atol=0.0).ok


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (complex(math.nan, 1), complex(1, math.nan)),
        (complex(math.nan, 1), complex(math.nan, math.nan)),
        (complex(math.inf, 1), complex(-math.inf, 1)),
        (complex(math.inf, 1), complex(1, math.inf)),
        (complex(1, -0.0), complex(1, 0.0)),
        (complex(-0.0, 1), complex(0.0, 1)),
        (complex(NA, 0), complex(math.nan, 0)),
        (complex(1, NA), complex(1, math.nan)),
        (1 + 1j, complex(math.nan, 1)),
    ],
)
def test_each_part_of_a_complex_number_has_a_class(a: complex, b: complex) -> None:
    assert exactly([3 + 1j, a], [3 + 1j, b]) == (False, "class")
    assert exactly([3 + 1j, a], [3 + 1j, a])[0]


def test_na_in_a_part_is_na_of_the_whole() -> None:
    assert exactly([1j, complex(NA, 5)], [1j, complex(0, NA)])[0]


def test_a_finite_part_counts_beside_an_infinite_one() -> None:
    assert exactly([1j, complex(math.inf, 1)], [1j, complex(math.inf, 2)]) == (False, "value")
    assert exactly([1j, complex(1, math.nan)], [1j, complex(2, math.nan)]) == (False, "value")


@pytest.mark.parametrize("b", [[0j], [1 + 1j, 1 + 1j], [complex(math.nan, 0)] * 2, []])
def test_complex_constants_show_nothing(b: list[complex]) -> None:
    b = np.array(b, dtype=complex).tolist()
    array = np.array(b, dtype=complex)
    comparison = compare(array, array, rtol=1e-12, atol=0.0)
    assert (comparison.ok, comparison.reason) == (False, "vacuous")
    assert compare(array, array, rtol=1e-12, atol=0.0, constant_ok=True).ok


def test_complex_results(value: Any) -> None:
    assert value("np.exp(1j * d)", "exp(1i * d)").ok
    assert wrong(value("np.exp(1j * d)", "exp(-1i * d)")) == {"out": "value"}
    assert wrong(value("np.exp(1j * d).real", "exp(1i * d)")) == {"out": "type"}
    assert value("np.sqrt(d + 0j)", "sqrt(as.complex(d))").ok
    assert wrong(value("np.sqrt(d + 0j)", "Conj(sqrt(as.complex(d)))")) == {"out": "class"}


# -- raw ---------------------------------------------------------------------------------------------------------------


def test_bytes_meet_raw(value: Any) -> None:
    assert value("bytes(range(250, 256))", "as.raw(250:255)").ok
    assert value("np.arange(250, 256, dtype='uint8')", "as.raw(250:255)").ok
    assert wrong(value("b'abc'", "charToRaw('abd')")) == {"out": "value"}
    assert wrong(value("b'ab'", "charToRaw('abc')")) == {"out": "shape"}


# -- spans of time -----------------------------------------------------------------------------------------------------

SPANS = "np.array([90, 120, 1], dtype='m8[m]')"


def test_spans_of_time_are_compared_in_seconds(value: Any) -> None:
    assert value(SPANS, "as.difftime(c(1.5, 2, 1 / 60), units = 'hours')").ok
    assert value(SPANS, "as.difftime(c(90, 120, 1), units = 'mins')").ok
    case = value(SPANS, "as.difftime(c(90, 120, 1), units = 'hours')")
    assert wrong(case) == {"out": "value"}
    assert wrong(value(SPANS, "c(90, 120, 1)")) == {"out": "type"}
    assert wrong(value("d", "as.difftime(d, units = 'secs')")) == {"out": "type"}
    assert wrong(value(SPANS, "as.difftime(c(90, NA, 1), units = 'mins')")) == {"out": "class"}
    assert value("np.array([90, 'NaT'], dtype='m8[s]')", "as.difftime(c(1.5, NA), units = 'mins')").ok
    named = "as.difftime(c(a = 90, b = 120), units = 'mins')"
    python = "pd.Series(pd.to_timedelta([90, 120], unit='min'), index=['a', '{}'])"
    assert value(python.format("b"), named).ok
    assert wrong(value(python.format("c"), named)) == {"out": "names"}


def test_spans_keep_their_missing_ones_apart() -> None:
    ours, theirs = Spans(np.array([1.0, NA]), "mins"), Spans(np.array([60.0, np.nan]), "secs")
    assert held_against(ours, theirs, CLOSE).reason == "class"
    assert held_against(ours, Spans(np.array([60.0, NA]), "secs"), CLOSE).ok


# -- sparse matrices ---------------------------------------------------------------------------------------------------


def leaf(shape: tuple[int, int], rows: list[int], columns: list[int], values: list[Any], **names: Any) -> Any:
    return sparse(shape, np.array(rows), np.array(columns), np.array(values), **names)


def test_a_sparse_matrix_is_its_elements() -> None:
    a = leaf((2, 3), [1, 0, 0], [0, 2, 1], [5.0, 6.0, 0.0])
    assert (a.rows.tolist(), a.columns.tolist(), a.values.tolist()) == ([1, 0], [0, 2], [5.0, 6.0])
    twice = leaf((2, 3), [1, 1, 0], [0, 0, 2], [2.0, 3.0, 6.0])
    assert held_against(a, twice, CLOSE).ok
    assert held_against(a, np.array([[0, 0, 6.0], [5.0, 0, 0]]), CLOSE).ok
    assert held_against(np.array([[0, 0, 6.0], [5.5, 0, 0]]), a, CLOSE).ratio.index == (1, 0)


HUGE = (2000, 3000)


@pytest.mark.parametrize("shape", [(40, 50), HUGE], ids=["compared whole", "compared by places"])
def test_a_planted_fault_in_a_sparse_matrix_is_found(shape: tuple[int, int]) -> None:
    right = leaf(shape, [3, 20, 39], [0, 20, 49], [1.5, -2.0, 3.0])
    assert held_against(right, leaf(shape, [39, 3, 20], [49, 0, 20], [3.0, 1.5, -2.0]), CLOSE).ok

    def fault(*parts: Any, **names: Any) -> tuple[str | None, tuple[int, ...] | None]:
        comparison = held_against(leaf(shape, *parts, **names), right, CLOSE)
        assert not comparison.ok
        return comparison.reason, comparison.ratio and comparison.ratio.index

    assert fault([3, 20, 39], [0, 20, 49], [1.5, -2.0, 3.1]) == ("value", (39, 49))
    assert fault([3, 39], [0, 49], [1.5, 3.0]) == ("value", (20, 20))
    assert fault([3, 20, 39, 7], [0, 20, 49, 8], [1.5, -2.0, 3.0, 1e-6]) == ("value", (7, 8))
    assert fault([3, 20, 39], [0, 21, 49], [1.5, -2.0, 3.0])[0] == "value"
    assert fault([3, 20, 39], [0, 20, 49], [1.5, np.nan, 3.0]) == ("class", (20, 20))
    other = held_against(leaf((shape[0] + 1, shape[1]), [3, 20, 39], [0, 20, 49], [1.5, -2.0, 3.0]), right, CLOSE)
    assert other.reason == "shape"
    ours, theirs = (tuple(f"{letter}{n}" for n in range(shape[0])) for letter in "ab")
    named = leaf(shape, [3, 20], [0, 20], [1.5, -2.0], dimnames=(theirs, None))
    again = leaf(shape, [3, 20], [0, 20], [1.5, -2.0], dimnames=(ours, None))
    assert held_against(again, named, CLOSE).reason == "names"
    assert held_against(named, named, CLOSE).ok
    nothing = leaf(shape, [], [], [])
    assert held_against(nothing, nothing, CLOSE).reason == "vacuous"


def test_sparse_results(value: Any) -> None:
    python = (
        "    from types import SimpleNamespace as Own\n"
        "    coo = Own(shape=(2, 3), row=np.array([1, 0]), col=np.array([0, 2]), data=np.array([d[0], {}]))\n"
        "    return Own(nnz=2, shape=(2, 3), tocoo=lambda: coo)"
    )
    r = (
        "if (!methods::isClass('dgCMatrix')) methods::setClass('dgCMatrix', methods::representation(i = 'integer', "
        "p = 'integer', Dim = 'integer', Dimnames = 'list', x = 'numeric'), where = globalenv())\n"
        "methods::new('dgCMatrix', i = 1:0, p = c(0L, 1L, 1L, 2L), Dim = 2:3, Dimnames = list(NULL, NULL), x = d[1:2])"
    )
    assert value(python.format("d[1]"), r).ok
    assert wrong(value(python.format("d[1] + 1"), r)) == {"out": "value"}
    assert value("np.array([[0, 0, d[1]], [d[0], 0, 0]])", r).ok


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("python", "r"),
    [
        ("{'a': d[0], 'b': d[1]}", "c(a = d[1], b = d[2])"),
        ("{'a': d[0], 'b': d[1]}", "list(a = d[1], b = d[2])"),
        ("pd.Series(d[:2], index=['a', 'b'])", "c(a = d[1], b = d[2])"),
        ("pd.Series(d[:2], index=['a', 'b'])", "list(a = d[1], b = d[2])"),
        ("pd.Series(['u', None], index=['a', 'b'])", "c(a = 'u', b = NA)"),
        ("pd.Series([1, None], index=['a', 'b'], dtype='Int64')", "c(a = 1L, b = NA)"),
        ("[d[0], d[1]]", "c(d[1], d[2])"),
        ("(d[0], d[1])", "list(d[1], d[2])"),
        ("{'a': 'u', 'b': 'v'}", "c(a = 'u', b = 'v')"),
    ],
)
def test_what_has_names_meets_what_has_the_same(value: Any, python: str, r: str) -> None:
    assert value(python, r).ok
    for changed in (r.replace("b =", "c ="), r.replace("d[2]", "d[3]").replace("'v'", "'w'").replace("NA", "'x'")):
        if changed != r:
            assert not value(python, changed).ok


@pytest.mark.parametrize(
    ("python", "r", "code"),
    [
        ("{'a': d[0], 'b': d[1]}", "c(b = d[1], a = d[2])", "names"),
        ("pd.Series(d[:2], index=['a', 'b'])", "c(b = d[1], a = d[2])", "names"),
        ("{'a': d[0], 'b': d[1]}", "c(d[1], d[2])", "names"),
        ("pd.Series(d[:2], index=['a', 'b'])", "list(b = d[1], a = d[2])", "names"),
    ],
)
def test_names_in_another_order_are_other_names(value: Any, python: str, r: str, code: str) -> None:
    assert wrong(value(python, r)) == {"out": code}


def test_the_names_of_a_matrix() -> None:
    def named(columns: tuple[str, ...]) -> WithNames:
        return WithNames(np.array([[1.0, 2.0], [3.0, 4.0]]), (None, columns))

    assert held_against(named(("a", "b")), named(("a", "b")), CLOSE).ok
    assert held_against(named(("a", "b")), named(("b", "a")), CLOSE).reason == "names"


def test_texts_with_na(value: Any) -> None:
    assert value("np.array(['a', None], dtype=object)", "c('a', NA)").ok
    assert wrong(value("np.array(['a', 'NA'], dtype=object)", "c('a', NA)")) == {"out": "class"}
    many = "np.array([f'{n}é' for n in range(400)] + [None], dtype=object)"
    assert value(many, "c(paste0(0:399, 'é'), NA)").ok
    assert said(value(many, "c(paste0(0:398, 'é'), 'x', NA)"), "out").startswith("'x' where python has '399é'")


# -- models ------------------------------------------------------------------------------------------------------------


def test_values_are_read_out_of_models(both: Both) -> None:
    frame = {"frame": {"x": [1.0, 2.0, 3.0, 4.5], "y": [1.0, 2.5, 2.0, 5.0]}}
    python = (
        "    X = np.column_stack([np.ones(len(d)), d['x']])\n"
        "    b = np.linalg.solve(X.T @ X, X.T @ d['y'].to_numpy())\n"
        "    class Fit: pass\n"
        "    fit = Fit(); fit.params = pd.Series(b, index=['(Intercept)', 'x']); fit.table = pd.DataFrame(\n"
        "        {'coef': b}, index=['(Intercept)', 'x'])\n"
        "    return fit"
    )
    values = {
        "values": {
            "out": {"python": "params", "r": "coef(.)"},
            "table": {"python": "_.table", "r": "data.frame(coef = coef(.))"},
        }
    }
    call = {**values, "join": {"table": {"key": ["row.names"]}}}
    case = both(python, "lm(y ~ x, d)", frame=frame, case=call, compare=["table"])
    assert case.ok
    assert {finding.value for finding in case.findings if finding.count == 2} == {"out", "table", "table.coef"}
    other = both(python, "lm(y ~ x + I(x^2), d)", frame=frame, case=call, compare=["table"])
    assert wrong(other) == {"out": "shape", "table": "rows", "table.coef": "value"}
    assert said(other, "table") == "r alone has a row: row.names='I(x^2)'"


def test_leaves_of_a_frame_are_one() -> None:
    frame = type("F", (), {"columns": {"a": np.zeros(2), "b": np.zeros(3)}, "rows": None})()
    ((path, table),) = leaves("out", frame)
    assert path == "out"
    assert {column.kind for column in table.columns.values()} == {"a data frame with columns of several lengths"}
