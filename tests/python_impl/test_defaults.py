"""A default argument is part of what both languages agree on: the same name has the same default."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity import bridge

ROOT = Path(__file__).resolve().parents[2]

# The defaults that are numbers or TRUE and FALSE, of each function. None and NULL are left to the cases.
FORMALS = """
function(files) {
  env <- new.env(parent = globalenv())
  for (file in files) sys.source(file, envir = env, keep.source = FALSE)
  functions <- Filter(function(name) is.function(env[[name]]), ls(env))
  sapply(functions, function(name) {
    defaults <- as.list(formals(env[[name]]))
    constants <- Filter(function(value) is.numeric(value) || is.logical(value), defaults)
    # -1.1 is a call of "-" in R.
    negative <- Filter(function(value) is.call(value) && identical(value[[1]], quote(`-`)), defaults)
    c(constants, lapply(negative, eval))
  }, simplify = FALSE)
}
"""


@pytest.fixture(scope="module")
def formals() -> dict[str, dict[str, Any]]:
    files = [str(file) for file in sorted((ROOT / "r_impl" / "R").glob("*.R"))]
    return dict(bridge.function(FORMALS)(files=files))


def subjects() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "fixtures").glob("*/*.json")):
        document = json.loads(path.read_text("utf-8"))
        if str(document["r"]).startswith("deepscratch::"):
            yield document["python"], document["r"].removeprefix("deepscratch::")


def constants(function: Callable[..., Any]) -> dict[str, float]:
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if isinstance(p.default, bool | int | float)}


def differences(python: str, r: str, formals: dict[str, dict[str, Any]]) -> tuple[int, list[str]]:
    """How many defaults both languages name, and those that are not the same."""
    module, _, name = python.partition(":")
    subject = getattr(importlib.import_module(module), name)
    pairs = [(subject, function) for function in formals if function == r or function.startswith(f"{r}.")]
    if inspect.isclass(subject):
        methods = {function: getattr(subject, function.rpartition(".")[2], None) for _, function in pairs}
        # What the constructor takes in Python, each function takes in R.
        pairs = [(subject.__init__, function) for function in methods]
        pairs += [(method, function) for function, method in methods.items() if callable(method)]
    shared, wrong = 0, []
    for there, function in pairs:
        for argument, default in constants(there).items():
            if argument in formals[function]:
                shared += 1
                if float(np.asarray(formals[function][argument]).item()) != float(default):
                    wrong.append(f"{function}({argument} = {formals[function][argument]}), Python has {default}")
    return shared, wrong


def test_both_languages_have_the_same_defaults(formals: dict[str, dict[str, Any]]) -> None:
    results = [differences(python, r, formals) for python, r in subjects()]
    assert [line for _, wrong in results for line in wrong] == []
    # What is compared must not dwindle to nothing.
    assert sum(shared for shared, _ in results) >= 50


def test_another_default_is_named(formals: dict[str, dict[str, Any]]) -> None:
    other = {**formals, "SGD.update": {"lr": 0.1}}
    assert differences("python_impl.optimizers.sgd:SGD", "SGD", other)[1] == ["SGD.update(lr = 0.1), Python has 0.01"]
