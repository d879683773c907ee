"""A Python class, or function, as the subject of a case."""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib
import inspect
import io
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from parity import exact
from parity.fixture.model import Call, Case, Fixture, FunctionReference, Value
from parity.subjects import BeginError, MisfitError, one_of
from parity.subjects.modules import activate, reload_if_edited, remember, rest
from parity.subjects.observation import CallTrace, Failure, leaves


def resolve(reference: str, directory: Path) -> Any:
    """The object that "module:object" names. Raises MisfitError at $.python."""
    module_name, _, qualified = reference.partition(":")
    try:
        activate(directory)
        with _quietly():
            found = importlib.import_module(module_name)
        remember()
    except (Exception, SystemExit) as error:
        missing = isinstance(error, ModuleNotFoundError) and (error.name or "") in _parents(module_name)
        problem = (
            f"there is no Python module {error.name}"
            if missing and isinstance(error, ModuleNotFoundError)
            else f"importing {module_name} failed: {type(error).__name__}: {error}"
        )
        raise MisfitError(("python",), problem, "an importable module:object", absolute=True) from error
    for part in qualified.split("."):
        if not hasattr(found, part):
            public = [name for name in vars(found) if not name.startswith("_") and callable(getattr(found, name))]
            raise MisfitError(("python",), f"{module_name} has no {part}", one_of(public), absolute=True)
        found = getattr(found, part)
    if not callable(found):
        raise MisfitError(("python",), f"{reference} cannot be called", "a class or a function", absolute=True)
    return found


def _parents(module_name: str) -> set[str]:
    parts = module_name.split(".")
    return {".".join(parts[: n + 1]) for n in range(len(parts))}


@dataclass(frozen=True)
class _Arithmetic:
    """Whose arithmetic arrays do: `wrap` prepares a value, `during` is the context of the calls."""

    wrap: Callable[[Any], Any]
    during: Callable[[], contextlib.AbstractContextManager[object]]


_AS_NUMPY = _Arithmetic(lambda value: value, contextlib.nullcontext)
_AS_R = _Arithmetic(exact.wrap, exact.arithmetic)


class PythonSubject:
    language = "python"

    def __init__(self, fixture: Fixture, *, as_r: bool = False) -> None:
        """With `as_r`, NumPy does its arithmetic the way R does (`parity.exact`)."""
        self._directory = fixture.path.parent.resolve()
        reload_if_edited(self._directory)
        self._target = resolve(fixture.python, self._directory)
        self._arithmetic = _AS_R if as_r else _AS_NUMPY

    def close(self) -> None:
        rest()

    def begin(self, case: Case) -> PythonRun:
        made = case.made_with("python")
        if not inspect.isclass(self._target):
            return PythonRun(self._target, None, made, self._directory, self._arithmetic)
        arguments = {name: self._arithmetic.wrap(_argument(value, self._directory)) for name, value in made.items()}
        _check_names(self._target, arguments, "make", {})
        try:
            activate(self._directory)
            with _quietly() as (said, out), self._arithmetic.during():
                instance = self._arithmetic.wrap(self._target(**arguments))
        except (Exception, SystemExit) as error:
            failed = CallTrace("make", warnings=_messages(said), output=out.getvalue(), error=_failure(error))
            raise BeginError(failed) from error
        run = PythonRun(None, instance, {}, self._directory, self._arithmetic)
        run.handed("make", made, arguments)
        return run


class PythonRun:
    """`instance` for a class; `function` for a function, whose missing arguments `make` fills."""

    def __init__(
        self,
        function: Callable[..., Any] | None,
        instance: Any,
        made: Mapping[str, Value],
        directory: Path,
        arithmetic: _Arithmetic,
    ) -> None:
        self._function = function
        self._instance = instance
        self._made = made
        self._directory = directory
        self._arithmetic = arithmetic
        self._state: dict[str, Any] = {}
        self._handed: list[tuple[str, Value, Any]] = []
        self._allowed: set[str] = set()

    def handed(self, to: str, values: Mapping[str, Value], given: Mapping[str, Any]) -> None:
        """Remember what was handed over: no later call may change it, unless it says so in `updates`."""
        self._handed += [(f"{name} of {to}", value, given[name]) for name, value in values.items() if _arrays(value)]

    def call(self, call: Call, names: tuple[str, ...]) -> CallTrace:
        function = self._find(call.do)
        arguments = {name: self._argument(value) for name, value in call.given("python").items()}
        takes = _parameters(function)
        spare = {name: value for name, value in self._state.items() if name in takes}
        spare |= {name: self._argument(value) for name, value in self._made.items()}
        _check_names(function, arguments, "with", spare)
        arguments = {**spare, **arguments}
        error: Failure | None = None
        returned: Any = None
        self._allowed.update(call.updates)
        self.handed(call.do, call.given("python"), arguments)
        values: dict[str, np.ndarray] = {}
        activate(self._directory)
        with _quietly() as (said, out):
            try:
                with self._arithmetic.during():
                    returned = function(**arguments)
                _check_returned(call, returned)
                values = self._values(call, names, returned, arguments)
            except (Exception, SystemExit) as raised:
                error = _failure(raised)
        remember()
        self._state.update({name: arguments[name] for name in call.updates if name in arguments})
        return CallTrace(
            call.do,
            {} if error else values,
            self._changed(),
            _messages(said),
            out.getvalue(),
            error,
        )

    def _changed(self) -> tuple[str, ...]:
        """What was handed over, in this call or before, and is no longer what it was; each is named once."""
        changed = [what for what, before, after in self._handed if not self._may(what) and not _same(before, after)]
        self._handed = [handed for handed in self._handed if handed[0] not in changed]
        return tuple(changed)

    def _may(self, what: str) -> bool:
        return what.partition(" ")[0] in self._allowed

    def _argument(self, value: Value) -> Any:
        return self._arithmetic.wrap(_argument(value, self._directory))

    def _find(self, do: str) -> Callable[..., Any]:
        if self._function is not None:
            if do != "call":
                name = getattr(self._function, "__name__", "the subject")
                raise MisfitError(("do",), f"{name} is a function and has no {do}", '"call"')
            return self._function
        method = self._instance if do == "call" else getattr(self._instance, do, None)
        if not callable(method) or do.startswith("_"):
            kind = type(self._instance)
            public = [n for n in dir(kind) if not n.startswith("_") and callable(getattr(kind, n))]
            raise MisfitError(("do",), f"{kind.__name__} has no method {do}", one_of(public))
        return method  # type: ignore[no-any-return]

    def _values(
        self, call: Call, names: tuple[str, ...], returned: Any, arguments: Mapping[str, Any]
    ) -> dict[str, np.ndarray]:
        several = returned if len(call.returns) > 1 else ()
        named = {call.returns[0]: returned} if len(call.returns) == 1 else dict(zip(call.returns, several, strict=True))
        values: dict[str, np.ndarray] = {}
        for root in dict.fromkeys(name.split(".")[0] for name in names):
            if root in named:
                value = named[root]
            elif root in call.updates:
                value = arguments.get(root)
            else:
                value = getattr(self._instance, root, None)
            # Copied, because a layer may write into its arrays in place at the next call.
            values.update((path, array.copy()) for path, array in leaves(root, value))
        return values


