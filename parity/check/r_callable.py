"""`parity.r`: an R function as a Python callable."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from parity import bridge
from parity.check.errors import CheckError
from parity.check.inputs import for_both
from parity.check.references import UNNAMED, Caller, caller, r_side
from parity.fixture.model import Factor, Fixture, Frame, Named, Value
from parity.subjects import MisfitError
from parity.subjects.frames import in_r, with_pandas
from parity.subjects.r import Namespace


class RCallable:
    """An R function. Called, it takes what `parity.check` takes as inputs, and gives what R returned.

    Arguments go by position and by name. A name with dots is written with underscores where the function has no formal
    of that name (`na_rm=True` is `na.rm = TRUE`), or as it is: `quantile(x, **{"na.rm": True})`. Vectors come back as
    arrays, of one dimension and more, also of length one; lists and data frames as dicts, NULL as None. Names and
    levels are dropped, as by `unclass`, unless `labels` asks for them; then a data frame is a DataFrame. R's warnings
    are Python's; what R prints is output; its errors are `bridge.RError`.
    """

    def __init__(self, function: bridge.RFunction, title: str, *, labels: bool = False) -> None:
        self._function = function
        self._labels = labels
        self.__name__ = title
        self.__doc__ = f"R: {title}({', '.join(function.formals)})"

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        positional = [_to_r(for_both(value, f"argument {place}").r) for place, value in enumerate(args, start=1)]
        formals = self._function.formals
        by_name: dict[str, Any] = {}
        for name, value in keywords.items():
            dotted = name.replace("_", ".")
            own = dotted if name not in formals and dotted in formals else name
            if own not in formals and "..." not in formals:
                raise TypeError(f"{self.__name__} takes no {name}; expected one of {', '.join(formals)}")
            if own in by_name:
                raise TypeError(f"{self.__name__} got {own} twice")
            by_name[own] = _to_r(for_both(value, name).r)
        bridge.take_conditions()
        try:
            result = self._function.keep(*positional, **by_name)
            return with_pandas(bridge.to_python(result, self._labels))
        finally:
            conditions, output = bridge.take_conditions()
            for condition in conditions:
                warnings.warn(condition.message, RuntimeWarning, stacklevel=2)
            sys.stdout.write(output)

    def __repr__(self) -> str:
        return f"<R function {self.__name__}>"


def r(code: str, *, r_source: str | Path | Sequence[str | Path] = (), labels: bool = False) -> RCallable:
    """An R function: "package::name", "file.R::name" (relative to the caller's file), or an R expression.

        quantile = parity.r("stats::quantile")
        quantile(x, 0.9, type=7, na_rm=True)

    R runs in this process and belongs to the thread that used it first; a call from another raises
    bridge.RThreadError. Raises CheckError where there is no such function, bridge.RUnavailable where there is no R.
    """
    return _r_function(code, r_source, labels, caller())


def _r_function(code: str, r_source: Any, labels: bool, by: Caller) -> RCallable:
    side = r_side(code, r_source, by)
    bridge.start()
    fixture = Fixture(by.path, side.title, {}, {}, UNNAMED, side.code, (), r_source=side.files)
    try:
        function = Namespace(fixture).function("call", ())
    except MisfitError as error:
        raise CheckError(f"r: {error.problem}; expected {error.expected}") from None
    return RCallable(function, side.title, labels=labels)


def _to_r(value: Value) -> Any:
    """A value as the bridge takes it."""
    if isinstance(value, Factor):
        return bridge.Factor(value.codes, value.levels, value.ordered)
    if isinstance(value, Named):
        return bridge.Labelled(value.values, (value.names,))
    if isinstance(value, Frame):
        return in_r(value)
    if isinstance(value, dict):
        return {name: _to_r(element) for name, element in value.items()}
    if isinstance(value, list):
        return [_to_r(element) for element in value]
    return value
