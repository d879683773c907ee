"""A Python class, or function, as the subject of a case."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import functools
import importlib
import inspect
import io
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np

from parity import exact
from parity.columns import Instants, Nullable, Spans, Texts
from parity.fixture.model import (
    Call,
    Case,
    Expression,
    Factor,
    Fixture,
    Frame,
    FunctionReference,
    Named,
    Own,
    Value,
    whole_floats,
)
from parity.fixture.values import PYTHON_OBJECT
from parity.subjects import MisfitError, Pointer, expressions, go_back, in_pieces, leave_if_forked, one_of, ours, roots
from parity.subjects import streams as generators
from parity.subjects.frames import as_leaf, dataframe, series_of, unchanged
from parity.subjects.limit import TookTooLongError, within
from parity.subjects.modules import SESSION, Globals, activate, deactivate, reload_if_edited, remember
from parity.subjects.needs import check_needs
from parity.subjects.observation import (
    COMPARABLE,
    MAKE,
    Condition,
    Failure,
    Generators,
    Leaf,
    Observation,
    has_names,
    leaves,
    printable,
    reordered,
    same_elements,
)
from parity.subjects.origins import moved_in
from parity.subjects.places import place

NAME = "python"


LOADING = 60.0
"""How many seconds the import of a module may take, where no one says otherwise."""


def resolve(reference: str, directory: Path, seconds: float = LOADING) -> Any:
    """The object that "module:object" names. Raises MisfitError at $.python, also after so many seconds."""
    module_name, _, qualified = reference.partition(":")
    try:
        activate(directory)
        with _Quiet(), _without_bytecode(), within(seconds):
            module = importlib.import_module(module_name)
        remember()
    except BaseException as error:
        if ours(error):
            raise
        missing = isinstance(error, ModuleNotFoundError) and (error.name or "") in _parents(module_name)
        problem = (
            f"there is no Python module {error.name}"
            if missing and isinstance(error, ModuleNotFoundError)
            else f"importing {module_name} failed: {_in_words(error, directory)}"
        )
        raise MisfitError(("python",), problem, "an importable module:object", whole=True) from error
    target: Any = module
    for part in qualified.split("."):
        if not hasattr(target, part):
            public = [name for name in vars(target) if not name.startswith("_") and callable(getattr(target, name))]
            raise MisfitError(("python",), f"{module_name} has no {part}", one_of(public), whole=True)
        target = getattr(target, part)
    if not callable(target):
        raise MisfitError(("python",), f"{reference} cannot be called", "a class or a function", whole=True)
    return target


def _in_words(error: BaseException, directory: Path) -> str:
    where = place(error, directory)
    if isinstance(error, TookTooLongError):
        return f"{error}, at {where}"
    return f"{type(error).__name__}: {printable(error)}" + (f" ({where})" if where else "")


@contextlib.contextmanager
def _without_bytecode() -> Iterator[None]:
    """A .pyc is known by the second and the size of its source: a file edited within a second would not be seen."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


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
    name = NAME

    def __init__(
        self,
        fixture: Fixture,
        *,
        as_r: bool = False,
        tell: Callable[[str], None] = lambda _: None,
        seconds: float | None = None,
    ) -> None:
        """With `as_r`, NumPy does its arithmetic the way R does (`parity.exact`). `tell` hears of each call. The module
        may take so many seconds to be imported."""
        self._directory = fixture.path.parent.resolve() if fixture.target is None else SESSION
        check_needs(fixture, NAME)
        reload_if_edited(self._directory)
        seconds = LOADING if seconds is None else seconds
        named = fixture.target is None
        self._target = resolve(fixture.python, self._directory, seconds) if named else fixture.target
        self._arithmetic = _AS_R if as_r else _AS_NUMPY
        self._tell = tell
        self._globals = Globals(self._directory)
        self._subject = _Subject(
            self._target,
            fixture.factory,
            self._directory,
            self._arithmetic,
            self._tell,
            generators.uses_standard_random(self._globals.modules),
        )
        self._case = ""

    def close(self) -> None:
        deactivate()

    def observe(self, case: Case, *, calls: int | None = None) -> Iterator[Observation]:
        if case.id != self._case:  # the same case again is to find what it left, or it could not be seen to repeat
            self._globals.restore()
            self._case = case.id
        try:
            under_way = _UnderWay(case, self._subject)
            failed = under_way.make()
            if failed is not None:
                yield failed
                return
            for index, call in enumerate(case.calls[:calls]):
                for observation in under_way.carry_out(index, call):
                    yield observation
                    if observation.error and NAME not in call.raises:
                        return
        finally:
            remember()
            self._globals.restore_shared()


