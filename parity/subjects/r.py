"""R code as the subject of a case: a family of functions (`Affine.forward`, `Affine.backward`); a function; an
expression; or what makes an object (a generator of R6, RefClass or S4, a constructor, a closure), and its methods.

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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from parity import bridge
from parity.fixture.model import Call, Case, Expression, Factor, Fixture, Frame, FunctionReference, Named, Value
from parity.fixture.values import R_OBJECT
from parity.subjects import MisfitError, Pointer, go_back, in_pieces, leave_if_forked, one_of, roots
from parity.subjects import streams as generators
from parity.subjects.frames import in_r
from parity.subjects.modules import root_of
from parity.subjects.needs import check_needs, remedy
from parity.subjects.observation import (
    COMPARABLE,
    MAKE,
    Condition,
    Failure,
    Generators,
    Leaf,
    Observation,
    leaves,
    printable,
    reordered,
)
from parity.subjects.origins import moved_in
from parity.subjects.r_files import SECONDS, load_files, packages_lacking, place
from parity.subjects.r_functions import global_environment, own

NAME = "r"
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
def _load_sources(folder: Path, stamps: tuple[int, ...]) -> bridge.RValue:  # noqa: ARG001
    """An edited file is another stamp."""
    return own("load_sources").keep(folder=str(folder))


_MENTIONS_OBJECT = re.compile(r"(?<![\w.])\.(?![\w.])")


class Namespace:
    """Where the names of one fixture's R side are looked up."""

    def __init__(
        self,
        fixture: Fixture,
        *,
        tell: Callable[[str], None] = lambda _: None,
        seconds: float = SECONDS,
        private: bool = True,
    ) -> None:
        """Files that take longer than so many seconds to load are refused; `tell` hears of their lines.

        What they define goes into an environment of its own, or else (not `private`) into the global one, as when
        their author sources them: there what they source() in turn finds it, and so do the methods of a RefClass.
        """
        match = R_OBJECT.fullmatch(fixture.r)
        self.package, _, self.prefix = fixture.r.rpartition("::") if match else ("", "", "")
        self._expression = None if match else fixture.r
        self._fixture = fixture
        self._tell = tell
        self._seconds = seconds
        self._private = private
        self.folder = fixture.path.parent.resolve()
        self._functions: dict[str, bridge.RFunction] = {}
        self._callees: dict[str, Callee] = {}
        self._signatures: dict[str, bridge.RValue] = {}
        self._loose: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, ...]] = {}
        self._readers: dict[str, bridge.RFunction] = {}
        self.lacking: list[str] = []
        self._packages: dict[str, bridge.RValue] = {}
        self.environment = self._package(self.package)

    def _package(self, package: str) -> bridge.RValue:
        """As it was when this fixture first asked for it; the fixture's own files where none is named."""
        if package not in self._packages:
            self._packages[package] = self._load(package)
        return self._packages[package]

    def _load(self, package: str) -> bridge.RValue:
        near = self._fixture.path
        try:
            if not package:
                envir = own("new_environment").keep() if self._private else global_environment()
                load_files(self._fixture, envir, self._tell, self._seconds)
                return envir
            source = package_source(package, near)
            if source is None:
                return own("load_package").keep(package=package)
            files = [source / "NAMESPACE", *sorted((source / "R").glob("*"))]
            return _load_sources(source, tuple(file.stat().st_mtime_ns for file in files if file.exists()))
        except bridge.RError as error:
            problem = f"R could not load {package}: {printable(error.message)}"
            lacking = packages_lacking([error.message])
            cure = f" ({remedy('r', lacking)})" if lacking else ""
            expected = f"an installed package{cure}, or its sources beside the fixtures"
            raise MisfitError(("r",), problem, expected, whole=True) from error
        finally:
            # What loading said is not a case's; only that require() did not get what it asked for may explain more.
            self.lacking += packages_lacking([one.message for one in bridge.take_conditions()[0]])

    @functools.cached_property
    def thing(self) -> bridge.RValue | None:
        """What `r` names or says, whatever it is; None where there is nothing of that name."""
        if self._expression is not None:
            return self._evaluated(self._expression)
        value = own("find_object").keep(name=self.prefix, envir=self.environment)
        return None if value.type == "NULL" else value

    def makes(self, case: Case) -> bool:
        """Whether `r` makes an object in this case, whose methods the calls are.

        A generator does, and what the fixture calls a factory; and so does a function where a call is none of its
        family.
        """
        if NAME in case.unmade:
            return False
        if self.surely_makes(case):
            return True
        calls = [call.do for call in case.calls if NAME not in call.instead and call.do != "call"]
        return any(not self._in_family(do) for do in calls) and self.maker is not None

    def surely_makes(self, case: Case) -> bool:
        if self._fixture.factory or any(_MENTIONS_OBJECT.search(call.instead.get(NAME, "")) for call in case.calls):
            return True
        return self._is_generator

    @functools.cached_property
    def _is_generator(self) -> bool:
        return self.thing is not None and bool(own("is_generator")(thing=self.thing)[0])

    def _in_family(self, do: str) -> bool:
        if self._expression is not None:
            return do == "call"
        if do in self._functions:
            return True
        return own("find_function").keep(name=self.title(do), envir=self.environment).type != "NULL"

    @functools.cached_property
    def maker(self) -> Callee | None:
        """The function that makes the object."""
        if self.thing is None:
            return None
        value = own("maker_of").keep(thing=self.thing)
        if value.type == "NULL":
            return None
        title = self.prefix or "the expression"
        signature = own("signature_of_maker").keep(thing=self.thing)
        return Callee(bridge.function(value, self.prefix or "f"), signature, title)

    def title(self, do: str) -> str:
        """The name of the function that the call goes to."""
        return self.prefix if do == "call" else f"{self.prefix}.{do}"

    def callee(self, do: str, at: Pointer) -> Callee:
        """One of the family. Raises MisfitError at the call's `do`, or at the fixture's `r`."""
        if do not in self._callees:
            function = self.function(do, at)
            self._callees[do] = Callee(function, self.signature(do), self.title(do) or "the expression", shared=do)
        return self._callees[do]

    def method(self, thing: bridge.RValue, call: Call) -> Callee:
        """A method of an object. Raises MisfitError at the call's `do`."""
        method = own("method_of").keep(object=thing, do=call.do, envir=self.environment)
        title = self.prefix or "the expression"
        if method.type == "NULL":
            family = "" if call.do == "call" else f"there is no function {title}.{call.do} in R, and "
            problem = f"{family}what {title} makes has no {call.do}"
            raise MisfitError((*call.at, "do"), problem, f"a method of the object, or {one_of(self._alternatives())}")
        generic = bool(bridge.read(method, ("generic",))["generic"][0])
        name = call.do if generic else f"{title}${call.do}" if call.do != "call" else title
        function = method.element("f")
        assert function is not None
        return Callee(bridge.function(function, call.do), method, name, (thing,) if generic else ())

    def written(self, call: Call, thing: bridge.RValue | None) -> Callee:
        """The function that the call names in `as`. Raises MisfitError there."""
        code, at = call.instead[NAME], (*call.at, "as", NAME)
        match = R_OBJECT.fullmatch(code)
        try:  # a package may lie beside the fixture, and need not be installed
            value = self.reference(code) if match and match[1] else self.value(code, at, thing)
        except MisfitError as misfit:
            raise MisfitError(at, misfit.problem, misfit.expected) from None
        try:
            function = bridge.function(value, "f")
        except bridge.ConversionError:
            expected = "an expression whose value is a function"
            raise MisfitError(at, f"{code} is no R function, but {value.type}", expected) from None
        return Callee(function, own("signature_of").keep(f=value), code, code=(code, at))

    def value(self, code: str, at: Pointer, thing: bridge.RValue | None = None) -> bridge.RValue:
        """An expression of the fixture, evaluated. Raises MisfitError where that fails."""
        try:
            return own("value_about").keep(code=code, envir=self.environment, object=thing)
        except bridge.RError as error:
            problem = f"R cannot evaluate {code}: {printable(error.message)}"
            raise MisfitError(at, problem, "an expression that can be evaluated") from error

    def set_up(self, code: str, at: Pointer) -> None:
        try:
            own("set_up").keep(code=code)
        except bridge.RError as error:
            where = place(error, self.folder)
            problem = f"R's set-up lines fail: {printable(error.message)}" + (f" ({where})" if where else "")
            raise MisfitError(at, problem, "lines that run") from error

    def function(self, do: str, at: Pointer) -> bridge.RFunction:
        """The function of the family that a call goes to."""
        function = self._functions.get(do)
        if function is None:
            function = self._functions[do] = self._function(do, at)
        return function

    def _function(self, do: str, at: Pointer) -> bridge.RFunction:
        if self._expression is not None:
            if do != "call":
                raise MisfitError((*at, "do"), f"an R expression is one function and has no {do}", '"call"')
            try:
                return bridge.function(self._evaluated(self._expression), "f")
            except bridge.ConversionError as error:
                raise MisfitError(("r",), str(error), _FUNCTION, whole=True) from error
        name = self.title(do)
        value = own("find_function").keep(name=name, envir=self.environment)
        if value.type == "NULL":
            problem, alternatives = f"R has no function {name}", self._alternatives()
            if not any(one == self.prefix or one.startswith(f"{self.prefix}.") for one in alternatives):
                raise MisfitError(("r",), problem, one_of(alternatives[:20]), whole=True)
            raise MisfitError((*at, "do"), problem, one_of(alternatives))
        return bridge.function(value, name)

    def _evaluated(self, expression: str) -> bridge.RValue:
        try:
            return bridge.evaluate(expression, self.environment)
        except bridge.RError as error:
            problem = f"R cannot evaluate {expression!r}: {printable(error.message)}"
            raise MisfitError(("r",), problem, _FUNCTION, whole=True) from error

    def signature(self, do: str) -> bridge.RValue:
        """`names` of the formals, and which are `optional`."""
        known = self._signatures.get(do)
        if known is None:
            known = self._signatures[do] = own("signature_of").keep(f=self._functions[do])
        return known

    def loose(self, callees: Sequence[Callee], names: tuple[str, ...]) -> tuple[str, ...]:
        """The names of `make` that none of the functions has a formal for."""
        key = (tuple(callee.shared for callee in callees), names)
        known = self._loose.get(key) if all(key[0]) else None
        if known is None:
            signatures = [callee.signature for callee in callees]
            known = tuple(_texts(own("loose_names")(make=_names(names), signatures=signatures)))
            if all(key[0]):
                self._loose[key] = known
        return known

    def reader(self, expression: str) -> bridge.RFunction:
        """An expression in `.` that reads a value out of a result."""
        reader = self._readers.get(expression)
        if reader is None:
            code = f"function(.) {expression}"
            reader = self._readers[expression] = bridge.function(bridge.evaluate(code, self.environment), "read")
        return reader

    def reference(self, name: str) -> bridge.RValue:
        """A function that a value of the fixture names: "package::name", a bare name of `r_source`, an expression."""
        if not R_OBJECT.fullmatch(name):
            return self.value(name, ())
        package, _, bare = name.rpartition("::")
        envir = self._package(package) if package else self.environment
        value = own("find_function").keep(name=bare, envir=envir)
        if value.type == "NULL":
            raise MisfitError((), f"R has no function {name}", "a function that exists")
        return value

    def _alternatives(self) -> list[str]:
        names = _texts(own("names_in")(envir=self.environment))
        return [name for name in names if name == self.prefix or name.startswith(f"{self.prefix}.")] or names


