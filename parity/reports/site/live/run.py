"""What runs a reader's lines in the browser's Python, and holds what they show against what R's lines show.

The comparison and the causes are the verifier's own, `parity.evidence.compare` and `parity.diagnose`; this module
brings the values to them and says in words what comes back. It needs NumPy and nothing else.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
import sys
import traceback
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from parity.diagnose import Difference, diagnose
from parity.evidence.compare import compare, number, python_index, r_index

KINDS = {"double": "<f8", "integer": "<i4", "logical": "<i4", "complex": "<c16"}
MOST = 1_000_000
"""Elements of all values together; more would keep a browser busy for too long."""


@dataclass(frozen=True)
class Leaf:
    """One value of what a line shows: where it lies in it, and the value, or why there is none to compare; `of` is the
    number of the line's value."""

    path: str
    value: Any = None
    odd: str = ""
    of: int = 0


_shown: list[Leaf] = []
_stopped: list[str] = []
_inputs: dict[str, np.ndarray] = {}


HOME = os.getcwd()
"""Where the files of the project are, which stay importable from any folder of it."""
if HOME not in sys.path:
    sys.path.insert(0, HOME)


def run(lines: str, before: str, sources: Mapping[str, str], project: Sequence[str], folder: str = "") -> str:
    """Type the lines into a new console. `before` has gone before in it and shows nothing.

    `sources` are modules as the reader has changed them, by name; `project` are the names of the packages that are
    imported anew each time; `folder` is where the lines are typed. Gives what the console answered and the error, if
    any, as JSON.
    """
    _shown.clear()
    _stopped.clear()
    _inputs.clear()
    for name in [name for name in sys.modules if name.partition(".")[0] in project]:
        del sys.modules[name]
    os.makedirs(os.path.join(HOME, folder), exist_ok=True)
    os.chdir(os.path.join(HOME, folder))
    answered = io.StringIO()
    error, number = "", 0
    try:
        with contextlib.redirect_stdout(answered), contextlib.redirect_stderr(answered):
            for name, text in sources.items():
                __import__(name)
                exec(compile(text, f"{name}.py", "exec", dont_inherit=True), sys.modules[name].__dict__)
            names: dict[str, Any] = {"__name__": "__main__"}
            with contextlib.redirect_stdout(io.StringIO()):
                for statement in ast.parse(before).body:
                    # One that fails is no end, as it is none in a console: a page may show what fails.
                    with contextlib.suppress(Exception):
                        _typed(statement, names)
            for statement in ast.parse(lines).body:
                value = _typed(statement, names)
                if value is not None:
                    print(repr(value))
                    number += 1
                    _shown.extend(replace(leaf, of=number) for leaf in leaves(value))
            _inputs.update((n, v) for n, v in names.items() if isinstance(v, np.ndarray) and v.dtype.kind in "biuf")
    except BaseException as raised:
        error = "".join(traceback.format_exception_only(raised)).strip()
        _stopped.append("Python")
    return json.dumps({"said": answered.getvalue().rstrip("\n"), "error": error})


def _typed(statement: ast.stmt, names: dict[str, Any]) -> Any:
    """Carry out one statement; the value that a console would show, or None."""
    if isinstance(statement, ast.Expr):
        return eval(compile(ast.Expression(statement.value), "<console>", "eval", dont_inherit=True), names)
    exec(compile(ast.Module([statement], []), "<console>", "exec", dont_inherit=True), names)
    return None


def leaves(value: Any, path: str = "") -> Iterator[Leaf]:
    """What can be compared of a value of Python's: an array is one, a dict or a tuple as many as it has.

    An array is copied: what a later line changes in it was not shown.
    """
    if isinstance(value, (dict, tuple)) and not value:
        yield Leaf(path, odd=f"empty {type(value).__name__}")
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, tuple) or (isinstance(value, list) and not _is_array(value)):
        for place, one in enumerate(value):
            yield from leaves(one, f"{path}[{place}]")
    elif value is None or isinstance(value, (bool, int, float, complex, str, list, np.ndarray, np.generic)):
        array = None if value is None else np.array(value)
        if array is not None and array.dtype.kind not in "biufcU":
            yield Leaf(path, odd=str(array.dtype))
        else:
            yield Leaf(path, array)
    else:
        yield Leaf(path, odd=type(value).__name__)


def _is_array(value: list[Any]) -> bool:
    """Whether a list is one array of numbers, of truth values or of texts."""
    try:
        array = np.asarray(value)
    except ValueError:
        return False
    kinds = {type(one) for one in _inside(value)}
    # Not as NumPy, to which a number among texts is a text.
    return array.dtype.kind in "biufcU" and any(kinds <= alike for alike in ({bool}, {str}, {int, float, complex}))


def _inside(value: list[Any]) -> Iterator[Any]:
    for one in value:
        if isinstance(one, list):
            yield from _inside(one)
        else:
            yield one.item() if isinstance(one, np.generic) else one


