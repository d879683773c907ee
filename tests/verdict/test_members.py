"""What a function returned is read by name in Python as it is in R."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from parity.verify.results import CaseResult

Port = Callable[..., CaseResult]

RIGHT = "f <- function(x) list(low = min(x), high = max(x))"
DICT = "def f(x): return {'low': x.min(), 'high': x.max(), 'spare': None}"
OBJECT = "from types import SimpleNamespace\ndef f(x): return SimpleNamespace(low=x.min(), high=x.max())"


@pytest.mark.parametrize("python", [DICT, OBJECT], ids=["dict", "object"])
def test_members_of_a_result_are_compared_by_name(port: Port, python: str) -> None:
    case = port(python, RIGHT, returns=None, compare=["low", "high"])
    assert case.ok
    assert [(value.name, value.ok) for value in case.values] == [("low", True), ("high", True)]


def test_a_member_that_is_wrong_is_seen(port: Port) -> None:
    case = port(DICT, "f <- function(x) list(low = min(x), high = min(x))", returns=None, compare=["low", "high"])
    assert [(value.name, value.ok) for value in case.values] == [("low", True), ("high", False)]


def test_a_member_that_one_side_lacks_is_seen(port: Port) -> None:
    case = port("def f(x): return {'low': x.min()}", RIGHT, returns=None, compare=["low", "high"])
    assert not case.ok
    assert [(value.name, [one.code for one in value.findings]) for value in case.values] == [
        ("low", [""]),
        ("high", ["missing"]),
    ]


@pytest.mark.parametrize("path", ["low", "_.low"])
def test_a_value_is_read_with_or_without_the_result_s_own_name(port: Port, path: str) -> None:
    values = {"low": {"python": path, "r": ".$low"}}
    case = port(OBJECT, RIGHT, returns=None, compare=["low", "high"], case={"values": values})
    assert [(value.name, value.ok) for value in case.values] == [("low", True), ("high", True)]