class _Subject(NamedTuple):
    """What all cases of a fixture have in common."""

    target: Any
    factory: bool
    directory: Path
    arithmetic: _Arithmetic
    tell: Callable[[str], None]
    standard_random: bool


class _UnderWay:
    """A case under way: `_instance` of a class or factory; or else a function, whose missing arguments `make` fills."""

    def __init__(self, case: Case, subject: _Subject) -> None:
        self._case = case
        self._target = target = subject.target
        self._certain = (inspect.isclass(target) or subject.factory) and NAME not in case.unmade
        self._makes = self._certain or any(call.do != "call" and NAME not in call.instead for call in case.calls)
        self._title = getattr(target, "__name__", type(target).__name__)
        self._directory = subject.directory
        self._working = os.getcwd()
        self._process = os.getpid()
        self._arithmetic = subject.arithmetic
        self._tell = subject.tell
        self._names, self._layout = case.names.get(NAME, _NOTHING), case.layout.get(NAME, _NOTHING)
        self._origin = case.origin.get(NAME, _NOTHING)
        self._instance: Any = None
        self._state: dict[str, Any] = {}
        self._watched: list[_Argument] = []
        self._stream = None if case.seed is None else generators.begun(case.seed)
        self._standard_random = subject.standard_random
        self._before = self._now = self._generators()
        if self._stream is not None:
            self._before = generators.at_beginning(self._stream) + self._before[generators.POSITION :]
        self._entropy = generators.Entropy.times
        self._space: dict[str, Any] | None = None
        if NAME in case.setup:
            self._run(
                lambda: expressions.set_up(case.setup[NAME], self._written()),
                (*case.at, "setup", NAME),
                "Python's set-up lines fail",
                "lines that run",
            )

    def make(self) -> Observation | None:
        """Construct the object; an observation only where that failed."""
        attributes = self._case.attributes.get(NAME, _NOTHING)
        if not self._makes:
            if attributes:
                raise MisfitError(
                    (*self._case.at, "set", NAME), f"{self._title} makes no object", "a class, or 'factory': true"
                )
            return None
        values = self._case.made_with(NAME)
        arguments = self._arguments(values)
        try:
            positional = _fitted(self._target, arguments, {}, (*self._case.at, "make"), self._place_in_make)
        except MisfitError as misfit:
            if self._certain:
                raise
            raise self._no_method(misfit) from None
        assigned = self._arguments(attributes)
        self._tell(self._title)

        def construct() -> Any:
            instance = self._target(*positional, **arguments)
            for name, value in assigned.items():
                *path, last = name.split(".")
                setattr(functools.reduce(getattr, path, instance), last, value)
            return self._arithmetic.wrap(instance)

        outcome = self._guarded(construct)
        if outcome.error is not None:
            error = _hinted(outcome.error, values)
            return Observation(MAKE, "make", {}, (), outcome.warnings, outcome.output, error)
        self._instance = outcome.value
        self._watch(MAKE, "make", values, arguments)
        return None

    def _no_method(self, misfit: MisfitError) -> MisfitError:
        """A function was to make the object that has the method, and takes other arguments than `make` has."""
        call = next(call for call in self._case.calls if call.do != "call" and NAME not in call.instead)
        problem = f"{self._title} is a function and has no {call.do}"
        return MisfitError(
            (*call.at, "do"), problem, f'"call" (as a maker of objects it does not fit: {misfit.problem})'
        )

    def carry_out(self, index: int, call: Call) -> Iterable[Observation]:
        if call.trajectory is None:
            return (self._call(index, call, call.given(NAME)),)
        return in_pieces(call.trajectory, call.given(NAME), lambda values: self._call(index, call, values))

    def _call(self, index: int, call: Call, values: Mapping[str, Value]) -> Observation:
        function = self._function(call)
        arguments = self._arguments(values)
        spare: dict[str, Any] = {}
        if not self._makes:
            make = self._case.made_with(NAME)
            spare = self._arguments(make)
            own = {self._names.get(name, name): name for name in make}
            from_make = {own[name]: make[own[name]] for name in spare if name not in {*arguments, *self._state}}
            self._watch(index, call.do, from_make, spare)
        if self._state:
            takes = _parameters(function)
            spare |= {name: value for name, value in self._state.items() if name in takes}
        whole = {**spare, **arguments} if spare else arguments
        if NAME in call.instead:
            self._check_used(call, function, whole)
        positional = _fitted(function, arguments, spare, (*call.at, "with"), lambda name: self._place(call, name))
        by_name = whole
        if positional:
            by_name = {name: value for name, value in whole.items() if name not in positional.names}
        self._watch(index, call.do, values, arguments)
        if call.updates:
            self._free(index, call, whole)
        self._tell(self._title if call.do == "call" else f"{self._title}.{call.do}")
        outcome = self._guarded(lambda: self._read(index, call, function(*positional, **by_name), whole))
        if call.updates:
            self._state.update({name: whole[name] for name in call.updates if name in whole})
        error = outcome.error
        if error is not None:
            error = _hinted(error, {**self._case.made_with(NAME), **values})
        observed = outcome.value if error is None else {}
        return Observation(
            index,
            call.do,
            observed,
            self._changed(),
            outcome.warnings,
            outcome.output,
            error,
            generators=self._drawn(),
        )

    def _guarded(self, work: Callable[[], Any]) -> _Outcome:
        """Whatever the code under test raises is a result; only the user's own Ctrl-C goes through."""
        activate(self._directory)
        value, error = None, None
        outer = None
        if self._stream is not None:
            outer = np.random.get_state(legacy=False)
            np.random.set_state(self._stream)
        with _Quiet() as quiet:
            try:
                if self._arithmetic is _AS_NUMPY:
                    value = work()
                else:
                    with self._arithmetic.during():
                        value = work()
            except BaseException as raised:
                if ours(raised) or isinstance(raised, MisfitError):
                    raise
                error = _failure(raised, self._directory, self._title)
        if outer is not None:
            self._now = self._generators()
            self._stream = np.random.get_state(legacy=False)
            np.random.set_state(outer)
        leave_if_forked(self._process)
        go_back(self._working)
        return _Outcome(value, error, quiet.conditions(), quiet.output())

    def _place_in_make(self, name: str) -> Pointer:
        return self._case.argument_at(self._own_name(name), NAME)

    def _place(self, call: Call, name: str) -> Pointer:
        own = self._own_name(name)
        return call.argument_at(own, NAME) if own in call.given(NAME) else self._case.argument_at(own, NAME)

    def _own_name(self, name: str) -> str:
        """The fixture's name for what the code calls `name`."""
        return next((ours for ours, theirs in self._names.items() if theirs == name), name)

    # -- what goes in --------------------------------------------------------------------------------------------------

    def _arguments(self, values: Mapping[str, Value]) -> dict[str, Any]:
        arguments = {}
        for name, value in values.items():
            fresh = value.copy() if type(value) is np.ndarray else self._fresh(value)
            if name in self._layout and isinstance(fresh, np.ndarray):
                fresh = np.ascontiguousarray(fresh.transpose(self._layout[name].axes))
            if self._origin:
                fresh = self._moved(fresh, name)
            arguments[self._names.get(name, name)] = self._arithmetic.wrap(fresh)
        return arguments

    def _moved(self, value: Any, name: str) -> Any:
        try:
            return moved_in(value, name, self._origin)
        except TypeError as error:
            where = (*self._case.at, "origin", NAME, name)
            raise MisfitError(where, f"{name} has no origin: {error}", "whole numbers") from None

    def _fresh(self, value: Value) -> Any:
        """A new object each time, so that a call that changes its argument changes only its own copy."""
        if isinstance(value, Expression):
            return self._evaluated(value.python, self._case.at, "an expression that can be evaluated")
        if isinstance(value, Mapping):
            return {name: self._fresh(element) for name, element in value.items()}
        if isinstance(value, list):
            return [self._fresh(element) for element in value]
        return _argument(value, self._directory)

    def _function(self, call: Call) -> Callable[..., Any]:
        code = call.instead.get(NAME)
        if code is None:
            return self._method(call.do, call.at)
        at, expected = (*call.at, "as", NAME), "an expression whose value is a function"
        if PYTHON_OBJECT.fullmatch(code):
            return self._named(code, at)
        self._written()["_"] = self._instance if self._makes else self._target
        function = self._evaluated(code, at, expected)
        if not callable(function):
            raise MisfitError(at, f"{code} is a {type(function).__name__} and cannot be called", expected)
        return function  # type: ignore[no-any-return]

    def _named(self, reference: str, at: Pointer) -> Callable[..., Any]:
        try:
            return resolve(reference, self._directory)  # type: ignore[no-any-return]
        except MisfitError as misfit:
            raise MisfitError(at, misfit.problem, misfit.expected) from None

    def _check_used(self, call: Call, function: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
        never, named = expressions.ignored(function), _described(function).names
        for name in arguments:
            if name in never or (name not in named and any(one not in named for one in never)):
                problem = f"{call.instead[NAME]} never looks at its argument {name}"
                raise MisfitError((*call.at, "as", NAME), problem, "a function that uses what it takes")

    def _written(self) -> dict[str, Any]:
        """The names that code of the fixture sees: those of the module, and what the set-up lines assigned."""
        if self._space is None:
            self._space = expressions.names_beside(self._target)
        return self._space

    def _evaluated(self, code: str, at: Pointer, expected: str) -> Any:
        return self._run(
            lambda: expressions.evaluate(code, self._written()), at, f"{code} cannot be evaluated", expected
        )

    def _run(self, work: Callable[[], Any], at: Pointer, problem: str, expected: str) -> Any:
        """Code that the fixture writes. Raises MisfitError where it fails."""
        outcome = self._guarded(work)
        if outcome.error is not None:
            where = f" ({outcome.error.where})" if outcome.error.where.startswith(expressions.SET_UP) else ""
            message = f"{problem}: {outcome.error.kind}: {outcome.error.message}{where}"
            raise MisfitError(at, message, expected)
        return outcome.value

    def _method(self, do: str, at: Pointer) -> Callable[..., Any]:
        if not self._makes:
            return self._target  # type: ignore[no-any-return]
        method = self._instance if do == "call" else getattr(self._instance, do, None)
        if not callable(method) or do.startswith("_"):
            if not self._certain:
                problem = f"{self._title} is a function and has no {do}, nor has the"
                raise MisfitError((*at, "do"), f"{problem} {type(self._instance).__name__} that it gives", '"call"')
            kind = type(self._instance)
            public = [n for n in dir(kind) if not n.startswith("_") and callable(getattr(kind, n))]
            raise MisfitError((*at, "do"), f"{kind.__name__} has no method {do}", one_of(public))
        return method  # type: ignore[no-any-return]

    # -- where generators stand ----------------------------------------------------------------------------------------

    def _generators(self) -> bytes:
        if not self._standard_random:
            return generators.position()
        return generators.position() + generators.standard_position()

    def _drawn(self) -> Generators:
        if self._stream is None:
            self._now = self._generators()
        begun = generators.Entropy.times - self._entropy
        return Generators(generators.mark(self._now), self._now != self._before, begun)

    # -- what must stay as it is ---------------------------------------------------------------------------------------

    def _watch(self, index: int, to: str, values: Mapping[str, Value], arguments: Mapping[str, Any]) -> None:
        """Remember what was handed over: no call may change it, unless it says so in `updates`."""
        for name, value in values.items():
            if isinstance(value, Expression):
                value = arguments[self._names.get(name, name)]
                if type(value) is not np.ndarray:
                    continue
                value = value.copy()
            elif isinstance(value, np.ndarray):
                if name in self._layout:
                    value = value.transpose(self._layout[name].axes)
                if self._origin:
                    value = self._moved(value, name)
            elif not isinstance(value, Mapping | list | Named | Factor | Frame | Own):
                continue
            elif self._origin:
                value = self._moved(value, name)
            self._watched.append(_Argument(index, name, to, value, arguments[self._names.get(name, name)]))

    def _free(self, index: int, call: Call, whole: Mapping[str, Any]) -> None:
        """What the call may update: its own argument of that name, or the object that it is given again."""
        self._watched = [
            argument
            for argument in self._watched
            if not (
                argument.name in call.updates
                and (argument.call in (index, MAKE) or whole.get(argument.name) is argument.after)
            )
        ]

    def _changed(self) -> tuple[str, ...]:
        """What was handed over, in this call or before, and is no longer what it was; each is named once."""
        different = [argument for argument in self._watched if not _same(argument.before, argument.after)]
        if not different:
            return ()
        self._watched = [argument for argument in self._watched if argument not in different]
        return tuple(f"{argument.name} of {argument.to}" for argument in different)

    # -- what comes out ------------------------------------------------------------------------------------------------

    def _read(self, index: int, call: Call, returned: Any, arguments: Mapping[str, Any]) -> dict[str, Leaf]:
        by_name: dict[str, Any] = {}
        if len(call.returns) == 1:
            by_name = {call.returns[0]: returned}
        elif call.returns:
            _check_returned(call, returned, self._case.values)
            if isinstance(returned, list | tuple) and len(returned) == len(call.returns):
                by_name = dict(zip(call.returns, returned, strict=True))
        values: dict[str, Leaf] = {}
        for root in roots(self._case, index):
            expression = self._case.values[root].get(NAME) if root in self._case.values else None
            if expression is not None:
                value = _read_out(expression, returned, self._written)
            elif root in by_name:
                value = by_name[root]
            elif root in call.updates:
                value = arguments.get(self._names.get(root, root), _ABSENT)
                if value is _ABSENT and self._makes:
                    value = getattr(self._instance, root, _ABSENT)
            else:
                value = _member(returned if self._instance is None else self._instance, root)
            if value is _ABSENT:
                continue
            if self._origin:
                value = moved_in(as_leaf(value), root, self._origin, -1)
            if root in self._layout:
                value = reordered(value, self._layout[root].inverse)
            # Copied, because a layer may write into its arrays in place at the next call.
            if type(value) is np.ndarray and value.dtype.kind in COMPARABLE:
                values[root] = value.copy()
            else:
                values.update((path, _copied(leaf)) for path, leaf in leaves(root, as_leaf(value)))
        return values


_ABSENT: Any = object()
_NOTHING: Mapping[str, Any] = {}


def _member(holder: Any, name: str) -> Any:
    """What an object keeps under a name; of what a function returned, a dict's member as of R's named list."""
    return holder.get(name, _ABSENT) if isinstance(holder, Mapping) else getattr(holder, name, _ABSENT)


@dataclass(slots=True, eq=False)
class _Argument:
    """An array (or a list or dict of them) that was handed over, and the copy that went to the code."""

    call: int
    name: str
    to: str
    before: Value
    after: Any


class _Outcome(NamedTuple):
    value: Any
    error: Failure | None
    warnings: tuple[Condition, ...]
    output: str


def _copied(leaf: Leaf) -> Leaf:
    return leaf.copy() if isinstance(leaf, np.ndarray) else leaf


_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def _read_out(expression: str, result: Any, names: Callable[[], dict[str, Any]]) -> Any:
    """A dotted name is an attribute of the result; anything else an expression in which `_` is the result."""
    if _DOTTED.fullmatch(expression) and expression.partition(".")[0] != "_":
        for part in expression.split("."):
            result = getattr(result, part)
        return result
    space = names()
    space["_"] = result
    return expressions.evaluate(expression, space)


def _check_returned(call: Call, returned: Any, read_out: Mapping[str, Any]) -> None:
    if any(name in read_out for name in call.returns):
        return
    if len(call.returns) > 1 and (not isinstance(returned, list | tuple) or len(returned) != len(call.returns)):
        got = f"{len(returned)} values" if isinstance(returned, list | tuple) else f"one {type(returned).__name__}"
        raise TypeError(f"{call.do} returned {got}; 'returns' names {len(call.returns)}: {', '.join(call.returns)}")


def _argument(value: Value, directory: Path) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, FunctionReference):
        return resolve(value.python, directory)
    if isinstance(value, Frame):
        return dataframe(value)
    if isinstance(value, Texts | Nullable | Instants | Spans):
        return series_of(value)
    if isinstance(value, Factor):
        import pandas as pd

        return pd.Categorical.from_codes(np.array(value.codes), list(value.levels), ordered=value.ordered)  # type: ignore[call-overload]
    if isinstance(value, Named):
        import pandas as pd

        return pd.Series(np.array(value.values), index=list(value.names))
    return copy.copy(value)


