"""What R gets for an object of Python's, said by R itself."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parity
from parity.check.inputs import for_both

DESCRIBE = """function(x) {
  one <- function(v) c(class(v)[1L], typeof(v), paste(dim(v), collapse = "x"), paste(names(v), collapse = ","),
                       paste(format(v, digits = 15), collapse = " "))
  if (is.list(x)) c("list", paste(names(x), collapse = ","), unlist(lapply(x, function(v) class(v)[1L]))) else one(x)
}"""


@pytest.mark.parametrize(
    ("value", "described"),
    [
        (1.5, ["numeric", "double", "", "", "1.5"]),
        (3, ["integer", "integer", "", "", "3"]),
        (True, ["logical", "logical", "", "", "TRUE"]),
        ("a", ["character", "character", "", "", "a"]),
        (np.float64(1.5), ["numeric", "double", "", "", "1.5"]),
        (np.float32(1.5), ["numeric", "double", "", "", "1.5"]),
        (np.int64(3), ["integer", "integer", "", "", "3"]),
        (np.bool_(True), ["logical", "logical", "", "", "TRUE"]),
        (np.array([1.5, 2]), ["numeric", "double", "", "", "1.5 2.0"]),
        (np.array([[1, 2, 3], [4, 5, 6]]), ["matrix", "integer", "2x3", "", "1 4 2 5 3 6"]),
        (np.array(["a", "b"]), ["character", "character", "", "", "a b"]),
        (np.array(["a", None], dtype=object), ["character", "character", "", "", "a  NA"]),
        (np.array(["2020-01-31"], dtype="datetime64[D]"), ["Date", "double", "", "", "2020-01-31"]),
        ([1, 2], ["integer", "integer", "", "", "1 2"]),
        ((1.5, 2), ["numeric", "double", "", "", "1.5 2.0"]),
        ([[1.5, 2.5], [3.5, 4.5]], ["matrix", "double", "2x2", "", "1.5 3.5 2.5 4.5"]),
        (["a", "b"], ["character", "character", "", "", "a b"]),
        ([True, False], ["logical", "logical", "", "", " TRUE FALSE"]),
        ([datetime.date(2020, 1, 31)], ["Date", "double", "", "", "2020-01-31"]),
        ([1, "a", [2.5]], ["list", "", "integer", "character", "numeric"]),
        ([1, True], ["list", "", "integer", "logical"]),
        ({"a": 1.5, "b": ["u"]}, ["list", "a,b", "numeric", "character"]),
        (datetime.date(2020, 1, 31), ["Date", "double", "", "", "2020-01-31"]),
        (datetime.datetime(2020, 1, 31, 12, 30), ["POSIXct", "double", "", "", "2020-01-31 12:30:00"]),
        (pd.Timestamp("2020-01-31 12:30"), ["POSIXct", "double", "", "", "2020-01-31 12:30:00"]),
        (pd.Series([1.5, 2.5]), ["numeric", "double", "", "", "1.5 2.5"]),
        (pd.Series([1.5, 2.5], index=["u", "v"]), ["numeric", "double", "", "u,v", "1.5 2.5"]),
        (pd.Series([1, None], dtype="Int64"), ["numeric", "double", "", "", " 1 NA"]),
        (pd.Series(["a", None]), ["character", "character", "", "", "a  NA"]),
        (pd.Series(["b", "a"], dtype="category"), ["factor", "integer", "", "", "b a"]),
        (pd.Categorical(["b", None], categories=["b", "a"]), ["factor", "integer", "", "", "b  NA"]),
        (pd.Series(pd.to_datetime(["2020-01-31"])), ["POSIXct", "double", "", "", "2020-01-31"]),
    ],
)
def test_what_r_gets(value: Any, described: list[str]) -> None:
    assert parity.r(DESCRIBE)(value).tolist() == described


def test_none_is_null() -> None:
    assert parity.r("base::is.null")(None)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (object(), "x: an object has no counterpart in R; expected an array"),
        (iter([1]), "x: a list_iterator gives its values once; expected a list or an array of them"),
        ((one for one in [1]), "x: a generator gives its values once"),
        (abs, "x: a builtin_function_or_method has no counterpart in R; expected a value; parity.Expression"),
        ({1, 2}, "x: a set has no counterpart in R"),
        (b"a", "x: a bytes has no counterpart in R"),
        (Decimal("1.5"), "x: R has no decimal numbers; expected a float"),
        (2**31, "x: 2147483648 is beyond R's integers; expected at most 2147483647, or a float"),
        (-(2**31), "x: -2147483648 is beyond R's integers"),
        (np.array([2**31]), "x: holds whole numbers beyond R's integers"),
        (np.array([1], dtype=np.uint64), "x: R has no unsigned 64-bit integers"),
        ("a\0b", "x: R's texts hold no NUL character"),
        (np.ma.array([1.0]), "x: a masked array has no counterpart in R"),
        (np.array([1], dtype="timedelta64[s]"), "x: an array of timedelta64[s] has no counterpart in R"),
        (np.zeros(1, dtype=[("a", float)]), "x: an array of [('a', '<f8')] has no counterpart in R"),
        (np.array([{}, 1], dtype=object), "x: an array of objects (a dict); expected numbers"),
        (np.longdouble(1.5) * np.ones(2, dtype=np.longdouble), "x: R has no float128; expected float64"),
        ({"a": {"b": object()}}, "x['a']['b']: an object has no counterpart in R"),
        ([1, object()], "x[1]: an object has no counterpart in R"),
        ({1: 2}, "x: 1 is the name of a member; expected texts"),
        (datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc), "x: a time in the zone UTC"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "x: column 'a' cannot be handed to both sides: two columns named"),
        (pd.DataFrame({"a": [object()]}), "x: column 'a' cannot be handed to both sides: a column of objects"),
        (pd.Series([object()]), "x: a column of objects (mixed) has no counterpart in R"),
    ],
)
def test_what_has_no_counterpart_is_named(value: Any, told: str) -> None:
    with pytest.raises(parity.CheckError) as raised:
        for_both(value, "x")
    assert str(raised.value).startswith(told)


@pytest.mark.parametrize(
    "value",
    [
        (1, 2),
        [1, 2],
        {"a": (1,)},
        np.float32(1.5),
        pd.Series([1.5]),
        pd.Categorical(["a"]),
        np.array(["a", None], object),
    ],
    ids=lambda value: type(value).__name__,
)
def test_python_gets_the_object_as_the_caller_has_it(value: Any) -> None:
    kinds: list[tuple[type, type]] = []

    def probe(x: Any) -> float:
        inner = x["a"] if isinstance(x, dict) else x[0] if isinstance(x, list | tuple) else x
        kinds.append((type(x), type(inner)))
        return 1.5

    parity.check(probe, "function(x) { force(x); 1.5 }", x=value, expect=1.5)
    inner = value["a"] if isinstance(value, dict) else value[0] if isinstance(value, list | tuple) else value
    assert set(kinds) == {(type(value), type(inner))}


def test_each_call_gets_a_copy_of_its_own() -> None:
    seen: list[int] = []

    class Holder:
        def __init__(self) -> None:
            self.count = 0

    holder = Holder()

    def probe(holder: Holder) -> float:
        holder.count += 1
        seen.append(holder.count)
        return 1.5

    parity.check(probe, "function() 1.5", only={"python": {"holder": holder}}, expect=1.5)
    assert set(seen) == {1}
    assert len(seen) > 1
    assert holder.count == 0


def test_what_cannot_be_copied_is_named() -> None:
    import threading

    with pytest.raises(parity.CheckError, match=r"only\['python'\]\['x'\]: a lock cannot be copied"):
        parity.check(lambda x: 1.5, "function() 1.5", only={"python": {"x": threading.Lock()}}, expect=1.5)
