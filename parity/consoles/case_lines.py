"""The lines that a person would type to go through one case of a fixture, in Python and in R."""

from __future__ import annotations

import ast
import builtins
import inspect
import keyword
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from parity.consoles.language_case import case_in
from parity.consoles.literals import python_literal, r_literal, r_name
from parity.consoles.r_console import CallPlan, by_name, left_by, r_function, r_parts, r_string
from parity.fixture.model import Call, Case, Fixture, Frame, FunctionReference, Value
from parity.subjects import MisfitError
from parity.subjects.expressions import names_beside
from parity.subjects.python import resolve

LARGEST = 24  # elements of an array that is still pleasant to read in a console


def session_case(fixture: Fixture, largest: int = LARGEST) -> Case | None:
    """The case to be typed: the first that goes through the gradient, or the first, of those with small arrays.

    A case in which something is to fail is none to show, nor one with a seed: no line gives one language the stream of
    the other. Without a case that fits, and of a fixture of one language alone, None.
    """
    fitting = []
    for case in fixture.cases if len(fixture.languages) > 1 else ():
        if case.seed is not None or any(call.raises for call in case.calls):
            continue
        values = [*case.make.values(), *(v for call in case.calls for v in call.arguments.values())]
        if all(array.size <= largest for value in values for array in _arrays(value)):
            fitting.append(case)
    through = [c for c in fitting if c.derivatives and any(call.do == c.derivatives.gradient for call in c.calls)]
    return next(iter([*through, *fitting]), None)


