"""The lines that a person would type to go through one case of a fixture, in Python and in R."""

from __future__ import annotations

import builtins
import inspect
import keyword
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from parity.consoles.session import Formals, Language, r_function, r_string
from parity.fixture.model import Call, Case, Factor, Fixture, FunctionReference, Named, Value
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
    return _python_lines(fixture, case, whole), _r_lines(fixture, case, formals or {})


class _Kept:
    """An argument that an earlier call has changed: it is handed over again as it now is."""


_MISSING = object()


def _python_lines(fixture: Fixture, case: Case, whole: bool) -> tuple[str, ...]:
    module, _, target = fixture.python.partition(":")
    make = case.made_with("python")
    top = target.split(".")[0]
    imported: dict[str, list[str]] = {module: [top]}
    lines: list[str] = []
    typed: dict[str, Value] = {}
    state: list[str] = []

    def assign(name: str, value: Value) -> None:
        if name in typed and _same(typed[name], value):
            return
        lines.extend(f"{name} = {_python(value, whole, indent=len(name) + 3)}".split("\n"))
        typed[name] = value

    def arguments(given: Mapping[str, Any], order: Sequence[str]) -> str:
        parts: list[str] = []
        positional = list(order[: len(given)]) == list(given)
        for name, value in given.items():
            if isinstance(value, _Kept):
                parts.append(name if positional else f"{name}={name}")
            elif isinstance(value, (np.ndarray, Mapping, list)):
                if isinstance(value, np.ndarray) and value.ndim == 0:
                    parts.append(f"{name}={_python(value, whole)}")
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
                parts.append(f"{name}={_python(value, whole)}")
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
        lines.append(f"{thing}({inside})" if is_function else f"{thing}.{call.do}({inside})")
        shown = [n for n in _shown(call, case) if n not in call.returns]
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
    package, _, base = fixture.r.rpartition("::")
    make = case.made_with("r")
    if fixture.r_source:
        lines = [f"source({r_string(_beside(fixture, path))})" for path in fixture.r_source]
    else:
        lines = [f"library({package})"] if package else []
    typed: dict[str, Value] = {}
    state: set[str] = set()
    results: set[str] = set()

    def assign(name: str, value: Value) -> None:
        if name in typed and _same(typed[name], value):
            return
        lines.extend(f"{_r_name(name)} <- {_r(value, len(_r_name(name)) + 4)}".split("\n"))
        typed[name] = value
        state.discard(name)

    def arguments(call: Call, names: Sequence[str]) -> str:
        parts: list[str] = []
        positional = True
        for name in names:
            short = _r_name(name)
            if name in call.arguments or (name in make and name not in state and name not in results):
                value = call.arguments.get(name, make.get(name))
                if _is_inline(value):
                    positional = positional and isinstance(value, FunctionReference)
                    parts.append(_r(value) if positional else f"{short} = {_r(value)}")
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
        kept = [n for n in call.updates if n in wanted and not all(n in c.arguments for c in later)]
        if (call.do in wanted and call.do != "call") or kept:
            variable = _r_name(call.do)
            lines.append(f"{variable} <- {text}")
            results.add(call.do)
            for name in dict.fromkeys([*call.returns, *call.updates, *_shown(call, case)]):
                if name in kept:
                    lines.append(f"{_r_name(name)} <- {variable}${_r_name(name)}")
                    state.add(name)
                    typed.pop(name, None)
                    lines.append(_r_name(name))
                else:
                    lines.append(f"{variable}${_r_name(name)}")
        else:
            lines.append(text)
    return tuple(lines)


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


# ------------------------------------------------------------------------------------------------ literals


def _python(value: Value, whole: bool, indent: int = 0) -> str:
    if value is None or isinstance(value, (bool, np.bool_, str)):
        return repr(bool(value) if isinstance(value, np.bool_) else value)
    if isinstance(value, FunctionReference):
        return value.python.partition(":")[2]
    if isinstance(value, Named):
        return _python(value.values, whole, indent)
    if isinstance(value, Factor):
        return repr([None if code < 0 else value.levels[code] for code in value.codes])
    if isinstance(value, Mapping):
        inner = [f'    "{k}": {_python(v, whole, 8 + len(k))},' for k, v in value.items()]
        return "{\n" + "\n".join(inner) + "\n}" if inner else "{}"
    if isinstance(value, list):
        inner = [f"    {_python(v, whole, 4)}," for v in value]
        return "[\n" + "\n".join(inner) + "\n]" if inner else "[]"
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return _python(value.item(), whole)
        if value.size == 0:
            return f"np.zeros({value.shape!r})"
        # One fraction makes the array a float array, however the other numbers are typed.
        as_int = value.dtype.kind in "iu" or whole or not _all_whole(value)
        return f"np.array({_nested(value, as_int, indent + len('np.array('))})"
    return _number(float(value), isinstance(value, (int, np.integer)) or whole, "python")