@dataclasses.dataclass(frozen=True)
class Callee:
    """A function that is called, what it takes (`names`, `optional`), what it is called in sentences.

    `code` is what the fixture writes for one call, and where. `first` goes before all other arguments: the object that
    a generic is asked of. `shared` is its name among those of its family, which all cases share.
    """

    function: bridge.RFunction
    signature: bridge.RValue
    title: str
    first: tuple[bridge.RValue, ...] = ()
    shared: str = ""
    code: tuple[str, Pointer] | None = None

    def ignored(self, filled: Sequence[str]) -> tuple[str, ...]:
        """Which of its arguments a function that the fixture writes for the call never looks at."""
        if self.code is None:
            return ()
        never = _texts(own("ignored_formals")(code=self.code[0]))
        return tuple(name for name in filled if name in never or ("..." in never and name not in self.names))

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(_texts(bridge.read(self.signature, ("names",))["names"]))


class _Turns:
    """Whose code lies in R's global environment, of which there is one for all subjects of this process."""

    def __init__(self) -> None:
        self._holder: RSubject | None = None
        self._open = 0
        self._user: bridge.RValue | None = None

    def enter(self, subject: RSubject) -> None:
        """A new subject: what is there is put aside."""
        if not self._open:
            self._user = own("state_of").keep()
        self._put_aside()
        self._open += 1
        self._holder = subject

    def take(self, subject: RSubject) -> None:
        if self._holder is not subject:
            self._put_aside()
            self._holder = subject
            own("restore").keep(kept=subject.left)

    def leave(self, subject: RSubject) -> None:
        self._open -= 1
        if self._holder is subject:
            self._holder = None
        if not self._open:
            own("restore").keep(kept=self._user)
            self._user = None

    def _put_aside(self) -> None:
        if self._holder is not None:
            self._holder.left = own("state_of").keep(space=self._holder.environment)
            self._holder = None