def session_lines(
    fixture: Fixture, case: Case, *, plans: Sequence[CallPlan] | None = None, whole: bool = True
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Python lines and the R lines that go through `case` by hand.

    `plans` say how R's formals are filled (`r_plans`); without them R is given the arguments of the call alone. With
    `whole`, float arrays of whole numbers are typed as `3`, not `3.0`, in Python, where that makes them integer
    arrays: the caller has to see that the results are the same.
    """
    python, r = (case_in(case, language) for language in ("python", "r"))
    return _python_lines(fixture, python, whole), _r_lines(fixture, r, plans or tuple(map(by_name, r.calls)))


class _StateVariable:
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

    def arguments(values: Mapping[str, Any], order: Sequence[str]) -> str:
        parts: list[str] = []
        positional = list(order[: len(values)]) == list(values)
        for name, value in values.items():
            if isinstance(value, _StateVariable):
                parts.append(name if positional else f"{name}={name}")
            elif isinstance(value, (np.ndarray, Mapping, list, Frame)):
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

    is_function = not _makes(fixture, case)
    parameters = _parameters(fixture)
    thing = target if is_function else _variable(target)
    if not is_function:
        inside = arguments(make, parameters(None))
        lines.append(f"{thing} = {target}({inside})")
        for name, value in case.attributes.get("python", {}).items():
            lines.extend(f"{thing}.{name} = {python_literal(value, whole)}".split("\n"))
    for call in case.calls:
        inputs: dict[str, Any] = dict(call.arguments)
        written = call.instead.get("python")
        formals = parameters(None if is_function else call.do) if written is None else _formals(written)
        if is_function:
            inputs = {n: v for n, v in make.items() if n in formals or not (formals or written)} | inputs
        state_values = {n: _StateVariable() for n in state if n in formals and n not in inputs}
        inputs = {
            n: v for n in formals for v in [{**inputs, **state_values}.get(n, _MISSING)] if v is not _MISSING
        } | inputs
        inside = arguments(inputs, formals)
        typed_call = f"{thing}({inside})" if is_function or call.do == "call" else f"{thing}.{call.do}({inside})"
        if written is not None:
            typed_call = f"{_callable(_python_reading(written, thing))}({inside})"
        readers = _readers(call, case, "python")
        lines.append(f"result = {typed_call}" if readers else typed_call)
        lines.extend(_python_reading(reader) for reader in readers.values())
        members = [n for n in _compared_roots(call, case) if n not in call.returns and n not in readers]
        updates = [case.names.get("python", {}).get(name, name) for name in call.updates]
        for name in dict.fromkeys([*updates, *members]):
            if name in updates and (is_function or name in inputs):
                typed.pop(name, None)  # the call has changed it: a later call that gives it anew types it anew
                state.append(name)
                lines.append(name)
            elif not is_function:
                lines.append(f"{thing}.{name}")
    codes = [*(call.instead.get("python", "") for call in case.calls), case.setup.get("python", "")]
    codes += [reader for call in case.calls for reader in _readers(call, case, "python").values()]
    aliases = []
    for name, value in _names_used(fixture, codes):
        if inspect.ismodule(value):
            aliases.append(f"import {value.__name__} as {name}")
            continue
        source = getattr(value, "__module__", None) or module
        home = source if getattr(sys.modules.get(source), name, None) is value else module
        if name not in imported.setdefault(home, []):
            imported[home].append(name)
    head = [*aliases, *(f"from {source} import {', '.join(names)}" for source, names in imported.items())]
    pandas = ["import pandas as pd"] if any("pd." in line for line in lines) else []
    return ("import numpy as np", *pandas, *head, *_lines(case.setup.get("python", "")), *lines)


def _r_lines(fixture: Fixture, case: Case, plans: Sequence[CallPlan]) -> tuple[str, ...]:
    package, base, expression = r_parts(fixture.r)
    if fixture.r_source:
        lines = [_source_line(_beside(fixture, path)) for path in fixture.r_source]
    else:
        lines = [f"library({package})"] if package else []
    if expression:
        lines += f"{base} <- {expression}".split("\n")
    lines += _lines(case.setup.get("r", ""))
    typed: dict[str, Value] = {}
    holders: dict[str, str] = {}  # variables that hold what a call left: "state" or "results"

    def awaited(place: str, name: str, first: int) -> bool:
        """Whether a call from the first on takes this before another gives it anew."""
        for call, plan in list(zip(case.calls, plans, strict=True))[first:]:
            if (name, place) in plan.sources:
                return True
            if "r" not in call.raises and name in (left_by(case, call) if place == "state" else (call.do,)):
                return False
        return False

    def hold(name: str, place: str) -> None:
        typed.pop(name, None)
        holders[name] = place

    def argument(name: str, value: Value, number: int) -> str:
        """The value, or the name of a variable for it, which is typed first."""
        if _is_inline(value) or (name in holders and awaited(holders[name], name, number)):
            return r_literal(value)
        short = r_name(name)
        if name not in typed or not _same(typed[name], value):
            lines.extend(f"{short} <- {r_literal(value, len(short) + 4)}".split("\n"))
            typed[name] = value
            holders.pop(name, None)
        return short

    def arguments(number: int) -> str:
        call, plan = case.calls[number], plans[number]
        parts: list[str] = []
        positional = True
        for order, (name, place) in enumerate(plan.sources):
            # After a formal that is left to its default, what follows is given by name, as it is after `...`.
            positional = positional and plan.takes[order : order + 1] == (name,)
            text = r_name(name)
            if place in ("with", "make"):
                value = call.arguments[name] if place == "with" else case.make[name]
                text = argument(name, value, number)
                positional = positional and (text == r_name(name) or isinstance(value, FunctionReference))
            parts.append(text if positional else f"{r_name(name)} = {text}")
        return ", ".join(parts)

    maker = next((plan.maker for plan in plans if plan.maker), "")
    thing = r_name(_variable(base))
    if maker:
        inside = ", ".join(f"{r_name(name)} = {argument(name, value, 0)}" for name, value in case.make.items())
        lines.append(f"{thing} <- {maker}({inside})")
        for name, value in case.attributes.get("r", {}).items():
            lines.extend(f"{thing}${r_name(name)} <- {r_literal(value)}".split("\n"))
    for number, call in enumerate(case.calls):
        inside = arguments(number)
        if "r" in call.instead:
            function = _callable(_r_reading(call.instead["r"], thing))
        elif not maker:
            function = r_function(base, call.do)
        elif plans[number].generic:
            function, inside = call.do, ", ".join(filter(None, (thing, inside)))
        else:
            function = thing if call.do == "call" else f"{thing}${r_name(call.do)}"
        lines_of_call = f"{function}({inside})".split("\n")
        readers = _readers(call, case, "r")
        state = {name: own for own, name in left_by(case, call).items() if awaited("state", own, number + 1)}
        needed = bool(state) or awaited("results", call.do, number + 1)
        if not (needed or readers):
            lines.extend(lines_of_call)
            continue
        variable = call.do if needed else "result"
        short = r_name(variable)
        lines.extend([f"{short} <- {lines_of_call[0]}", *lines_of_call[1:]])
        hold(variable, "results")
        lines.extend(_r_reading(reader, short) for reader in readers.values())
        members = [
            n for n in dict.fromkeys([*call.returns, *call.updates, *_compared_roots(call, case)]) if n not in readers
        ]
        for name in dict.fromkeys([*members, *state]):
            member = f"{short}${r_name(name)}"
            if name in state:
                hold(state[name], "state")
                lines.append(f"{r_name(state[name])} <- {member}")
                member = r_name(state[name])
            if name in members:
                lines.append(member)
    return tuple(lines)


def _readers(call: Call, case: Case, language: str) -> dict[str, str]:
    """How values of a result are read out of it, where the case says so."""
    roots = dict.fromkeys([*(name.split(".")[0] for name in call.returns), *_compared_roots(call, case)])
    return {root: case.values[root][language] for root in roots if language in case.values.get(root, {})}


def _lines(code: str) -> list[str]:
    return code.split("\n") if code.strip() else []


def _callable(expression: str) -> str:
    """An expression as it is called: a name as it stands, anything else in parentheses."""
    return expression if re.fullmatch(r"[\w.$:]+", expression) else f"({expression})"


def _r_reading(reader: str, result: str) -> str:
    return re.sub(r"(?<![\w.])\.(?![\w.])", lambda _: result, reader)


def _python_reading(reader: str, result: str = "result") -> str:
    """`params` -> `result.params`; an expression has `_` where the result goes."""
    if result == "result" and re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", reader) and reader.partition(".")[0] != "_":
        return f"result.{reader}"
    return re.sub(r"(?<![\w.])_(?!\w)", result, reader)


def _compared_roots(call: Call, case: Case) -> list[str]:
    """Roots of the values that are compared beside what the call returns."""
    names = [*call.compare, *call.expect]
    if case.derivatives is not None and call.do == case.derivatives.gradient:
        names += list(case.derivatives.pairs.values())
    return list(dict.fromkeys(name.split(".")[0] for name in names))


def _names_used(fixture: Fixture, codes: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """The names of the subject's module that code of the fixture uses, which a console has to import, less `np`."""
    try:
        there = names_beside(resolve(fixture.python, fixture.path.parent))
    except MisfitError:
        return
    read: dict[str, None] = {}
    bound: set[str] = set()
    for code in codes:
        try:
            tree = ast.parse(code.strip())
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                read[node.id] = None
                bound |= {node.id} if isinstance(node.ctx, ast.Store) else set()
            elif isinstance(node, ast.arg):
                bound.add(node.arg)
            elif isinstance(node, ast.alias):
                bound.add((node.asname or node.name).partition(".")[0])
    yield from ((name, there[name]) for name in read if name in there and name not in bound and name != "np")


def _makes(fixture: Fixture, case: Case) -> bool:
    """Whether `python` makes an object, whose methods the calls are, as the side that is verified has it."""
    if any(call.do != "call" and "python" not in call.instead for call in case.calls):
        return True
    try:
        is_class = inspect.isclass(resolve(fixture.python, fixture.path.parent))
    except MisfitError:
        is_class = False
    return (is_class or fixture.factory) and "python" not in case.unmade


def _formals(code: str) -> list[str]:
    """The arguments of a lambda, in order; none of anything else."""
    try:
        tree = ast.parse(code.strip(), mode="eval").body
    except SyntaxError:
        return []
    return [one.arg for one in (*tree.args.posonlyargs, *tree.args.args)] if isinstance(tree, ast.Lambda) else []


def _parameters(fixture: Fixture) -> Callable[[str | None], list[str]]:
    """A function that names, in order, the parameters of the subject or of one of its methods; none if unknown."""

    def names(method: str | None) -> list[str]:
        try:
            thing = resolve(fixture.python, fixture.path.parent)
            formals = list(inspect.signature(getattr(thing, method) if method else thing).parameters.values())
        except (MisfitError, AttributeError, TypeError, ValueError):  # unknown order: keywords always work
            return []
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        ordered = [p.name for p in formals if p.kind in positional]
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
    """As seen from the folder of the fixture, in which the lines are typed."""
    return Path(os.path.relpath(path.resolve(), fixture.path.resolve().parent)).as_posix()


def _arrays(value: Value) -> Iterable[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _arrays(item)
    elif isinstance(value, list):
        for item in value:
            yield from _arrays(item)
    elif isinstance(value, Frame):
        yield np.empty(len(value) * len(value.columns))


def _same(a: Value, b: Value) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    return a is b


def _is_inline(value: Value) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 0
    return not isinstance(value, (Mapping, list, Frame))