def _check_returned(call: Call, returned: Any) -> None:
    if len(call.returns) > 1 and (not isinstance(returned, list | tuple) or len(returned) != len(call.returns)):
        got = f"{len(returned)} values" if isinstance(returned, list | tuple) else f"one {type(returned).__name__}"
        raise TypeError(f"{call.do} returned {got}; 'returns' names {len(call.returns)}: {', '.join(call.returns)}")


def _arrays(value: Value) -> bool:
    return isinstance(value, np.ndarray | Mapping | list)


def _argument(value: Value, directory: Path) -> Any:
    """A fresh object each time, so that a call that changes its argument changes only its own copy."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, FunctionReference):
        return resolve(value.python, directory)
    if isinstance(value, Mapping):
        return {name: _argument(element, directory) for name, element in value.items()}
    if isinstance(value, list):
        return [_argument(element, directory) for element in value]
    return copy.copy(value)


def _same(before: Value, after: Any) -> bool:
    if isinstance(before, np.ndarray):
        return isinstance(after, np.ndarray) and before.shape == after.shape and before.tobytes() == after.tobytes()
    if isinstance(before, Mapping):
        return before.keys() == after.keys() and all(_same(v, after[k]) for k, v in before.items())
    if isinstance(before, list):
        return len(before) == len(after) and all(map(_same, before, after))
    return True


@functools.lru_cache(maxsize=512)
def _signature(function: Callable[..., Any]) -> tuple[tuple[str, ...], tuple[str, ...], bool] | None:
    """Parameter names, those without a default, and whether any name is taken; None when Python cannot tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    any_name = any(p.kind is p.VAR_KEYWORD for p in parameters)
    return tuple(p.name for p in named), tuple(p.name for p in named if p.default is p.empty), any_name


def _described(function: Callable[..., Any]) -> tuple[tuple[str, ...], tuple[str, ...], bool] | None:
    bound = inspect.ismethod(function)
    described = _signature(function.__func__ if bound else function)  # type: ignore[attr-defined]
    if described is None or not bound:
        return described
    names, required, any_name = described
    return names[1:], tuple(name for name in required if name != names[0]), any_name


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    described = _described(function)
    return described[0] if described else ()


def _check_names(
    function: Callable[..., Any], arguments: Mapping[str, Any], key: str, spare: Mapping[str, Any]
) -> None:
    described = _described(function)
    if described is None:
        return
    names, required, any_name = described
    title = getattr(function, "__name__", type(function).__name__)
    for name in (*arguments, *spare):
        if name not in names and not any_name:
            place = key if name in arguments else "make"
            raise MisfitError((place, name), f"no parameter of {title} takes {name}", one_of(names))
    for name in required:
        if name not in arguments and name not in spare:
            raise MisfitError((key,), f"{title} needs {name}", f"a value for {name}")


@contextlib.contextmanager
def _quietly() -> Iterator[tuple[list[warnings.WarningMessage], io.StringIO]]:
    out = io.StringIO()
    with warnings.catch_warnings(record=True) as said, contextlib.redirect_stdout(out):
        warnings.simplefilter("always")
        yield said, out


def _messages(said: list[warnings.WarningMessage]) -> tuple[str, ...]:
    return tuple(str(warning.message) for warning in said)


def _failure(error: BaseException) -> Failure:
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    where = f"{Path(last.filename).name}:{last.lineno} in {last.name}" if last else ""
    return Failure(type(error).__name__, str(error), where)
