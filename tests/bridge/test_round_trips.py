"""What crosses between Python and R comes back the same, to the last bit."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from parity import bridge

NA_BITS = 0x7FF00000000007A2
few = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def back() -> bridge.RFunction:
    return bridge.function("function(x) x", name="back")


@pytest.fixture(scope="module")
def deparsed() -> bridge.RFunction:
    """What R itself says that it received."""
    return bridge.function(
        "function(x) paste(deparse(x, control = c('keepInteger', 'digits17', 'niceNames')), collapse = '')"
    )


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def seen_as(value: np.ndarray) -> np.ndarray:
    """R has no rank 0: a rank-0 array is a vector of length one."""
    return value.reshape(1) if value.ndim == 0 else value


SPECIAL = np.array(
    [
        *(NA_BITS, 0x7FF8000000000000, 0xFFF8000000000000, 0x7FF8000000000001, 0x7FF80000000007A2),
        *(1 << 63, 1, 0, 0x000FFFFFFFFFFFFF),  # -0, the smallest subnormal, 0, the largest subnormal
        *(0x7FF0000000000000, 0xFFF0000000000000, 0x3FF0000000000000),
    ],
    dtype=np.uint64,
).view(np.float64)

SHAPES = [(), (1,), (7,), (2, 3), (4, 3, 2), (2, 3, 4, 5), (2, 1, 3, 1, 2), (2, 3, 1, 2, 2, 3)]
EMPTY = [(0,), (0, 3), (3, 0), (2, 0, 4), (0, 0)]


@pytest.mark.parametrize("shape", SHAPES + EMPTY, ids=str)
@pytest.mark.parametrize("dtype", [np.float64, np.int32, np.bool_])
def test_arrays_of_every_rank(back: bridge.RFunction, shape: tuple[int, ...], dtype: Any) -> None:
    sent = (np.random.default_rng(3).normal(size=shape) * 1000).astype(dtype)
    sent = np.asarray(sent)
    assert same_bits(back(sent), seen_as(sent))


@pytest.mark.parametrize("count", [1, 12, 600, 20_000])
def test_special_doubles_keep_their_bits(back: bridge.RFunction, count: int) -> None:
    sent = np.resize(SPECIAL, count)
    assert same_bits(back(sent), sent)
    assert same_bits(back({"a": [sent[::-1]]})["a"][0], sent[::-1])


def test_na_and_nan_stay_two_things(back: bridge.RFunction) -> None:
    kinds = bridge.function("function(x) c(is.na(x) & !is.nan(x), is.nan(x))")
    assert kinds(SPECIAL[:2]).tolist() == [True, False, False, True]
    assert kinds(float(SPECIAL[0])).tolist() == [True, False], "a Python float"
    made = bridge.to_python(bridge.evaluate("c(NA, NaN)"))
    assert made.view(np.uint64)[0] == NA_BITS
    assert made.view(np.uint64)[1] != NA_BITS


def test_indices_are_the_same_in_both_languages() -> None:
    pick = bridge.function("function(x, i) do.call(`[`, c(list(x), as.list(i + 1L)))")
    x = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    for index in itertools.islice(np.ndindex(x.shape), 0, None, 17):
        assert pick(x, np.array(index)) == x[index]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int32, np.int64, np.bool_, ">f8", ">i4"])
@pytest.mark.parametrize(
    "layout",
    [
        lambda a: a[::2],
        lambda a: a[::-1],
        lambda a: a[:, ::-1, 1:],
        lambda a: a.transpose(2, 0, 1),
        lambda a: np.asfortranarray(a),
        lambda a: a[:, 0, :],
        lambda a: a[0, :, 0],
        lambda a: a[:1, :, :1],
        lambda a: np.broadcast_to(a[0, 0, 0], (3, 2)),
        lambda a: np.broadcast_to(a[0], (2, *a[0].shape)),
    ],
)
def test_any_memory_layout(back: bridge.RFunction, layout: Any, dtype: Any) -> None:
    base = (np.random.default_rng(5).normal(size=(4, 5, 6)) * 100).astype(dtype)
    sent = layout(base)
    sent.flags.writeable = False
    got = back(sent)
    assert got.shape == sent.shape
    assert np.array_equal(got, sent)


@pytest.mark.parametrize(
    ("sent", "r"),
    [
        (1.5, "1.5"),
        (3, "3L"),
        (True, "TRUE"),
        ("가나다", '"가나다"'),
        (None, "NULL"),
        (np.float64(0.1), "0.10000000000000001"),
        (np.float32(0.5), "0.5"),
        (np.int8(-7), "-7L"),
        (np.uint32(7), "7L"),
        (np.bool_(False), "FALSE"),
        (np.str_("a"), '"a"'),
        (np.float16(2), "2"),
        ([1.0, "a", None], 'list(1, "a", NULL)'),
        ((1, [True]), "list(1L, list(TRUE))"),
        ({"한글": 1, "b": {"c": 2.5}}, "list(한글 = 1L, b = list(c = 2.5))"),
        ([], "list()"),
        (np.zeros((0,)), "numeric(0)"),
        (np.array(["a", "b"]), 'c("a", "b")'),
    ],
    ids=repr,
)
def test_what_r_receives(deparsed: bridge.RFunction, sent: object, r: str) -> None:
    assert deparsed(sent)[0] == r


def test_a_vector_has_no_dim_and_a_matrix_has() -> None:
    dim = bridge.function("function(x) dim(x)")
    assert dim(np.zeros(3)) is None
    assert dim(np.float64(3)) is None
    assert dim(np.zeros((3, 1))).tolist() == [3, 1]
    assert dim(np.array([["a"], ["b"]])).tolist() == [2, 1]


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64])
def test_small_integers_are_r_integers(back: bridge.RFunction, dtype: Any) -> None:
    got = back(np.array([0, 1, 100], dtype=dtype))
    assert got.dtype == np.int32
    assert got.tolist() == [0, 1, 100]


def test_the_ends_of_rs_integers(back: bridge.RFunction) -> None:
    assert back(np.array([2**31 - 1, -(2**31) + 1])).tolist() == [2**31 - 1, -(2**31) + 1]
    assert back(2**31 - 1)[0] == 2**31 - 1


def test_nested_lists_and_null(back: bridge.RFunction) -> None:
    sent = {"W": np.eye(2), "list": [np.array([1]), None, [], {}], "none": None, "s": {"t": {"u": np.array(["x"])}}}
    got = back(sent)
    assert list(got) == ["W", "list", "none", "s"]
    assert same_bits(np.ascontiguousarray(got["W"]), np.eye(2))
    assert got["list"][1:] == [None, [], {}]
    assert got["none"] is None
    assert got["s"]["t"]["u"].tolist() == ["x"]


def test_length_one_is_an_array_of_one() -> None:
    assert [bridge.to_python(bridge.evaluate(code)).shape for code in ("1", "1L", "TRUE", "'a'", "raw(1)")] == [
        (1,)
    ] * 5


@pytest.mark.parametrize("code", ["c(1L, NA)", "c(TRUE, NA)"])
def test_integer_and_logical_na_are_rs_na_in_float64(code: str) -> None:
    got = bridge.to_python(bridge.evaluate(code))
    assert got.dtype == np.float64
    assert got[0] == 1
    assert got.view(np.uint64)[1] == NA_BITS


def test_integer_na_in_a_matrix_stays_at_its_place() -> None:
    got = bridge.to_python(bridge.evaluate("matrix(c(1L, 2L, NA, 4L, 5L, 6L), 2)"))
    assert np.isnan(got).tolist() == [[False, True, False], [False, False, False]]
    assert got[1, 1] == 4


def test_missing_strings_are_none_and_go_back(back: bridge.RFunction) -> None:
    got = bridge.to_python(bridge.evaluate("c('a', NA, 'NA')"))
    assert got.dtype.kind == "T"
    assert list(got) == ["a", None, "NA"]
    assert list(back(got)) == ["a", None, "NA"]
    assert bridge.function("is.na")(got).tolist() == [False, True, False]
    assert list(bridge.to_python(bridge.evaluate("NA_character_"))) == [None]


def test_strings_in_other_encodings() -> None:
    got = bridge.to_python(bridge.evaluate("x <- '\\xe9'; Encoding(x) <- 'latin1'; c(x, '한국어', '')"))
    assert got.tolist() == ["é", "한국어", ""]
    assert bridge.to_python(bridge.evaluate("list(가 = 1)")) == {"가": np.array([1.0])}


def test_character_matrix(back: bridge.RFunction) -> None:
    sent = np.array([["a", "가", ""], ["d", "e", "f"]])
    assert back(sent).tolist() == sent.tolist()


def test_factor_data_frame_date_and_table() -> None:
    got = bridge.to_python(
        bridge.evaluate(
            "list(f = factor(c('u', 'v', 'u')), d = data.frame(p = 1:2, q = c('a', 'b')),"
            " t = as.Date('1970-01-11'), n = c(a = 1, b = 2), k = table(c(1, 1, 2)), m = factor(c('u', NA)))"
        )
    )
    assert got["f"].tolist() == ["u", "v", "u"]
    assert {k: v.tolist() for k, v in got["d"].items()} == {"p": [1, 2], "q": ["a", "b"]}
    assert got["t"].tolist() == [10.0]
    assert got["n"].tolist() == [1.0, 2.0]
    assert got["k"].tolist() == [2, 1]
    assert list(got["m"]) == ["u", None]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("function(x) x", "closure"),
        ("sum", "builtin"),
        ("new.env()", "environment"),
        ("methods::setClass('Point', representation(x = 'numeric'))(x = 1)", "S4"),
        ("quote(a + b)", "language"),
        ("as.name('a')", "symbol"),
    ],
)
def test_what_has_no_counterpart_stays_in_r(back: bridge.RFunction, code: str, kind: str) -> None:
    value = bridge.to_python(bridge.evaluate(code))
    assert isinstance(value, bridge.RValue)
    assert value.type == kind
    identical = bridge.function("function(x, y) identical(x, y)")
    assert identical(value, value)[0]
    assert identical([value], {"a": value}["a"]).tolist() == [False]
    assert back(value).type == kind, "a symbol or a call is passed, not evaluated"
    assert back([value])[0].type == kind


def test_compact_sequences_of_r() -> None:
    assert bridge.to_python(bridge.evaluate("1:100000")).tolist() == list(range(1, 100_001))
    assert bridge.to_python(bridge.evaluate("as.character(1:3)")).tolist() == ["1", "2", "3"]


doubles = npst.arrays(
    np.float64,
    npst.array_shapes(min_dims=0, max_dims=6, min_side=0, max_side=4),
    elements=st.integers(0, 2**64 - 1).map(lambda bits: np.array(bits, dtype=np.uint64).view(np.float64)[()]),
)
integers = npst.arrays(
    np.int64,
    npst.array_shapes(min_dims=0, max_dims=6, min_side=0, max_side=4),
    elements=st.integers(-(2**31) + 1, 2**31 - 1),
)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=8)
values = st.recursive(
    doubles | integers | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts.filter(bool), inner, max_size=3),
    max_leaves=6,
)


def assert_same(got: Any, sent: Any) -> None:
    if isinstance(sent, dict):
        assert list(got) == list(sent)
        for name in sent:
            assert_same(got[name], sent[name])
    elif isinstance(sent, list):
        assert len(got) == len(sent)
        for g, s in zip(got, sent, strict=True):
            assert_same(g, s)
    elif sent is None:
        assert got is None
    elif sent.dtype == np.int64:
        assert same_bits(got, seen_as(sent).astype(np.int32))
    else:
        assert same_bits(got, seen_as(sent))


@few
@given(values)
def test_any_nesting_of_any_arrays(value: Any) -> None:
    assert_same(bridge.function("identity")(value), value)


@few
@given(st.lists(texts, max_size=6))
def test_any_strings(strings: list[str]) -> None:
    got = bridge.function("identity")(strings)
    assert [g.tolist() for g in got] == [[s.rstrip("\0")] for s in strings]
    assert bridge.function("nchar")(np.array([*strings, ""]), "bytes").tolist() == [
        len(s.encode()) for s in [*strings, ""]
    ]
