"""A family of R functions as the subject of a case: `Affine.forward`, `Affine.backward`; a function; an expression.

A package is loaded from its sources where they lie in the fixture's project (a folder with a DESCRIPTION beside one of
the folders from the fixture up to the project's root), so that a checkout tests itself; otherwise the installed
package is used. The packages that come with R are never looked for in folders.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from parity import bridge
from parity.fixture.model import Call, Case, Factor, Fixture, Frame, FunctionReference, Named, Value
from parity.fixture.values import R_OBJECT
from parity.subjects import MisfitError, Pointer, go_back, in_pieces, leave_if_forked, one_of, roots
from parity.subjects.frames import in_r
from parity.subjects.modules import root_of
from parity.subjects.needs import check_needs
from parity.subjects.observation import (
    COMPARABLE,
    Condition,
    Failure,
    Leaf,
    Observation,
    leaves,
    printable,
    reordered,
)

NAME = "r"
R_SIDE = Path(__file__).parent / "r_side"
COMES_WITH_R = frozenset({
    *("base", "compiler", "datasets", "graphics", "grDevices", "grid", "methods"),
    *("parallel", "splines", "stats", "stats4", "tcltk", "tools", "utils"),
})  # fmt: skip


def package_source(package: str, near: Path) -> Path | None:
    """The folder of the package's sources in the project that `near` belongs to, if there is one."""
    if package in COMES_WITH_R:
        return None
    near = near.resolve()
    root = root_of(near)
    for ancestor in near.parents:
        for description in sorted(ancestor.glob("*/DESCRIPTION")):
            with contextlib.suppress(OSError):
                match = re.search(r"^Package:\s*(\S+)", description.read_text("utf-8", errors="replace"), re.MULTILINE)
                if match and match[1] == package:
                    return description.parent
        if ancestor == root:
            break
    return None


@functools.cache
def _side() -> bridge.RValue:
    """The functions of `r_side/`, in an environment that nothing assigned in the global one can reach."""
    space = bridge.evaluate("new.env(parent = baseenv())")
    for file in sorted(R_SIDE.glob("*.R")):
        bridge.evaluate(file.read_text("utf-8"), space)
    return space


@functools.cache
def _ours(name: str) -> bridge.RFunction:
    return bridge.function(_side().element(name), name)  # type: ignore[arg-type]


def _load_files(files: tuple[Path, ...]) -> bridge.RValue:
    for file in files:
        file.stat()
    return _ours("load_files").keep(files=[str(file.absolute()) for file in files])


@functools.cache
def _load_sources(folder: Path, stamps: tuple[int, ...]) -> bridge.RValue:  # noqa: ARG001
    """An edited file is another stamp."""
    return _ours("load_sources").keep(folder=str(folder))


