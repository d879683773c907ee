"""A family of R functions as the subject of a case: `Affine.forward`, `Affine.backward`.

A package is loaded from its sources where they lie beside the fixture (a folder with a DESCRIPTION next to
one of the fixture's ancestors), so that a checkout tests itself; otherwise the installed package is used.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from parity import bridge
from parity.fixture.model import Call, Case, Fixture, FunctionReference, Value
from parity.subjects import MisfitError, one_of
from parity.subjects.observation import CallTrace, Failure, leaves

NEARBY = 4
"""How many folders above a fixture are looked through for a package's sources."""


def package_source(package: str, near: Path) -> Path | None:
    """The folder of the package's sources beside `near` or one of its nearest ancestors, if there is one."""
    for ancestor in near.resolve().parents[:NEARBY]:
        for description in sorted(ancestor.glob("*/DESCRIPTION")):
            with contextlib.suppress(OSError):
                named = re.search(r"^Package:\s*(\S+)", description.read_text("utf-8", errors="replace"), re.MULTILINE)
                if named and named[1] == package:
                    return description.parent
    return None


def _load_files(files: tuple[Path, ...]) -> bridge.RValue:
    """An environment below the global one with everything that the files define."""
    for file in files:
        file.stat()
    load = bridge.function(
        """function(files) {
          env <- new.env(parent = globalenv())
          for (file in files) sys.source(file, envir = env, keep.source = FALSE)
          env
        }"""
    )
    return load.keep(files=[str(file) for file in files])


@functools.cache
def _load_package(folder: Path, stamps: tuple[int, ...]) -> bridge.RValue:  # noqa: ARG001
    """What the package's namespace would hold, with what it imports above it; an edited file is another stamp."""
    load = bridge.function(
        """function(folder) {
          imports <- new.env(parent = .BaseNamespaceEnv)
          for (one in parseNamespaceFile(basename(folder), dirname(folder), mustExist = FALSE)$imports) {
            from <- asNamespace(one[[1L]])
            names <- if (length(one) > 1L) one[[2L]] else getNamespaceExports(from)
            for (name in names) assign(name, get(name, envir = from), envir = imports)
          }
          space <- new.env(parent = imports)
          files <- list.files(file.path(folder, "R"), "[.][RrSsQq]$", full.names = TRUE)
          for (file in files) sys.source(file, envir = space, keep.source = FALSE)
          space
        }"""
    )
    return load.keep(folder=str(folder))


def _begin() -> bridge.RValue:
    """Set R's global environment, options and search path aside for one fixture, whose code must not decide how
    another's comes out, nor touch what a user of the same R keeps there. What is returned brings them back."""
    return bridge.function(
        """function() {
          kept <- list(globals = as.list(globalenv(), all.names = TRUE), options = options(), search = search())
          rm(list = ls(globalenv(), all.names = TRUE), envir = globalenv())
          RNGkind("default", "default", "default")
          rm(list = ls(globalenv(), all.names = TRUE), envir = globalenv())
          function() {
            while (length(extra <- which(!search() %in% kept$search))) detach(pos = extra[1], character.only = TRUE)
            new <- setdiff(names(options()), names(kept$options))
            options(structure(vector("list", length(new)), names = new))
            options(kept$options)
            rm(list = ls(globalenv(), all.names = TRUE), envir = globalenv())
            invisible(list2env(kept$globals, globalenv()))
          }
        }"""
    ).keep()


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
                return _load_files(self._fixture.r_source)
            source = package_source(package, near)
            if source is None:
                return bridge.function("function(package) asNamespace(package)").keep(package=package)
            files = [source / "NAMESPACE", *sorted((source / "R").glob("*"))]
            return _load_package(source, tuple(file.stat().st_mtime_ns for file in files if file.exists()))
        except FileNotFoundError as error:
            raise MisfitError(
                ("r_source",), f"there is no file {error.filename}", "R files, relative to the fixture", absolute=True
            ) from error
        except bridge.RError as error:
            problem = f"R could not load {package or 'the files of r_source'}: {error.message}"
            expected = "an installed package, or its sources beside the fixtures" if package else "R files that load"
            raise MisfitError(("r",) if package else ("r_source",), problem, expected, absolute=True) from error

    def title(self, call: Call) -> str:
        """The name of the function that the call goes to."""
        return self.prefix if call.do == "call" else f"{self.prefix}.{call.do}"

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
        self._end = bridge.function(_begin())
        self._namespace = Namespace(fixture)

    def close(self) -> None:
        self._end.keep()

    def begin(self, case: Case) -> RRun:
        self._check_made(case)
        return RRun(self._namespace, case.made_with("r"))

    def _check_made(self, case: Case) -> None:
        """Every argument of `make` is one that a function of the case takes; those of Python alone are its own."""
        formals: dict[str, bool] = {}
        for call in case.calls:
            with contextlib.suppress(MisfitError):  # said when the call is made
                formals.update(self._namespace.function(self._namespace.title(call)).formals)
        for key, made in ((("only", "r"), case.only.get("r", {})), (("make",), case.make)):
            for name in made:
                if formals and name not in formals and "..." not in formals and name not in case.only.get("python", {}):
                    takes = one_of(formal for formal in formals)
                    raise MisfitError(
                        (*key, name), f"no formal of {self._namespace.prefix}'s functions takes {name}", takes
                    )


class RRun:
    """Fills a call's formals from, in this order: `with`, state, whole earlier results by call name, `make`."""

    def __init__(self, namespace: Namespace, made: Mapping[str, Value]) -> None:
        self._namespace = namespace
        self._made = made
        self._state: dict[str, bridge.RValue] = {}
        self._results: dict[str, bridge.RValue] = {}
        bridge.take_messages()  # what loading said is not the case's

    def call(self, call: Call, names: tuple[str, ...]) -> CallTrace:
        title = self._namespace.title(call)
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
        try:
            return CallTrace(call.do, _values(call, names, result), (), warnings, output)
        except bridge.ConversionError as error:
            failure = Failure("conversion", f"the result of {title} has no form in Python: {error}", title)
            return CallTrace(call.do, warnings=warnings, output=output, error=failure)

    def _arguments(self, title: str, formals: Mapping[str, bool], call: Call) -> dict[str, Any]:
        takes = [name for name in formals if name != "..."]
        given = call.given("r")
        if "..." not in formals:
            for name in given:
                if name not in formals:
                    raise MisfitError(("with", name), f"no formal of {title} takes {name}", one_of(takes))
        arguments: dict[str, Any] = {}
        for name in takes:
            if name in given:
                arguments[name] = self._argument(given[name])
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
            spare = {name: self._argument(value) for name, value in given.items() if name not in formals}
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