_turns = _Turns()


class RSubject:
    name = NAME

    def __init__(
        self, fixture: Fixture, *, tell: Callable[[str], None] = lambda _: None, seconds: float | None = None
    ) -> None:
        """`tell` hears of each call. The files of the fixture may take so many seconds to load."""
        bridge.start()
        check_needs(fixture, NAME)
        self._tell = tell
        self.left: bridge.RValue | None = None
        self.environment: bridge.RValue | None = None
        self._closed = False
        _turns.enter(self)
        try:
            own("clean").keep()
            self._namespace = Namespace(
                fixture, tell=tell, seconds=SECONDS if seconds is None else seconds, private=False
            )
            self.environment = self._namespace.environment
            self._fresh = self.left = own("state_of").keep(space=self.environment)
        except BaseException:
            self.close()
            raise
        self._plans: dict[tuple[Any, ...], _Plan] = {}
        self._case = ""
        self._prepared: _Prepared | None = None

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            _turns.leave(self)

    def observe(self, case: Case, *, calls: int | None = None) -> Iterator[Observation]:
        _turns.take(self)
        if case.id != self._case:  # the same case again is to find what it left, or it could not be seen to repeat
            own("restore").keep(kept=self._fresh)
            self._case = case.id
        if self._prepared is None or self._prepared.case is not case:
            self._prepared = _Prepared(case)
        under_way = _UnderWay(self._prepared, self._namespace, self._plans, self._tell)
        failed = under_way.make()
        if failed is not None:
            yield failed
            return
        for index, call in enumerate(case.calls[:calls]):
            _turns.take(self)
            for observation in under_way.carry_out(index, call):
                yield observation
                _turns.take(self)
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
    makes: bool | None = None
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
        self._origin = case.origin.get(NAME, _NOTHING)
        self._namespace = namespace
        self._plans = plans
        self._tell = tell
        self._process, self._working = os.getpid(), os.getcwd()
        bridge.take_conditions()
        if case.seed is not None:
            own("begin_stream").keep(words=generators.words(case.seed).view(np.int32).astype(np.float64))
        self._before = _generator()
        if NAME in case.setup:
            namespace.set_up(case.setup[NAME], (*case.at, "setup", NAME))
        if prepared.make is None:
            values = case.made_with(NAME)
            self._make = self._arguments(values, (*case.at, "make"))
            if _is_plain(values):
                prepared.make = self._make
        else:
            self._make = prepared.make
        self._object: bridge.RValue | None = None
        self._state: dict[str, bridge.RValue] = {}
        self._results: dict[str, bridge.RValue] = {}
        if prepared.makes is None:
            prepared.makes = namespace.makes(case)
        self._makes = prepared.makes
        self._loose: tuple[str, ...] = ()

    def make(self) -> Observation | None:
        """Make the object, where one is made; an observation only where that failed."""
        attributes = self._case.attributes.get(NAME, _NOTHING)
        title = self._namespace.prefix or "the expression"
        if not self._makes:
            if attributes:
                raise MisfitError(
                    (*self._case.at, "set", NAME), f"{title} makes no object", "a generator, or 'factory': true"
                )
            if self._prepared.loose is None:
                self._prepared.loose = self._check_make()
            self._loose = self._prepared.loose
            return None
        maker = self._namespace.maker
        if maker is None:
            raise MisfitError(("r",), f"{title} makes no object", "a generator, or a function", whole=True)
        try:
            plan = self._fitted(maker, tuple(self._make), (*self._case.at, "make"), self._case.argument_at)
        except MisfitError as misfit:
            if self._namespace.surely_makes(self._case):
                raise
            raise self._no_method(misfit) from None
        arguments = {name: self._make[name] for name, _ in plan.sources}
        assigned = self._arguments(attributes, (*self._case.at, "set", NAME))
        self._tell(title)

        def construct() -> bridge.RValue:
            thing = maker.function.keep(**arguments)
            return own("assign_members").keep(object=thing, values=assigned) if assigned else thing

        thing, failure, warnings, output = self._attempt(construct, title)
        if failure is not None:
            return Observation(MAKE, "make", {}, (), warnings, output, failure)
        self._object = thing
        self._make = {}
        return None

    def _no_method(self, misfit: MisfitError) -> MisfitError:
        """A function was to make the object that has the method, and takes other arguments than `make` has."""
        for call in self._case.calls:
            if NAME not in call.instead:
                try:
                    self._namespace.function(call.do, call.at)
                except MisfitError as error:
                    problem = f"{error.problem}; as a maker of objects {self._namespace.prefix or 'it'} does not fit"
                    return MisfitError(error.pointer, f"{problem}: {misfit.problem}", error.expected)
        return misfit

    def carry_out(self, index: int, call: Call) -> Iterable[Observation]:
        if call.trajectory is not None:
            return in_pieces(call.trajectory, call.given(NAME), lambda values: self._call(index, call, values))
        arguments = self._prepared.calls.get(index)
        if arguments is not None:
            return (self._call(index, call, call.given(NAME), arguments),)
        values = call.given(NAME)
        arguments = self._arguments(values, (*call.at, "with"))
        if _is_plain(values):
            self._prepared.calls[index] = arguments
        return (self._call(index, call, values, arguments),)

    def _call(
        self, index: int, call: Call, given: Mapping[str, Value], own_arguments: Mapping[str, Any] | None = None
    ) -> Observation:
        """`own_arguments` are the arguments in `given` as they go to R."""
        callee = self._callee(call)
        sources = self._plan(index, call, given, callee)
        places = {
            "with": self._arguments(given, (*call.at, "with")) if own_arguments is None else own_arguments,
            "state": self._state,
            "results": self._results,
            "make": self._make,
        }
        arguments = {name: places[place][name] for name, place in sources}
        self._tell(callee.title)

        def called() -> dict[str, Leaf]:
            result = callee.function.keep(*callee.first, **arguments)
            self._results[call.do] = result
            self._remember(call, result)
            return self._read(index, call, result)

        values, failure, warnings, output = self._attempt(called, callee.title)
        where = _generator()
        drawn = Generators(generators.mark(where), where != self._before)
        return Observation(index, call.do, values or {}, (), warnings, output, failure, generators=drawn)

    def _attempt(self, work: Callable[[], Any], title: str) -> tuple[Any, Failure | None, tuple[Condition, ...], str]:
        """What the work gives or how it fails, what R warned of and printed."""
        value, failure = None, None
        try:
            value = work()
        except bridge.RError as error:
            failure = self._failure(error, title)
        except bridge.ConversionError as error:
            text = f"the result of {title} has no form in Python: {printable(error)}"
            failure = Failure(("conversion",), text, title)
        leave_if_forked(self._process)
        go_back(self._working)
        conditions, output = bridge.take_conditions()
        warnings: tuple[Condition, ...] = ()
        if conditions:
            warnings = tuple(Condition(one.classes, printable(one.message)) for one in conditions)
        return value, failure, warnings, printable(output) if output else ""

    def _failure(self, error: bridge.RError, title: str) -> Failure:
        where = place(error, self._namespace.folder) or error.call or title
        message = printable(error.message)
        lacking = packages_lacking([message])
        if "could not find function" in message:
            lacking += self._namespace.lacking
        if lacking:
            message = f"{message}; R has no package {', '.join(lacking)}: {remedy('r', lacking)}"
        return Failure(error.classes or ("error",), message, printable(where))

    def _callee(self, call: Call) -> Callee:
        if NAME in call.instead:
            return self._namespace.written(call, self._object)
        if self._object is not None:
            return self._namespace.method(self._object, call)
        return self._namespace.callee(call.do, call.at)

    def _remember(self, call: Call, result: bridge.RValue) -> None:
        """What later calls get: what the call updates, the state that it returns, the object as it now is."""
        replaced = self._makes and not call.returns and self._replaces(result)
        for name in (*call.updates, *call.state):
            element = result.element(name)
            if element is None and not replaced and call.updates == (name,) and not call.returns:
                element = result  # a function of one value gives its new one
            if element is None:
                continue
            if self._makes and name in call.state and self._replaces(element):
                self._object = element
            else:
                self._state[self._names.get(name, name)] = element
        if replaced:
            self._object = result

    def _replaces(self, result: bridge.RValue) -> bool:
        return bool(own("replaces")(object=self._object, result=result)[0])

    # -- what goes in --------------------------------------------------------------------------------------------------

    def _plan(self, index: int, call: Call, given: Mapping[str, Value], callee: Callee) -> tuple[tuple[str, str], ...]:
        # Of one call of one case nothing else can differ.
        brief = (index, *self._state, None, *self._results)
        plan = self._prepared.plans.get(brief)
        if plan is None:
            names = tuple(self._names.get(name, name) for name in given)
            key = (callee.shared, names, *self._state, None, *self._results, None, *self._make, None, *self._loose)
            plan = self._plans.get(key) if callee.shared else None
            if plan is None:
                plan = self._fitted(callee, names, (*call.at, "with"), call.argument_at)
            if callee.shared:
                self._plans[key] = plan
            self._prepared.plans[brief] = plan
        return plan.sources

    def _fitted(
        self, callee: Callee, names: tuple[str, ...], at: Pointer, argument_at: Callable[[str, str], Pointer]
    ) -> _Plan:
        """How the function's formals are filled. Raises MisfitError for what is not taken, or is lacking."""
        making = self._makes and self._object is None
        state, results, make = ((), (), ()) if making else (self._state, self._results, self._make)
        laid = own("plan_of_call")(
            signature=callee.signature,
            **{"with": _names(names)},
            state=_names(state),
            results=_names(results),
            make=_names(make),
            loose=_names(self._loose),
        )
        for name in _texts(laid["untaken"]):
            takes = [one for one in callee.names if one != "..."]
            place = argument_at(self._own_name(name), NAME)
            raise MisfitError(place, f"no formal of {callee.title} takes {name}", one_of(takes))
        for name in _texts(laid["lacking"]):
            expected = f"a value for {name}" + ("" if making else ", or an earlier call that gives it")
            raise MisfitError(at, f"{callee.title} needs {name}", expected)
        plan = _Plan(tuple(zip(_texts(laid["argument"]), _texts(laid["from"]), strict=True)))
        for name in callee.ignored([name for name, _ in plan.sources]):
            code, where = callee.code or ("", at)
            raise MisfitError(where, f"{code} never looks at its argument {name}", "a function that uses what it takes")
        return plan

    def _check_make(self) -> tuple[str, ...]:
        """The names of `make` that go to whoever takes `...`. An argument that nothing takes is an error."""
        formals: dict[str, None] = {}
        callees: list[Callee] = []
        for call in self._case.calls:
            with contextlib.suppress(MisfitError):  # said when the call is made
                callee = self._callee(call)
                formals.update(dict.fromkeys(callee.names))
                callees.append(callee)
        loose = self._namespace.loose(callees, tuple(self._make)) if callees else ()
        if loose and "..." not in formals:
            place = self._case.argument_at(self._own_name(loose[0]), NAME)
            title = self._namespace.prefix or "the expression"
            raise MisfitError(place, f"no formal of {title}'s functions takes {loose[0]}", one_of(formals))
        return loose

    def _own_name(self, name: str) -> str:
        """The fixture's name for what the code calls `name`."""
        return next((ours for ours, theirs in self._names.items() if theirs == name), name)

    def _arguments(self, values: Mapping[str, Value], at: Pointer) -> dict[str, Any]:
        layout = self._layout
        arguments = {}
        for name, value in values.items():
            laid = value.transpose(layout[name].axes) if name in layout and isinstance(value, np.ndarray) else value
            if self._origin:
                try:
                    laid = moved_in(laid, name, self._origin)
                except TypeError as error:
                    where = (*self._case.at, "origin", NAME, name)
                    raise MisfitError(where, f"{name} has no origin: {error}", "whole numbers") from None
            arguments[self._names.get(name, name)] = self._argument(laid, (*at, name))
        return arguments

    def _argument(self, value: Value, at: Pointer) -> Any:
        if isinstance(value, FunctionReference):
            return self._namespace.reference(value.r)
        if isinstance(value, Expression):
            return self._namespace.value(value.r, at)
        if isinstance(value, Factor):
            return bridge.Factor(value.codes, value.levels, value.ordered)
        if isinstance(value, Frame):
            return in_r(value)
        if isinstance(value, Named):
            return bridge.Labelled(value.values, (value.names,))
        if isinstance(value, Mapping):
            return {name: self._argument(element, at) for name, element in value.items()}
        if isinstance(value, list):
            return [self._argument(element, at) for element in value]
        return value

    # -- what comes out ------------------------------------------------------------------------------------------------

    def _read(self, index: int, call: Call, result: bridge.RValue) -> dict[str, Leaf]:
        """A named list is looked up by name; a result without the returned name is itself the returned value."""
        names, readers, layout = roots(self._case, index), self._case.values, self._layout
        if readers:
            members = bridge.read(result, [root for root in names if NAME not in readers.get(root, _NOTHING)], True)
        else:
            members = bridge.read(result, names, True)
        bare = self._bare(call)
        values: dict[str, Leaf] = {}
        fields = self._fields([root for root in names if root not in members and root != bare]) if self._makes else {}
        for root in names:
            expression = readers[root].get(NAME) if root in readers else None
            if expression is not None:
                value: Any = bridge.to_python(self._namespace.reader(expression).keep(result), True)
            elif root in members:
                value = members[root]
            elif root == bare:
                value = bridge.to_python(result, True)
            elif root in fields:
                value = fields[root]
            else:
                continue
            if self._origin:
                value = moved_in(value, root, self._origin, -1)
            if root in layout:
                value = reordered(value, layout[root].inverse)
            if type(value) is np.ndarray and value.dtype.kind in COMPARABLE:
                values[root] = value
            else:
                values.update(leaves(root, value))
        return values

    def _bare(self, call: Call) -> str | None:
        """The name of the one value that the call gives, which may be the result itself: returned, or updated."""
        if call.returns:
            return call.returns[0] if len(call.returns) == 1 else None
        if len(call.updates) == 1 and (not self._makes or call.updates[0] in self._state):
            return call.updates[0]
        return None

    def _fields(self, names: list[str]) -> dict[str, Any]:
        """What the object itself has under these names, as Python's has attributes."""
        if not names:
            return {}
        return bridge.read(own("members_of").keep(object=self._object, names=_names(names)), names, True)


_NOTHING: Mapping[str, Any] = {}
_FUNCTION = "an R expression whose value is a function"


def _generator() -> bytes:
    """Where R's generator stands; nothing where it has not been used."""
    state = bridge.read(global_environment(), (".Random.seed",)).get(".Random.seed")
    return b"" if state is None else np.asarray(state).tobytes()


def _names(names: Iterable[str]) -> np.ndarray:
    return np.array([*names], dtype=np.str_)


def _is_plain(values: Mapping[str, Value]) -> bool:
    """Whether the values mean the same each time: a function is looked up anew, since a case may have replaced it."""
    return all(isinstance(value, np.ndarray | float | int | str | None) for value in values.values())


def _texts(values: Any) -> list[str]:
    return [] if values is None else [str(value) for value in np.asarray(values).ravel().tolist()]