def r_leaf(sent: Mapping[str, Any]) -> Leaf:
    """A value as R sent it: its bytes by columns, as R has them."""
    kind, path, of = sent["kind"], sent["path"], int(sent.get("of", 0))
    if kind == "NULL":
        return Leaf(path, of=of)
    if kind == "other":
        return Leaf(path, odd=sent["class"], of=of)
    extents = tuple(int(extent) for extent in sent["extents"])
    if kind == "character":
        return Leaf(path, np.array(list(sent["texts"]), dtype=str).reshape(extents, order="F"), of=of)
    array = np.frombuffer(bytes(sent["bytes"]), KINDS[kind])
    return Leaf(path, (array != 0 if kind == "logical" else array).reshape(extents, order="F"), of=of)


def compared(leaves: Sequence[Leaf], names: Collection[str]) -> list[Leaf]:
    """Without what R hands on beside its results, which Python keeps in an object: of a list that has one of the names
    that the subject is compared by, only those."""
    roots: dict[int, set[str]] = {}
    for leaf in leaves:
        roots.setdefault(leaf.of, set()).add(leaf.path.partition("$")[0])
    return [leaf for leaf in leaves if not roots[leaf.of] & {*names} or leaf.path.partition("$")[0] in names]


def as_named(leaves: Sequence[Leaf], like: Sequence[Leaf]) -> list[Leaf]:
    """Each value that has the same names on both sides, in the order of the other side: what has names is read by them,
    whatever their order."""
    ordered: list[Leaf] = []
    for of in dict.fromkeys(leaf.of for leaf in leaves):
        own = [leaf for leaf in leaves if leaf.of == of]
        places = {_called(leaf.path): leaf for leaf in own}
        names = [_called(leaf.path) for leaf in like[len(ordered) : len(ordered) + len(own)]]
        alike = len(places) == len(own) and "" not in places and sorted(places) == sorted(names)
        ordered += [places[name] for name in names] if alike else own
    return ordered


def judge(
    sent: Sequence[Mapping[str, Any]],
    stopped: bool,
    rtol: float,
    atol: float,
    language: str,
    names: Collection[str] = (),
) -> str:
    """The values that the last run showed against those that R's lines showed, in their order, as JSON.

    `names` are those of the results that the subject is compared by, where the lines are a case's. A side that
    `stopped` with an error, nothing to compare, and one side that shows more than the other are no agreement, and what
    shows nothing, such as a zero on both sides, is none by itself.
    """
    python, r = list(_shown), compared([r_leaf(one) for one in sent], names)
    counts = [len(python), len(r)]
    who = [*_stopped, *(["R"] if stopped else [])]
    if who or not python or len(python) != len(r):
        return json.dumps({"agree": False, "stopped": who, "counts": counts, "values": []})
    pairs = zip(python, as_named(r, python), strict=True)
    values = [_judged(mine, its, rtol, atol, language) for mine, its in pairs]
    agree = any(one["agree"] for one in values) and all(one["agree"] or one.get("hollow") for one in values)
    return json.dumps({"agree": agree, "stopped": [], "counts": counts, "values": values})


def _judged(python: Leaf, r: Leaf, rtol: float, atol: float, language: str) -> dict[str, Any]:
    name = r.path or python.path
    for side, leaf in (("Python", python), ("R", r)):
        if leaf.odd:
            return {"agree": False, "name": name, "odd": [side, leaf.odd]}
    called = [_called(python.path), _called(r.path)]
    if all(called) and called[0] != called[1]:
        return {"agree": False, "name": name, "called": called}
    if any(leaf.value is not None and leaf.value.size > MOST for leaf in (python, r)):
        return {"agree": False, "name": name, "odd": ["", f"> {MOST:,}"]}
    found = compare(r.value, python.value, rtol=rtol, atol=atol)
    verdict: dict[str, Any] = {
        "agree": found.ok,
        "name": name,
        "count": found.count,
        "message": "" if found.ok else found.message,
        "hollow": found.reason == "vacuous",
        "largest": f"{found.absolute.value:.2g}" if found.absolute else "",
    }
    if found.reason in ("value", "class") and found.ratio is not None:
        at = found.ratio.index
        verdict["where"] = [python_index(at), r_index(at)]
        verdict["there"] = [number(found.reference), number(found.actual)]
    if found.reason in ("value", "class", "shape") and python.value is not None and r.value is not None:
        verdict["cause"] = _cause(python.value, r.value, rtol, atol, language)
    return verdict


def _called(path: str) -> str:
    """The name that ends a path; nothing where that is a place."""
    last = re.split(r"[.$]", path)[-1]
    return "" if last.endswith("]") else last


def _cause(python: np.ndarray, r: np.ndarray, rtol: float, atol: float, language: str) -> str:
    if python.dtype.kind not in "biuf" or r.dtype.kind not in "biuf" or not python.size or not r.size:
        return ""
    if {python.shape, r.shape} == {(), (1,)}:  # R has no scalars
        python, r = python.reshape(()), r.reshape(())
    difference = Difference(
        r.astype(float), python.astype(float), rtol=rtol, atol=atol, subject="r", standard="python", inputs=_inputs
    )
    diagnosis = diagnose(difference)
    return "; ".join(cause.says[language] for cause in diagnosis.causes) if diagnosis and diagnosis.causes else ""