class Namespace:
    """Where the names of one fixture's R side are looked up."""

    def __init__(self, fixture: Fixture) -> None:
        match = R_OBJECT.fullmatch(fixture.r)
        self.package, _, self.prefix = fixture.r.rpartition("::") if match else ("", "", "")
        self._expression = None if match else fixture.r
        self._fixture = fixture
        self._functions: dict[str, bridge.RFunction] = {}
        self._signatures: dict[str, bridge.RValue] = {}
        self._loose: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, ...]] = {}
        self._readers: dict[str, bridge.RFunction] = {}
        self.environment = self._load(self.package)

    def _load(self, package: str) -> bridge.RValue:
        near = self._fixture.path
        try:
            if not package:
                return _load_files(self._fixture.r_source)
            source = package_source(package, near)
            if source is None:
                return _ours("load_package").keep(package=package)
            files = [source / "NAMESPACE", *sorted((source / "R").glob("*"))]
            return _load_sources(source, tuple(file.stat().st_mtime_ns for file in files if file.exists()))
        except FileNotFoundError as error:
            raise MisfitError(
                ("r_source",), f"there is no file {error.filename}", "R files, relative to the fixture", whole=True
            ) from error
        except bridge.RError as error:
            problem = f"R could not load {package or 'the files of r_source'}: {printable(error.message)}"
            expected = "an installed package, or its sources beside the fixtures" if package else "R files that load"
            raise MisfitError(("r",) if package else ("r_source",), problem, expected, whole=True) from error
        finally:
            bridge.take_messages()  # what loading said is not a case's

    def title(self, do: str) -> str:
        """The name of the function that the call goes to."""
        return self.prefix if do == "call" else f"{self.prefix}.{do}"

    def function(self, do: str, at: Pointer) -> bridge.RFunction:
        """The function that a call goes to. Raises MisfitError at the call's `do`, or at the fixture's `r`."""
        function = self._functions.get(do)
        if function is None:
            function = self._functions[do] = self._function(do, at)
        return function

    def _function(self, do: str, at: Pointer) -> bridge.RFunction:
        if self._expression is not None:
            if do != "call":
                raise MisfitError((*at, "do"), f"an R expression is one function and has no {do}", '"call"')
            return self._evaluated(self._expression)
        name = self.title(do)
        value = _ours("find_function").keep(name=name, envir=self.environment)
        if value.type == "NULL":
            problem, alternatives = f"R has no function {name}", self._alternatives()
            if not any(one == self.prefix or one.startswith(f"{self.prefix}.") for one in alternatives):
                raise MisfitError(("r",), problem, one_of(alternatives[:20]), whole=True)
            raise MisfitError((*at, "do"), problem, one_of(alternatives))
        return bridge.function(value, name)

    def _evaluated(self, expression: str) -> bridge.RFunction:
        try:
            return bridge.function(bridge.evaluate(expression, self.environment), "f")
        except bridge.RError as error:
            problem = f"R cannot evaluate {expression!r}: {printable(error.message)}"
        except bridge.ConversionError as error:
            problem = str(error)
        raise MisfitError(("r",), problem, "an R expression whose value is a function", whole=True)

    def signature(self, do: str) -> bridge.RValue:
        """`names` of the formals, and which are `optional`."""
        signature = self._signatures.get(do)
        if signature is None:
            signature = self._signatures[do] = _ours("signature_of").keep(f=self._functions[do])
        return signature

    def loose(self, dos: tuple[str, ...], make: tuple[str, ...]) -> tuple[str, ...]:
        """The names of `make` that none of the functions has a formal for."""
        names = self._loose.get((dos, make))
        if names is None:
            signatures = [self.signature(do) for do in dos]
            texts = _ours("loose_names")(make=np.array(make, dtype=np.str_), signatures=signatures)
            names = self._loose[dos, make] = tuple(_texts(texts))
        return names

    def reader(self, expression: str) -> bridge.RFunction:
        """An expression in `.` that reads a value out of a result."""
        reader = self._readers.get(expression)
        if reader is None:
            code = f"function(.) {expression}"
            reader = self._readers[expression] = bridge.function(bridge.evaluate(code, self.environment), "read")
        return reader

    def reference(self, name: str) -> bridge.RValue:
        """A function that a value of the fixture names: "package::name", or a bare name of `r_source`."""
        package, _, bare = name.rpartition("::")
        envir = self._load(package) if package else self.environment
        value = _ours("find_function").keep(name=bare, envir=envir)
        if value.type == "NULL":
            raise MisfitError((), f"R has no function {name}", "a function that exists")
        return value

    def _alternatives(self) -> list[str]:
        names = list(bridge.function("function(envir) ls(envir)")(envir=self.environment))
        return [name for name in names if name == self.prefix or name.startswith(f"{self.prefix}.")] or names


class RSubject:
    name = NAME

    def __init__(self, fixture: Fixture, *, tell: Callable[[str], None] = lambda _: None) -> None:
        bridge.start()
        check_needs(fixture, NAME)
        self._tell = tell
        self._user = _ours("state_of").keep()
        try:
            _ours("clean").keep()
            self._namespace = Namespace(fixture)
            self._fresh = _ours("state_of").keep(space=self._namespace.environment)
        except BaseException:
            self.close()
            raise
        self._plans: dict[tuple[Any, ...], _Plan] = {}
        self._case = ""
        self._prepared: _Prepared | None = None

    def close(self) -> None:
        _ours("restore").keep(kept=self._user)

    def observe(self, case: Case, *, calls: int | None = None) -> Iterator[Observation]:
        if case.id != self._case:  # the same case again is to find what it left, or it could not be seen to repeat
            _ours("restore").keep(kept=self._fresh, space=self._namespace.environment)
            self._case = case.id
        if self._prepared is None or self._prepared.case is not case:
            self._prepared = _Prepared(case)
        under_way = _UnderWay(self._prepared, self._namespace, self._plans, self._tell)
        for index, call in enumerate(case.calls[:calls]):
            for observation in under_way.carry_out(index, call):
                yield observation
                if observation.error and NAME not in call.raises:
                    return