def _same(before: Value, after: Any) -> bool:
    if type(before) is np.ndarray and type(after) is np.ndarray and before.nbytes < 4096:
        return same_elements(before, after)
    if isinstance(before, Frame):
        return unchanged(before, after)
    if isinstance(before, Own):
        return _alike(before.value, after)
    if isinstance(before, Named | Factor):
        after = as_leaf(after)
        if isinstance(before, Factor):
            return isinstance(after, Factor) and _same(np.asarray(before.codes), after.codes)
        return has_names(after) and after.names == (before.names,) and _same(before.values, after.values)
    if isinstance(before, np.ndarray):
        if not isinstance(after, np.ndarray) or before.shape != after.shape or before.dtype != after.dtype:
            return False
        few = before.nbytes < 4096 or before.dtype.kind == "T" or before.dtype.hasobject
        if few or not (before.flags.c_contiguous and after.flags.c_contiguous):
            return same_elements(before, after)
        return bool(np.array_equal(before.view(np.uint8), np.asarray(after).view(np.uint8)))
    if isinstance(before, Mapping):
        return before.keys() == after.keys() and all(_same(v, after[k]) for k, v in before.items())
    if isinstance(before, list):
        return len(before) == len(after) and all(map(_same, before, after))
    return True


def _alike(before: Any, after: Any) -> bool:
    """Whether an object of the caller's is still what it was; inside what has no elements to look at, nobody looks."""
    if type(before) is not type(after):
        return False
    if isinstance(before, np.ndarray):
        return _same(np.asarray(before), np.asarray(after))
    if isinstance(before, Mapping):
        return before.keys() == after.keys() and all(_alike(value, after[key]) for key, value in before.items())
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(_alike, before, after))
    if isinstance(before, float | int | str | bytes | set):
        return repr(before) == repr(after)
    if type(before).__module__.startswith("pandas"):
        return bool(before.equals(after)) if hasattr(before, "equals") else True
    return True


