"""A family of R functions as the subject of a case: `Affine.forward`, `Affine.backward`.

A package is loaded from its sources where they lie beside the fixture (a folder with a DESCRIPTION next to
one of the fixture's ancestors), so that a checkout tests itself; otherwise the installed package is used.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from parity import bridge
from parity.case.model import Call, Case, Fixture, FunctionReference, Value
from parity.subjects import MisfitError, one_of
from parity.trace import CallTrace, Failure, leaves


def package_source(package: str, near: Path) -> Path | None:
    """The folder of the package's sources beside `near` or one of its ancestors, if there is one."""
    for ancestor in near.resolve().parents:
        for description in sorted(ancestor.glob("*/DESCRIPTION")):
            named = re.search(r"^Package:\s*(\S+)", description.read_text(encoding="utf-8"), re.MULTILINE)
            if named and named[1] == package:
                return description.parent
    return None


@functools.cache
def _environment_of_files(files: tuple[Path, ...], stamps: tuple[int, ...], *, parent: str) -> bridge.RValue:  # noqa: ARG001
    """One environment with everything that the files define; `stamps` makes an edited file load again."""
    load = bridge.function(
        f"""function(files) {{
          env <- new.env(parent = {parent})
          for (file in files) sys.source(file, envir = env, keep.source = FALSE)
          env
        }}"""
    )
    return load.keep(files=[str(file) for file in files])


def _stamps(files: tuple[Path, ...]) -> tuple[int, ...]:
    return tuple(file.stat().st_mtime_ns for file in files)


class Namespace:
    """Where the names of one fixture's R side are looked up."""

    def __init__(self, fixture: Fixture) -> None:
        package, _, prefix = fixture.r.rpartition("::")
        self.prefix = prefix
        self.package = package
        self._fixture = fixture
        self._functions: dict[str, bridge.RFunction] = {}
        self._find = bridge.function("function(name, env) get0(name, envir = env, mode = 'function', inherits = FALSE)")

    @functools.cached_property
    def _environment(self) -> bridge.RValue:
        return self._load(self.package)

    def _load(self, package: str) -> bridge.RValue:
        near = self._fixture.path
        try:
            if not package:
                files = self._fixture.r_source
                return _environment_of_files(files, _stamps(files), parent="globalenv()")
            source = package_source(package, near)
            if source is None:
                return bridge.function("function(package) asNamespace(package)").keep(package=package)
            files = tuple(sorted((source / "R").glob("*.R")))
            return _environment_of_files(files, _stamps(files), parent="asNamespace('base')")
        except FileNotFoundError as error:
            raise MisfitError(
                ("r_source",), f"there is no file {error.filename}", "R files, relative to the fixture", absolute=True
            ) from error
        except bridge.RError as error:
            problem = f"R could not load {package or 'the files of r_source'}: {error.message}"
            expected = "an installed package, or its sources beside the fixtures" if package else "R files that load"
            raise MisfitError(("r",) if package else ("r_source",), problem, expected, absolute=True) from error

    def function(self, name: str) -> bridge.RFunction:
        """The function of that name. Raises MisfitError at the call's `do`."""
        found = self._functions.get(name)
        if found is None:
            value = self._find.keep(name=name, env=self._environment)
            if value.type == "NULL":
                raise MisfitError(("do",), f"R has no function {name}", one_of(self._alternatives()))
            found = self._functions[name] = bridge.function(value)
        return found

    def reference(self, name: str) -> bridge.RValue:
        """A function that a value of the fixture names: "package::name", or a bare name of `r_source`."""
        package, _, bare = name.rpartition("::")
        value = self._find.keep(name=bare, env=self._load(package) if package else self._environment)
        if value.type == "NULL":
            raise MisfitError((), f"R has no function {name}", "a function that exists")
        return value

    def _alternatives(self) -> list[str]:
        names = bridge.function("function(env) ls(env)")(env=self._environment)
        return [name for name in names if name == self.prefix or name.startswith(f"{self.prefix}.")] or list(names)[:20]


class RSubject:
    language = "r"

    def __init__(self, fixture: Fixture) -> None:
        bridge.start()
        self._namespace = Namespace(fixture)

    def begin(self, case: Case) -> RRun:
        return RRun(self._namespace, case.made_with("r"))


class RRun:
    """Fills a call's formals from, in this order: `with`, state, whole earlier results by call name, `make`."""

    def __init__(self, namespace: Namespace, made: Mapping[str, Value]) -> None:
        self._namespace = namespace
        self._made = made
        self._state: dict[str, bridge.RValue] = {}
        self._results: dict[str, bridge.RValue] = {}
        bridge.take_messages()  # what loading said is not the case's

    def call(self, call: Call, names: tuple[str, ...]) -> CallTrace:
        title = self._namespace.prefix if call.do == "call" else f"{self._namespace.prefix}.{call.do}"
        function = self._namespace.function(title)
        arguments = self._arguments(title, function.formals, call)
        try:
            result = function.keep(**arguments)
        except bridge.RError as error:
            warnings, output = bridge.take_messages()
            failure = Failure("error", error.message, error.call or title)
            return CallTrace(call.do, warnings=warnings, output=output, error=failure)
        warnings, output = bridge.take_messages()
        self._results[call.do] = result
        for name in (*call.updates, *call.state):
            changed = result.element(name)
            if changed is not None:
                self._state[name] = changed
        return CallTrace(call.do, _values(call, names, result), (), warnings, output)

    def _arguments(self, title: str, formals: Mapping[str, bool], call: Call) -> dict[str, Any]:
        takes = [name for name in formals if name != "..."]
        if "..." not in formals:
            for name in call.arguments:
                if name not in formals:
                    raise MisfitError(("with", name), f"no formal of {title} takes {name}", one_of(takes))
        arguments: dict[str, Any] = {}
        for name in takes:
            if name in call.arguments:
                arguments[name] = self._argument(call.arguments[name])
            elif name in self._state:
                arguments[name] = self._state[name]
            elif name in self._results:
                arguments[name] = self._results[name]
            elif name in self._made:
                arguments[name] = self._argument(self._made[name])
            elif not formals[name]:
                raise MisfitError(
                    ("with",), f"{title} needs {name}", f"a value for {name}, or an earlier call that gives it"
                )
        if "..." in formals:
            spare = {name: self._argument(value) for name, value in call.arguments.items() if name not in formals}
            arguments.update(spare)
        return arguments

    def _argument(self, value: Value) -> Any:
        if isinstance(value, FunctionReference):
            return self._namespace.reference(value.r)
        if isinstance(value, Mapping):
            return {name: self._argument(element) for name, element in value.items()}
        if isinstance(value, list):
            return [self._argument(element) for element in value]
        return value


def _values(call: Call, names: tuple[str, ...], result: bridge.RValue) -> dict[str, np.ndarray]:
    """A named list is looked up by name; a result without the returned name is itself the returned value."""
    values: dict[str, np.ndarray] = {}
    for root in dict.fromkeys(name.split(".")[0] for name in names):
        element = result.element(root)
        if element is None and call.returns == (root,):
            element = result
        if element is not None:
            values.update(leaves(root, bridge.to_python(element)))
    return values
