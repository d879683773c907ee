"""The lines that a person would type to go through one case of a fixture, in Python and in R."""

from __future__ import annotations

import builtins
import dataclasses
import inspect
import keyword
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from parity.consoles.literals import python_literal, r_literal, r_name
from parity.consoles.r_console import Formals, r_function, r_parts, r_string
from parity.fixture.model import Call, Case, Fixture, FunctionReference, Value
from parity.subjects import MisfitError
from parity.subjects.python import resolve

LARGEST = 24  # elements of an array that is still pleasant to read in a console


def session_case(fixture: Fixture, largest: int = LARGEST) -> Case | None:
    """The case to be typed: the first that goes through the gradient, or the first, of those with small arrays.

    A case in which something is to fail is none to show; without a case that fits, None.
    """
    fitting = []
    for case in fixture.cases:
        if any(call.raises for call in case.calls):
            continue
        values = [*case.make.values(), *(v for call in case.calls for v in call.arguments.values())]
        if all(array.size <= largest for value in values for array in _arrays(value)):
            fitting.append(case)
    through = [c for c in fitting if c.derivatives and any(call.do == c.derivatives.gradient for call in c.calls)]
    return next(iter([*through, *fitting]), None)


def session_lines(
    fixture: Fixture, case: Case, *, formals: Formals | None = None, whole: bool = True
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Python lines and the R lines that go through `case` by hand.

    `formals` are the formals of the R functions (`r_formals`); without them R is asked for the arguments of the
    call alone. With `whole`, float arrays of whole numbers are typed as `3`, not `3.0`, in Python, where that
    makes them integer arrays: the caller has to see that the results are the same.
    """
    python, r = (_as_given(case, language) for language in ("python", "r"))
    return _python_lines(fixture, python, whole), _r_lines(fixture, r, formals or {})


def _as_given(case: Case, language: str) -> Case:
    """The case as one language gets it: its own arguments, names, and order of axes."""
    renamed, layout = case.names.get(language, {}), case.layout.get(language, {})

    def own(arguments: Mapping[str, Value]) -> dict[str, Value]:
        return {
            renamed.get(name, name): value.transpose(layout[name].axes)
            if name in layout and isinstance(value, np.ndarray)
            else value
            for name, value in arguments.items()
        }

    calls = tuple(
        dataclasses.replace(call, arguments=own(call.given(language)), only={}, updates=_renamed(call.updates, renamed))
        for call in case.calls
    )
    return dataclasses.replace(case, make=own(case.made_with(language)), only={}, calls=calls)


def _renamed(names: Sequence[str], renamed: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(renamed.get(name, name) for name in names)


class _Kept:
    """An argument that an earlier call has changed: it is handed over again as it now is."""


_MISSING = object()


def _python_lines(fixture: Fixture, case: Case, whole: bool) -> tuple[str, ...]:
    module, _, target = fixture.python.partition(":")
    make = case.make
    top = target.split(".")[0]
    imported: dict[str, list[str]] = {module: [top]}
    lines: list[str] = []
    typed: dict[str, Value] = {}
    state: list[str] = []

    def assign(name: str, value: Value) -> None:
        if name in typed and _same(typed[name], value):
            return
        lines.extend(f"{name} = {python_literal(value, whole, indent=len(name) + 3)}".split("\n"))
        typed[name] = value

    def arguments(given: Mapping[str, Any], order: Sequence[str]) -> str:
        parts: list[str] = []
        positional = list(order[: len(given)]) == list(given)
        for name, value in given.items():
            if isinstance(value, _Kept):
                parts.append(name if positional else f"{name}={name}")
            elif isinstance(value, (np.ndarray, Mapping, list)):
                if isinstance(value, np.ndarray) and value.ndim == 0:
                    parts.append(f"{name}={python_literal(value, whole)}")
                    continue
                assign(name, value)
                parts.append(name if positional else f"{name}={name}")
            elif isinstance(value, FunctionReference):
                source, _, function = value.python.partition(":")
                names = imported.setdefault(source, [])
                if function not in names:
                    names.append(function)
                parts.append(function if positional else f"{name}={function}")
            else:
                positional = False
                parts.append(f"{name}={python_literal(value, whole)}")
        return ", ".join(parts)

    is_function = all(call.do == "call" for call in case.calls)
    parameters = _parameters(fixture)
    thing = target if is_function else _variable(target)
    if not is_function:
        inside = arguments(make, parameters(None))
        lines.append(f"{thing} = {target}({inside})")
    for call in case.calls:
        given: dict[str, Any] = dict(call.arguments)
        known = parameters(None if is_function else call.do)
        if is_function:
            given = {n: v for n, v in make.items() if not known or n in known} | given
        kept = {n: _Kept() for n in state if n in known and n not in given}
        given = {n: v for n in known for v in [{**given, **kept}.get(n, _MISSING)] if v is not _MISSING} | given
        inside = arguments(given, parameters(None if is_function else call.do))
        typed_call = f"{thing}({inside})" if is_function else f"{thing}.{call.do}({inside})"
        readers = _readers(call, case, "python")
        lines.append(f"result = {typed_call}" if readers else typed_call)
        lines.extend(_python_reading(reader) for reader in readers.values())
        shown = [n for n in _shown(call, case) if n not in call.returns and n not in readers]
        for name in dict.fromkeys([*call.updates, *shown]):
            if name in call.updates:
                typed.pop(name, None)  # the call has changed it: a later call that gives it anew types it anew
                state.append(name)
                lines.append(name)
            elif not is_function:
                lines.append(f"{thing}.{name}")
    head = [f"from {source} import {', '.join(names)}" for source, names in imported.items()]
    return ("import numpy as np", *head, *lines)


def _r_lines(fixture: Fixture, case: Case, formals: Formals) -> tuple[str, ...]:
    package, base, expression = r_parts(fixture.r)
    make = case.make
    if fixture.r_source:
        lines = [_source_line(_beside(fixture, path)) for path in fixture.r_source]
    else:
        lines = [f"library({package})"] if package else []
    if expression:
        lines += f"{base} <- {expression}".split("\n")
    typed: dict[str, Value] = {}
    state: set[str] = set()
    results: set[str] = set()

    def assign(name: str, value: Value) -> None:
        if name in typed and _same(typed[name], value):
            return
        lines.extend(f"{r_name(name)} <- {r_literal(value, len(r_name(name)) + 4)}".split("\n"))
        typed[name] = value
        state.discard(name)

    def arguments(call: Call, names: Sequence[str]) -> str:
        parts: list[str] = []
        positional = True
        for name in names:
            short = r_name(name)
            if name in call.arguments or (name in make and name not in state and name not in results):
                value = call.arguments.get(name, make.get(name))
                if _is_inline(value):
                    positional = positional and isinstance(value, FunctionReference)
                    parts.append(r_literal(value) if positional else f"{short} = {r_literal(value)}")
                    continue
                assign(name, value)
            elif name not in state and name not in results:
                positional = False  # left to its default: what follows is given by name
                continue
            parts.append(short if positional else f"{short} = {short}")
        return ", ".join(parts)

    for number, call in enumerate(case.calls):
        function = r_function(base, call.do)
        later = case.calls[number + 1 :]
        wanted = {n for c in later for n in formals.get(r_function(base, c.do), tuple(c.arguments))}
        text = f"{function}({arguments(call, formals.get(function, tuple(call.arguments)))})"
        readers = _readers(call, case, "r")
        kept = [n for n in call.updates if n in wanted and not all(n in c.arguments for c in later)]
        if readers:
            lines.append(f"result <- {text}")
            lines.extend(re.sub(r"(?<![\w.])\.(?![\w.])", "result", reader) for reader in readers.values())
            others = dict.fromkeys([*call.returns, *_shown(call, case)])
            lines.extend(f"result${r_name(name)}" for name in others if name not in readers)
        elif (call.do in wanted and call.do != "call") or kept:
            variable = r_name(call.do)
            lines.append(f"{variable} <- {text}")
            results.add(call.do)
            for name in dict.fromkeys([*call.returns, *call.updates, *_shown(call, case)]):
                if name in kept:
                    lines.append(f"{r_name(name)} <- {variable}${r_name(name)}")
                    state.add(name)
                    typed.pop(name, None)
                    lines.append(r_name(name))
                else:
                    lines.append(f"{variable}${r_name(name)}")
        else:
            lines.append(text)
    return tuple(lines)


def _readers(call: Call, case: Case, language: str) -> dict[str, str]:
    """How values of a result are read out of it, where the case says so."""
    roots = dict.fromkeys([*(name.split(".")[0] for name in call.returns), *_shown(call, case)])
    return {root: case.values[root][language] for root in roots if language in case.values.get(root, {})}


def _python_reading(reader: str) -> str:
    """`params` -> `result.params`; an expression has `_` where the result goes."""
    if re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", reader) and reader != "_":
        return f"result.{reader}"
    return re.sub(r"(?<![\w.])_(?!\w)", "result", reader)


def _shown(call: Call, case: Case) -> list[str]:
    """Roots of the values that are compared beside what the call returns."""
    names = [*call.compare, *call.expect]
    if case.derivatives is not None and call.do == case.derivatives.gradient:
        names += list(case.derivatives.pairs.values())
    return list(dict.fromkeys(name.split(".")[0] for name in names))


def _parameters(fixture: Fixture) -> Callable[[str | None], list[str]]:
    """A function that names, in order, the parameters of the subject or of one of its methods; none if unknown."""

    def names(method: str | None) -> list[str]:
        try:
            thing = resolve(fixture.python, fixture.path.parent)
            found = list(inspect.signature(getattr(thing, method) if method else thing).parameters.values())
        except (MisfitError, AttributeError, TypeError, ValueError):  # unknown order: keywords always work
            return []
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        ordered = [p.name for p in found if p.kind in positional]
        return ordered[1:] if method and ordered[:1] == ["self"] else ordered

    return names


def _variable(name: str) -> str:
    """`SoftmaxWithLoss` -> `softmax_with_loss`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.split(".")[-1]).lower()
    return f"{spaced}_" if spaced == name or hasattr(builtins, spaced) or keyword.iskeyword(spaced) else spaced


def _source_line(path: str) -> str:
    """A file in another folder is run there, so that what it names relative to itself is found."""
    return f"source({r_string(path)}, chdir = TRUE)" if "/" in path else f"source({r_string(path)})"


def _beside(fixture: Fixture, path: Path) -> str:
    try:
        return path.resolve().relative_to(fixture.path.resolve().parent).as_posix()
    except ValueError:
        return path.as_posix()


def _arrays(value: Value) -> Iterable[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _arrays(item)
    elif isinstance(value, list):
        for item in value:
            yield from _arrays(item)


def _same(a: Value, b: Value) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    return a is b


def _is_inline(value: Value) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 0
    return not isinstance(value, (Mapping, list))