def _nested(array: np.ndarray, as_int: bool, indent: int) -> str:
    if array.dtype.kind == "b":
        flat = [str(bool(v)) for v in array] if array.ndim == 1 else []
    else:
        flat = [_number(float(v), as_int, "python") for v in array] if array.ndim == 1 else []
    if array.ndim == 1:
        return f"[{_wrapped(flat, indent + 1, 76)}]"
    rows = [_nested(row, as_int, indent + 1) for row in array]
    one = f"[{', '.join(rows)}]"
    if "\n" not in one and indent + len(one) <= 72:
        return one
    return "[" + (",\n" + " " * (indent + 1)).join(rows) + "]"


def _wrapped(parts: Sequence[str], indent: int, width: int) -> str:
    lines: list[str] = []
    line = ""
    for number, part in enumerate(parts):
        piece = part + ("" if number == len(parts) - 1 else ",")
        if line and indent + len(line) + 1 + len(piece) > width:
            lines.append(line)
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    return ("\n" + " " * indent).join([*lines, line])


def _all_whole(array: np.ndarray) -> bool:
    return bool(np.all(np.isfinite(array)) and np.all(array == np.rint(array)) and np.all(np.abs(array) < 1e15))


def _number(value: float, as_int: bool, language: Language) -> str:
    if math.isnan(value):
        return "np.nan" if language == "python" else ("NA_real_" if _is_na(value) else "NaN")
    if math.isinf(value):
        word = "np.inf" if language == "python" else "Inf"
        return word if value > 0 else f"-{word}"
    if value == int(value) and abs(value) < 1e15:
        if value == 0 and math.copysign(1, value) < 0:
            return "-0" if language == "r" else "-0.0"
        return f"{int(value)}" if as_int else repr(value)
    return repr(value)


def _is_na(value: float) -> bool:
    """R's NA is the NaN whose low word is 1954."""
    return int(np.array(value).view(np.uint64)) & 0xFFFFFFFF == 1954


def _r_name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z.][A-Za-z0-9._]*", name) else f"`{name}`"


def _r(value: Value, indent: int = 0) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, (bool, np.bool_)):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return r_string(value)
    if isinstance(value, FunctionReference):
        return value.r.rpartition("::")[2]
    if isinstance(value, Named):
        return (
            f"c({', '.join(f'{_r_name(n)} = {_r(v.item())}' for n, v in zip(value.names, value.values, strict=True))})"
        )
    if isinstance(value, Factor):
        labels = ", ".join("NA" if code < 0 else r_string(value.levels[code]) for code in value.codes)
        levels = ", ".join(map(r_string, value.levels))
        return f"factor(c({labels}), levels = c({levels}){', ordered = TRUE' if value.ordered else ''})"
    if isinstance(value, (Mapping, list)):
        items = value.items() if isinstance(value, Mapping) else [("", v) for v in value]
        heads = [f"  {_r_name(k)} = " if k else "  " for k, _ in items]
        # Lists within lists are indented by their depth; what is aligned is aligned to where it stands.
        named = [
            head + (_r(v).replace("\n", "\n  ") if isinstance(v, (Mapping, list)) else _r(v, len(head)))
            for head, (_, v) in zip(heads, items, strict=True)
        ]
        return "list(\n" + ",\n".join(named) + "\n)" if named else "list()"
    if isinstance(value, np.ndarray):
        return _r_array(value, indent)
    suffix = "L" if isinstance(value, (int, np.integer)) else ""
    return _number(float(value), True, "r") + suffix


def _r_array(array: np.ndarray, indent: int) -> str:
    def one(value: object) -> str:
        if array.dtype.kind == "b":
            return "TRUE" if value else "FALSE"
        text = _number(float(value), True, "r")  # type: ignore[arg-type]
        return text + "L" if array.dtype.kind in "iu" else text

    if array.ndim == 0:
        return one(array.item())
    if array.size == 0:
        kind = {"b": "logical(0)", "i": "integer(0)", "u": "integer(0)"}.get(array.dtype.kind, "numeric(0)")
        return kind if array.ndim == 1 else f"array({kind}, dim = c({', '.join(map(str, array.shape))}))"
    flat = [one(v) for v in array.ravel()]
    if array.ndim == 1:
        return f"c({_wrapped(flat, indent + 2, 72)})" if array.size > 1 else flat[0]
    if array.ndim == 2 and 1 in array.shape:
        body = f"c({_wrapped(flat, indent + 9, 72)})" if array.size > 1 else flat[0]
        return f"matrix({body}, {'nrow' if array.shape[0] == 1 else 'ncol'} = 1)"
    # Row by row, as NumPy writes it: byrow = TRUE for a matrix, aperm() for more dimensions.
    head = "matrix(c(" if array.ndim == 2 else "aperm(array(c("
    last = array.shape[-1]
    step = last if last > 1 else len(flat)
    rows = [_wrapped(flat[at : at + step], indent + len(head), 72) for at in range(0, len(flat), step)]
    body = head + (",\n" + " " * (indent + len(head))).join(rows) + ")"
    if array.ndim == 2:
        tail = f"nrow = {array.shape[0]}, byrow = TRUE)"
    else:
        tail = f"dim = c({', '.join(map(str, reversed(array.shape)))})), {array.ndim}:1)"
    wide = indent + len(head) + len(rows[-1].split("\n")[-1]) + len(tail) > 72
    return body + (",\n" + " " * (indent + head.index("(") + 1) if wide else ", ") + tail