@dataclasses.dataclass(frozen=True)
class _Plan:
    """Of each argument of a call, where it comes from: "with", "state", "results" or "make"."""

    sources: tuple[tuple[str, str], ...]


@dataclasses.dataclass
class _Prepared:
    """What is worked out of a case when it is first carried out. R gets a copy of each of the values every time."""

    case: Case
    make: dict[str, Any] | None = None
    loose: tuple[str, ...] | None = None
    calls: dict[int, dict[str, Any]] = dataclasses.field(default_factory=dict)
    plans: dict[tuple[Any, ...], _Plan] = dataclasses.field(default_factory=dict)


class _UnderWay:
    """A case under way."""

    def __init__(
        self,
        prepared: _Prepared,
        namespace: Namespace,
        plans: dict[tuple[Any, ...], _Plan],
        tell: Callable[[str], None],
    ) -> None:
        self._prepared = prepared
        self._case = case = prepared.case
        self._names, self._layout = case.names.get(NAME, _NOTHING), case.layout.get(NAME, _NOTHING)
        self._namespace = namespace
        self._plans = plans
        self._tell = tell
        self._process, self._working = os.getpid(), os.getcwd()
        if prepared.make is None:
            values = case.made_with(NAME)
            self._make = self._arguments(values)
            if _is_plain(values):
                prepared.make = self._make
        else:
            self._make = prepared.make
        self._state: dict[str, bridge.RValue] = {}
        self._results: dict[str, bridge.RValue] = {}
        bridge.take_conditions()
        if prepared.loose is None:
            prepared.loose = self._check_make()
        self._loose = prepared.loose

    def carry_out(self, index: int, call: Call) -> Iterable[Observation]:
        if call.trajectory is not None:
            return in_pieces(call.trajectory, call.given(NAME), lambda values: self._call(index, call, values))
        arguments = self._prepared.calls.get(index)
        if arguments is not None:
            return (self._call(index, call, call.given(NAME), arguments),)
        values = call.given(NAME)
        arguments = self._arguments(values)
        if _is_plain(values):
            self._prepared.calls[index] = arguments
        return (self._call(index, call, values, arguments),)

    def _call(
        self, index: int, call: Call, fixture_values: Mapping[str, Value], own: Mapping[str, Any] | None = None
    ) -> Observation:
        """`own` are the `fixture_values` as they go to R."""
        function = self._namespace.function(call.do, call.at)
        sources = self._plan(index, call, fixture_values)
        places = {
            "with": self._arguments(fixture_values) if own is None else own,
            "state": self._state,
            "results": self._results,
            "make": self._make,
        }
        arguments = {name: places[place][name] for name, place in sources}
        title = self._namespace.title(call.do) or "the expression"
        self._tell(title)
        values: dict[str, Leaf] = {}
        failure: Failure | None = None
        try:
            result = function.keep(**arguments)
            self._results[call.do] = result
            for name in (*call.updates, *call.state):
                element = result.element(name)
                if element is not None:
                    self._state[self._names.get(name, name)] = element
            values = self._read(index, call, result)
        except bridge.RError as error:
            failure = _failure(error, title)
        except bridge.ConversionError as error:
            text = f"the result of {title} has no form in Python: {printable(error)}"
            failure = Failure(("conversion",), text, title)
        leave_if_forked(self._process)
        go_back(self._working)
        conditions, output = bridge.take_conditions()
        warnings: tuple[Condition, ...] = ()
        if conditions:
            warnings = tuple(Condition(one.classes, printable(one.message)) for one in conditions)
        if output:
            output = printable(output)
        return Observation(index, call.do, {} if failure else values, (), warnings, output, failure)

    # -- what goes in --------------------------------------------------------------------------------------------------

    def _plan(self, index: int, call: Call, values: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
        # Of one call of one case nothing else can differ.
        brief = (index, *self._state, None, *self._results)
        plan = self._prepared.plans.get(brief)
        if plan is None:
            plan = self._prepared.plans[brief] = self._plan_among_all(call, values)
        return plan.sources

    def _plan_among_all(self, call: Call, values: Mapping[str, Value]) -> _Plan:
        do = call.do
        have = (
            tuple(self._names.get(name, name) for name in values),
            tuple(self._state),
            tuple(self._results),
            tuple(self._make),
            self._loose,
        )
        key = (do, *have)
        plan = self._plans.get(key)
        if plan is None:
            given_names, state, results, make, loose = (np.array(names, dtype=np.str_) for names in have)
            laid = _ours("plan_of_call")(
                signature=self._namespace.signature(do),
                **{"with": given_names},
                state=state,
                results=results,
                make=make,
                loose=loose,
            )
            title = self._namespace.title(do) or "the expression"
            takes = [name for name in self._namespace.function(do, call.at).formals if name != "..."]
            for name in _texts(laid["untaken"]):
                place = call.argument_at(self._own_name(name), NAME)
                raise MisfitError(place, f"no formal of {title} takes {name}", one_of(takes))
            for name in _texts(laid["lacking"]):
                raise MisfitError(
                    (*call.at, "with"), f"{title} needs {name}", f"a value for {name}, or an earlier call that gives it"
                )
            plan = self._plans[key] = _Plan(
                tuple(zip(_texts(laid["argument"]), _texts(laid["from"]), strict=True)),
            )
        return plan

    def _check_make(self) -> tuple[str, ...]:
        """The names of `make` that go to whoever takes `...`. An argument that nothing takes is an error."""
        formals: dict[str, bool] = {}
        dos: dict[str, None] = {}
        for call in self._case.calls:
            with contextlib.suppress(MisfitError):  # said when the call is made
                formals.update(self._namespace.function(call.do, call.at).formals)
                dos[call.do] = None
        loose = self._namespace.loose(tuple(dos), tuple(self._make)) if formals else ()
        if loose and "..." not in formals:
            place = self._case.argument_at(self._own_name(loose[0]), NAME)
            title = self._namespace.prefix or "the expression"
            raise MisfitError(place, f"no formal of {title}'s functions takes {loose[0]}", one_of(formals))
        return loose

    def _own_name(self, name: str) -> str:
        """The fixture's name for what the code calls `name`."""
        return next((ours for ours, theirs in self._names.items() if theirs == name), name)

    def _arguments(self, values: Mapping[str, Value]) -> dict[str, Any]:
        layout = self._layout
        arguments = {}
        for name, value in values.items():
            laid = value.transpose(layout[name].axes) if name in layout and isinstance(value, np.ndarray) else value
            arguments[self._names.get(name, name)] = self._argument(laid)
        return arguments

    def _argument(self, value: Value) -> Any:
        if isinstance(value, FunctionReference):
            return self._namespace.reference(value.r)
        if isinstance(value, Factor):
            return bridge.Factor(value.codes, value.levels, value.ordered)
        if isinstance(value, Frame):
            return in_r(value)
        if isinstance(value, Named):
            return bridge.Labelled(value.values, (value.names,))
        if isinstance(value, Mapping):
            return {name: self._argument(element) for name, element in value.items()}
        if isinstance(value, list):
            return [self._argument(element) for element in value]
        return value

    # -- what comes out ------------------------------------------------------------------------------------------------

    def _read(self, index: int, call: Call, result: bridge.RValue) -> dict[str, Leaf]:
        """A named list is looked up by name; a result without the returned name is itself the returned value."""
        names, readers, layout = roots(self._case, index), self._case.values, self._layout
        if readers:
            members = bridge.read(result, [root for root in names if NAME not in readers.get(root, _NOTHING)], True)
        else:
            members = bridge.read(result, names, True)
        values: dict[str, Leaf] = {}
        for root in names:
            expression = readers[root].get(NAME) if root in readers else None
            if expression is not None:
                value: Any = bridge.to_python(self._namespace.reader(expression).keep(result), True)
            elif root in members:
                value = members[root]
            elif call.returns == (root,):
                value = bridge.to_python(result, True)
            else:
                continue
            if root in layout:
                value = reordered(value, layout[root].inverse)
            if type(value) is np.ndarray and value.dtype.kind in COMPARABLE:
                values[root] = value
            else:
                values.update(leaves(root, value))
        return values


_NOTHING: Mapping[str, Any] = {}


def _is_plain(values: Mapping[str, Value]) -> bool:
    """Whether the values mean the same each time: a function is looked up anew, since a case may have replaced it."""
    return all(isinstance(value, np.ndarray | float | int | str | None) for value in values.values())


def _texts(values: Any) -> list[str]:
    return [] if values is None else [str(value) for value in np.asarray(values).ravel().tolist()]


def _failure(error: bridge.RError, title: str) -> Failure:
    where = error.where or error.call or title
    return Failure(error.classes or ("error",), printable(error.message), printable(where))