# -- what a function takes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Signature:
    """Parameter names in order, those that go by position only, those without a default, whether any name is taken."""

    names: tuple[str, ...]
    positional: tuple[str, ...]
    required: tuple[str, ...]
    any_name: bool
    in_order: bool = False
    """Python cannot tell (a ufunc, a builtin): arguments go by position, in the order in which they were given."""


@functools.lru_cache(maxsize=512)
def _signature(function: Callable[..., Any]) -> _Signature:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
        return _Signature((), (), (), any_name=True, in_order=True)
    if isinstance(function, np.ufunc) or any(p.kind is p.VAR_POSITIONAL for p in parameters):
        takes = any(p.kind is p.VAR_KEYWORD for p in parameters)
        nameable = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        if isinstance(function, np.ufunc):
            return _Signature((), (), (), any_name=True, in_order=True)
        required = tuple(p.name for p in nameable if p.default is p.empty)
        return _Signature(tuple(p.name for p in nameable), (), required, any_name=takes)
    nameable = [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    return _Signature(
        tuple(p.name for p in nameable),
        tuple(p.name for p in nameable if p.kind is p.POSITIONAL_ONLY),
        tuple(p.name for p in nameable if p.default is p.empty),
        any(p.kind is p.VAR_KEYWORD for p in parameters),
    )


def _described(function: Callable[..., Any]) -> _Signature:
    if inspect.ismethod(function):
        return _bound(function.__func__)
    return _signature(function) if _hashable(function) else _signature.__wrapped__(function)


@functools.lru_cache(maxsize=512)
def _bound(function: Callable[..., Any]) -> _Signature:
    """What a method takes beside its object."""
    whole = _signature(function)
    first = whole.names[:1]
    return dataclasses.replace(
        whole,
        names=whole.names[1:],
        required=tuple(name for name in whole.required if name not in first),
        positional=tuple(name for name in whole.positional if name not in first),
    )


def _hashable(function: object) -> bool:
    try:
        hash(function)
    except Exception:
        return False
    return True


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return _described(function).names


class _Positional(tuple[Any, ...]):
    """Arguments that go by position, and their names."""

    names: frozenset[str] = frozenset()


_NO_POSITIONAL = _Positional()


def _fitted(
    function: Callable[..., Any],
    arguments: dict[str, Any],
    spare: Mapping[str, Any],
    at: Pointer,
    place: Callable[[str], Pointer],
) -> _Positional:
    """The arguments that can go by position only. Raises MisfitError for one that is not taken, or is lacking."""
    described = _described(function)
    whole = {**spare, **arguments} if spare else arguments
    if described.in_order:
        positional = _Positional(whole.values())
        positional.names = frozenset(whole)
        return positional
    names, required = described.names, described.required
    for name in whole:
        if name not in names and not described.any_name:
            title = getattr(function, "__name__", type(function).__name__)
            raise MisfitError(place(name), f"no parameter of {title} takes {name}", one_of(names))
    for name in required:
        if name not in whole:
            title = getattr(function, "__name__", type(function).__name__)
            raise MisfitError(at, f"{title} needs {name}", f"a value for {name}")
    if not described.positional:
        return _NO_POSITIONAL
    by_position: list[str] = []
    for name in described.positional:
        if name not in whole:
            break
        by_position.append(name)
    positional = _Positional(whole[name] for name in by_position)
    positional.names = frozenset(by_position)
    return positional


# -- what the code says ------------------------------------------------------------------------------------------------


class _Output(io.StringIO):
    """Standard output of the code under test, which may close it."""

    def close(self) -> None:
        pass


class _Quiet:
    """Keeps what is warned of and printed meanwhile.

    Every warning, each time, by a list of filters of its own. What Python remembers to have warned of already is
    forgotten by `resetwarnings`, which each time empties a list that nobody else has. To enter and leave
    `warnings.catch_warnings` would take three times as long.
    """

    __slots__ = ("_filters", "_out", "_show", "_stdout", "_warnings")

    def __enter__(self) -> _Quiet:
        self._filters, self._show, self._stdout = warnings.filters, warnings.showwarning, sys.stdout
        self._warnings: list[tuple[Warning | str, type[Warning]]] = []
        self._out = _Output()
        warnings.filters = []
        warnings.resetwarnings()
        warnings.filters = [_ALWAYS]
        warnings.showwarning = self._keep
        sys.stdout = self._out
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stdout = self._stdout
        warnings.showwarning = self._show
        warnings.filters = []  # not the list that is now there, which may be somebody else's
        warnings.resetwarnings()
        warnings.filters = self._filters

    def _keep(self, message: Warning | str, category: type[Warning], *_where: object, **_named: object) -> None:
        self._warnings.append((message, category))

    def conditions(self) -> tuple[Condition, ...]:
        if not self._warnings:
            return ()
        return tuple(Condition(_classes(category), printable(message)) for message, category in self._warnings)

    def output(self) -> str:
        return printable(self._out.getvalue()) if self._out.tell() else ""


_ALWAYS = ("always", None, Warning, None, 0)


def _classes(kind: type) -> tuple[str, ...]:
    return tuple(one.__name__ for one in kind.__mro__ if one is not object)


def _hinted(error: Failure, values: Mapping[str, Value]) -> Failure:
    """An error that asks for integers, with how a fixture says that a number is one."""
    names = whole_floats(values)
    if not names or "integer" not in error.message or not {"TypeError", "IndexError"}.intersection(error.classes):
        return error
    hint = f"numbers are floats unless 'integers' of the fixture lists their names ({', '.join(names)})"
    return dataclasses.replace(error, message=f"{error.message}; {hint}")


def _failure(error: BaseException, directory: Path, title: str) -> Failure:
    return Failure(_classes(type(error)), printable(error), printable(place(error, directory) or title))
