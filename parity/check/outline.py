"""A first fixture from the signatures of the two sides: their arguments matched, and inputs guessed by their names.

What is guessed is tried: of several ways to fill the arguments the first is taken that both sides answer. Whether they
agree plays no part in it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from parity import bridge
from parity.check.draft import ATOL, RTOL, sentence
from parity.check.errors import CheckError
from parity.check.references import PythonSide, RSide
from parity.fixture.model import Fixture
from parity.fixture.read import FixtureError, read_fixture
from parity.subjects import MisfitError, one_of
from parity.subjects.inputs import last_of
from parity.subjects.modules import importable
from parity.subjects.python import resolve
from parity.subjects.r import Callee, Namespace
from parity.subjects.worker import WorkerOptions
from parity.verify.case import Options, subjects, verify
from parity.verify.results import CaseResult, FixtureResult

SECONDS = 20.0
"""How long one side may take for all inputs that are tried."""


@dataclass(frozen=True)
class Formal:
    """An argument of a function. `default` is what Python's says, where it is a number, a text or a truth value."""

    name: str
    optional: bool
    default: Any = None
    annotation: str = ""


@dataclass(frozen=True)
class Matched:
    """How the arguments of one call go together. `both` are Python's, `renamed` says what R calls some of them; the
    others are needed on one side alone; `left_out` have a default there."""

    both: tuple[Formal, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    only_python: tuple[Formal, ...] = ()
    only_r: tuple[Formal, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outline:
    """`document` is the fixture; `notes` say what was assumed, in lines. `answered`: both sides gave a result."""

    document: Mapping[str, Any]
    title: str
    notes: tuple[str, ...]
    answered: bool
    agrees: bool


def outline(python: PythonSide, r: RSide, *, folder: Path) -> Outline:
    """A fixture for a file in `folder`. Raises CheckError for what does not exist or cannot be laid out, RUnavailable
    where there is no R."""
    name = _importable(python, folder)
    try:
        target = resolve(name, folder.resolve())
    except MisfitError as error:
        raise CheckError(sentence(("python",), error.problem, error.expected)) from None
    bare = Fixture(folder.resolve() / "outline.json", python.title, {}, {}, name, r.code, (), r_source=r.files)
    try:
        bridge.start()
        namespace = Namespace(bare)
        calls = _calls(target, python.title, namespace)
    except MisfitError as error:
        raise CheckError(sentence(("r",), error.problem, error.expected)) from None
    head = {
        **_schema_near(folder),
        "about": f"{python.title}: say here, in a line, what it computes",
        "source": "say here where it is described: a paper, a page, the function that was ported",
        "python": name,
        "r": r.code,
        **(
            {"r_source": [Path(os.path.relpath(file, folder.resolve())).as_posix() for file in r.files]}
            if r.files
            else {}
        ),
        **calls.names,
        "tolerance": {
            "rtol": RTOL,
            "atol": ATOL,
            "because": "parity's own; `parity tolerance` proposes what these values need. Say here why.",
        },
    }
    return _Trial(head, calls, folder, python.title).outline()


def _importable(python: PythonSide, folder: Path) -> str:
    """What a fixture in `folder` calls the Python side: by the folder that its module is found from."""
    folder = folder.resolve()
    found_from = (*importable(folder), Path.cwd())
    module, _, name = python.name.partition(":")
    file = python.folder / f"{module.replace('.', '/')}.py"
    if python.folder in found_from or not file.is_file():
        return python.name
    for start in found_from:
        if start in file.parents:
            parts = file.relative_to(start).with_suffix("").parts
            if all(part.isidentifier() for part in parts):
                return f"{'.'.join(parts)}:{name}"
    raise CheckError(f"python: {file} is not found from {folder}; expected --out in its folder, or in its project")


def _schema_near(folder: Path) -> dict[str, str]:
    """An installed schema, in this folder or the nearest above."""
    for above in (folder.resolve(), *folder.resolve().parents[:4]):
        file = above / "schema.json"
        try:
            if json.loads(file.read_text("utf-8"))["$id"] == "urn:parity:fixture":
                return {"$schema": Path(os.path.relpath(file, folder.resolve())).as_posix()}
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return {}


# -- signatures --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Calls:
    """What is called: `make` (None for a function), then each call with its arguments."""

    make: Matched | None
    calls: tuple[tuple[str, Matched], ...]
    gradient: str | None = None

    @property
    def names(self) -> dict[str, Any]:
        """The fixture's "names"."""
        renamed: dict[str, str] = {}
        for matched in (self.make or Matched(), *(matched for _, matched in self.calls)):
            renamed |= matched.renamed
        return {"names": {"r": renamed}} if renamed else {}


_TAKES_ANY = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _formals(function: Callable[..., Any], *, bound: bool) -> tuple[Formal, ...] | None:
    """None where Python does not tell."""
    try:
        parameters = [*inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        return None
    if bound and parameters and parameters[0].kind not in _TAKES_ANY:
        parameters = parameters[1:]
    formals = []
    for parameter in parameters:
        if parameter.kind in _TAKES_ANY or not parameter.name.isidentifier():
            continue
        default = parameter.default
        optional = default is not inspect.Parameter.empty
        plain = default if type(default) in (bool, int, float, str) and optional else None
        annotation = parameter.annotation
        text = "" if annotation is inspect.Parameter.empty else getattr(annotation, "__name__", str(annotation))
        formals.append(Formal(parameter.name, optional, plain, text))
    return tuple(formals)


def _r_formals(callee: Callee) -> tuple[Formal, ...]:
    optional = bridge.read(callee.signature, ("optional",)).get("optional")
    flags = np.atleast_1d(np.asarray(optional)).tolist() if optional is not None else []
    return tuple(Formal(name, bool(flag)) for name, flag in zip(callee.names, flags, strict=True) if name != "...")


def _takes_dots(callee: Callee) -> bool:
    return "..." in callee.names


def _calls(target: Any, title: str, namespace: Namespace) -> Calls:
    if not inspect.isclass(target):
        callee = namespace.callee("call", ("calls", 0))
        own = _r_formals(callee)
        formals = _formals(target, bound=False)
        if formals is None:  # a ufunc or a builtin: R's names stand for Python's
            formals = tuple(Formal(one.name, one.optional) for one in own if not one.optional)
        return Calls(None, (("call", _match(formals, own, dots=_takes_dots(callee))),))
    methods = _methods(target)
    asked = [do for do in ("forward", "backward") if do in methods] or methods
    callees: dict[str, Callee] = {}
    for do in asked:
        with contextlib.suppress(MisfitError):
            callees[do] = namespace.callee(do, ("calls", 0))
    made = _formals(target, bound=False) or ()
    if not callees:
        maker = namespace.maker
        if maker is None or not asked:
            names = one_of([f"{namespace.prefix}.{do}" for do in asked]) if asked else "a class with public methods"
            raise CheckError(f"r: R has none of the methods of {title}; expected {names}")
        # An object whose methods cannot be asked before it is made: they take what Python's do.
        inputs = tuple((do, _match(_of_method(target, do), None)) for do in asked[: 2 if "forward" in asked else 1])
        gradient = "backward" if [do for do, _ in inputs] == ["forward", "backward"] else None
        return Calls(_match(made, _r_formals(maker), dots=_takes_dots(maker)), inputs, gradient)
    of_r = {do: _r_formals(callee) for do, callee in callees.items()}
    results = frozenset(callees)
    everything = {formal.name: formal for formals in of_r.values() for formal in formals if formal.name not in results}
    taken: set[str] = set()
    for do in callees:
        taken |= {_same(one.name) for one in _of_method(target, do)}
    for_make = tuple(formal for formal in everything.values() if _same(formal.name) not in taken)
    make = _match(made, for_make, by_order=False)
    known = results | {one.name for one in make.both} | set(make.renamed.values()) | {one.name for one in make.only_r}
    inputs = tuple(
        (do, _match(_of_method(target, do), tuple(one for one in of_r[do] if one.name not in known))) for do in callees
    )
    gradient = "backward" if {"forward", "backward"} <= callees.keys() else None
    # What R's methods alone need is given to each that needs it, and not to the constructor.
    return Calls(dataclasses.replace(make, only_r=()), inputs, gradient)


def _methods(target: type) -> list[str]:
    """Public methods, in the order of the class, those that it inherits last; "call" where objects can be called."""
    found = [
        name
        for one in target.__mro__
        if one is not object
        for name, value in vars(one).items()
        if inspect.isfunction(value) and not name.startswith("_")
    ]
    is_called = any("__call__" in vars(one) for one in target.__mro__ if one is not object)
    return [*dict.fromkeys(found), *(["call"] if is_called else [])]


def _of_method(target: type, do: str) -> tuple[Formal, ...]:
    return _formals(getattr(target, "__call__" if do == "call" else do), bound=True) or ()


def _same(name: str) -> str:
    """na.rm, na_rm and naRm are one name."""
    return re.sub(r"[._]", "", name).casefold()


def _match(
    python: Sequence[Formal], r: Sequence[Formal] | None, *, dots: bool = False, by_order: bool = True
) -> Matched:
    """By name; by a name that is spelled otherwise; then what is needed and left on both sides, in order.

    `r` is None where it is not known what R takes: the same.
    """
    if r is None:
        return Matched(both=tuple(one for one in python if not one.optional))
    there = {formal.name: formal for formal in r}
    spelled = {_same(name): name for name in reversed(there)}
    partner: dict[str, str] = {}
    for one in python:
        name = one.name if one.name in there else spelled.get(_same(one.name))
        if name is not None and name not in partner.values():
            partner[one.name] = name
    open_python = [one for one in python if one.name not in partner and not one.optional]
    open_r = [one for one in r if one.name not in partner.values() and not one.optional]
    if by_order:
        pairs = [*zip(open_python, open_r, strict=False)]
        partner |= {ours.name: theirs.name for ours, theirs in pairs}
        open_python, open_r = open_python[len(pairs) :], open_r[len(pairs) :]
    both = []
    for one in python:
        if one.name in partner:
            both.append(dataclasses.replace(one, optional=one.optional and there[partner[one.name]].optional))
    # What R passes on by its dots it takes by any name.
    if dots:
        both += open_python
        open_python = []
    left_out = [f"Python's {one.name}" for one in python if one.optional and one.name not in partner]
    left_out += [f"R's {one.name}" for one in r if one.optional and one.name not in partner.values()]
    return Matched(
        tuple(both),
        {ours: theirs for ours, theirs in partner.items() if ours != theirs},
        tuple(open_python),
        tuple(open_r),
        tuple(left_out),
    )


# -- inputs ------------------------------------------------------------------------------------------------------------

_MATRICES = {"x": [5, 3], "data": [5, 3], "m": [5, 3], "mat": [5, 3], "matrix": [5, 3], "a": [5, 3], "w": [3, 4]}
_UPPER = {"W": [3, 4], "B": [3, 4], "A": [5, 3], "X": [5, 3]}
_VECTORS = {"b": [4], "bias": [4], "y": [5], "t": [5], "v": [5], "weights": [5], "target": [5]}
_WHOLE = frozenset({"n", "k", "size", "steps", "lag", "order", "degree", "times", "ncol", "nrow", "max_iter", "seed"})
_NUMBERS = frozenset({"lr", "alpha", "eps", "epsilon", "lam", "lambda_", "rate", "tol", "sigma", "momentum", "decay"})
_FUNCTIONS = frozenset({"f", "fn", "fun", "func", "function", "callback"})

Style = Callable[[Formal, int], Any]


def _by_name(draw: str) -> Style:
    def fill(formal: Formal, seed: int) -> Any:
        name, annotation = formal.name, formal.annotation.rpartition(".")[2]
        lower = name.casefold()
        if isinstance(formal.default, bool | str):
            return formal.default
        if isinstance(formal.default, int):
            return {"integer": formal.default}
        if isinstance(formal.default, float) and np.isfinite(formal.default):
            return formal.default
        if annotation == "bool":
            return True
        if annotation == "int" or (lower in _WHOLE and not annotation):
            return {"integer": 3}
        if annotation == "float" or (lower in _NUMBERS and not annotation):
            return 0.5
        if annotation == "DataFrame":
            return {"frame": {"x": {draw: [5], "seed": seed}, "y": {draw: [5], "seed": seed + 100}}}
        if lower in _FUNCTIONS or "Callable" in annotation:
            return {"function": {"python": "numpy:sin", "r": "base::sin"}}
        shape = _UPPER.get(name) or _VECTORS.get(lower) or _MATRICES.get(lower) or [5]
        return {draw: shape, "seed": seed}

    return fill


def _shaped(draw: str, shape: list[int]) -> Style:
    """Arrays of one shape, for what has no default."""
    named = _by_name(draw)

    def fill(formal: Formal, seed: int) -> Any:
        guess = named(formal, seed)
        return {draw: shape, "seed": seed} if isinstance(guess, dict) and draw in guess else guess

    return fill


def _numbers(formal: Formal, seed: int) -> Any:
    guess = _by_name("randn")(formal, seed)
    return round(0.25 + 0.5 * (seed % 7), 2) if isinstance(guess, dict) and "randn" in guess else guess


def _whole(formal: Formal, seed: int) -> Any:
    guess = _by_name("randn")(formal, seed)
    is_array = isinstance(guess, dict) and "randn" in guess
    return {"integer": [3, 1, 4, 1, 5][: 5 - seed % 2]} if is_array else guess


STYLES: Mapping[str, Style] = {
    "by name": _by_name("randn"),
    "vectors": _shaped("randn", [5]),
    "matrices": _shaped("randn", [5, 3]),
    "square": _shaped("randn", [4, 4]),
    "between 0 and 1": _by_name("rand"),
    "vectors between 0 and 1": _shaped("rand", [5]),
    "numbers": _numbers,
    "whole numbers": _whole,
}


# -- tried -------------------------------------------------------------------------------------------------------------


@dataclass
class _Trial:
    head: Mapping[str, Any]
    calls: Calls
    folder: Path
    title: str

    def outline(self) -> Outline:
        cases = [self._case(style, fill, optional=False) for style, fill in STYLES.items()]
        without = [{**case, "calls": case["calls"][:1]} for case in cases] if self.calls.gradient else cases
        results = self._results(self._document(without))
        answered = [style for style in STYLES if _answered(results.get(style))]
        quiet = [style for style in answered if not results[style].warnings]
        style = next(iter(quiet or answered), next(iter(STYLES)))
        document = self._document([{**self._case(style, STYLES[style], optional=False), "id": "drawn"}])
        if self.calls.gradient and answered:
            document = self._with_derivatives(document)
        if answered and self._has_options():
            whole = {**self._case(style, STYLES[style], optional=True), "id": "every option given"}
            longer = {**document, "cases": [*document["cases"], whole]}
            if "derivatives" not in document and _answered(self._results(longer).get("every option given")):
                document = longer
        results = self._results(document)
        last = [results.get(case["id"]) for case in document["cases"]]
        return Outline(
            document,
            self.title,
            (*self._notes(), *self._unanswered(document, last)),
            all(map(_answered, last)),
            all(result is not None and result.ok for result in last),
        )

    def _has_options(self) -> bool:
        groups = (self.calls.make or Matched(), *(matched for _, matched in self.calls.calls))
        return any(one.optional and one.default is not None for group in groups for one in group.both)

    def _document(self, cases: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        return {**self.head, "cases": [*cases]}

    def _case(self, name: str, fill: Style, *, optional: bool) -> dict[str, Any]:
        seeds: dict[str, int] = {}

        def value(formal: Formal) -> Any:
            # An argument that several calls take is the same in all of them.
            return fill(formal, seeds.setdefault(formal.name, len(seeds) + 1))

        def arguments(matched: Matched, key: str) -> dict[str, Any]:
            given = [one for one in matched.both if not one.optional or (optional and one.default is not None)]
            entries: dict[str, Any] = {}
            if given:
                entries[key] = {one.name: value(one) for one in given}
            only = {"python": matched.only_python, "r": matched.only_r}
            own = {side: {one.name: value(one) for one in formals} for side, formals in only.items() if formals}
            return {**entries, **({"only": own} if own else {})}

        case: dict[str, Any] = {"id": name}
        if self.calls.make is not None:
            case |= arguments(self.calls.make, "make")
        returns = {do: "out" for do, _ in self.calls.calls}
        case["calls"] = [
            {"do": do, **arguments(matched, "with"), "returns": returns[do]} for do, matched in self.calls.calls
        ]
        return case

    def _with_derivatives(self, document: dict[str, Any]) -> dict[str, Any]:
        """With an upstream gradient of the shape that the forward pass gives. Each input that is drawn owes its own."""
        (case,) = document["cases"]
        forward, backward = case["calls"]
        (_, _), (_, takes) = self.calls.calls
        upstream = next((one.name for one in takes.both if not one.optional), None)
        if upstream is not None:
            shape = self._shape(document)
            if shape is None:
                return document
            draw: Any = {"randn": list(shape), "seed": 99} if shape else 1.5
            backward = {**backward, "with": {**backward["with"], upstream: draw}}
        floats = [
            name
            for group in (forward.get("with", {}), case.get("make", {}))
            for name, one in group.items()
            if isinstance(one, dict) and {"randn", "rand"} & one.keys()
        ]
        pairs = {name: f"d{name}" for name in floats}

        def whole(pairs: Mapping[str, str]) -> dict[str, Any]:
            call = {**backward, "returns": next(iter(pairs.values()))}
            derivatives = {
                "call": "forward",
                "of": "out",
                **({} if upstream is None else {"along": upstream}),
                "pairs": dict(pairs),
            }
            cases = [{**case, "calls": [forward, call]}]
            return {**self.head, "derivatives": derivatives, "cases": cases}

        if not pairs:
            return document
        return whole(pairs)

    def _shape(self, document: dict[str, Any]) -> tuple[int, ...] | None:
        with contextlib.ExitStack() as stack:
            fixture = stack.enter_context(_written(document, self.folder))
            (python,) = subjects(fixture, ("python",), isolated=WorkerOptions(timeout=SECONDS))
            stack.callback(python.close)
            leaf = last_of(fixture.cases[0], python, until=0).values.get("out")
        if isinstance(leaf, np.ndarray):
            return tuple(map(int, leaf.shape))
        return () if isinstance(leaf, float) else None

    def _results(self, document: dict[str, Any]) -> dict[str, CaseResult]:
        with _written(document, self.folder) as fixture:
            try:
                self._last = verify(fixture, Options(isolated=WorkerOptions(timeout=SECONDS)))
            except MisfitError as error:
                raise CheckError(sentence(error.pointer, error.problem, error.expected)) from None
        return {case.id: case for case in self._last.cases}

    _last: FixtureResult | None = None

    def _unanswered(self, document: Mapping[str, Any], results: Sequence[CaseResult | None]) -> list[str]:
        notes = []
        for case, result in zip(document["cases"], results, strict=True):
            if result is None and self._last is not None:
                notes += [f"{case['id']}: {one.problem}; expected {one.expected}" for one in self._last.misfits]
            elif result is not None and not _answered(result):
                notes += [
                    f"{case['id']}: {one.subject + ': ' if one.subject else ''}{one.message}" for one in result.problems
                ]
        return notes

    def _notes(self) -> list[str]:
        groups = [("", self.calls.make)] if self.calls.make is not None else []
        groups += [(do, matched) for do, matched in self.calls.calls]
        notes = []
        for _, matched in groups:
            assert matched is not None
            notes += [f"{ours} is called {theirs} in R" for ours, theirs in matched.renamed.items()]
            for side, formals in (("Python", matched.only_python), ("R", matched.only_r)):
                notes += [f"{one.name} is an argument of {side} alone" for one in formals]
            if matched.left_out:
                notes.append(f"left out, for they have defaults: {', '.join(matched.left_out)}")
        return [*dict.fromkeys(notes)]


def _answered(result: CaseResult | None) -> bool:
    """Both sides gave something that was compared, whatever came of it."""
    return result is not None and any(value.between is not None and value.between.count for value in result.values)


@contextlib.contextmanager
def _written(document: Mapping[str, Any], folder: Path) -> Any:
    """The document as it will be read, from a file that is gone afterwards."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".parity-init.", suffix=".json")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(as_text(document))
        try:
            yield read_fixture(Path(name))
        except FixtureError as error:
            raise CheckError(str(error)) from None
    finally:
        os.unlink(name)


# -- written -----------------------------------------------------------------------------------------------------------


def as_text(document: Mapping[str, Any]) -> str:
    """JSON as a person would lay it out: what fits into a line stands in one."""
    return _laid(document, 0, 0) + "\n"


def _laid(node: Any, indent: int, taken: int) -> str:
    flat = json.dumps(node, ensure_ascii=False)
    if not isinstance(node, dict | list) or not node or (indent and len(flat) + indent + taken <= 100):
        return flat
    inner = " " * (indent + 2)
    if isinstance(node, dict):
        keys = [(f"{json.dumps(key, ensure_ascii=False)}: ", value) for key, value in node.items()]
    else:
        keys = [("", value) for value in node]
    lines = [f"{inner}{key}{_laid(value, indent + 2, len(key))}" for key, value in keys]
    opening, closing = ("{", "}") if isinstance(node, dict) else ("[", "]")
    return f"{opening}\n{(',' + chr(10)).join(lines)}\n{' ' * indent}{closing}"


def as_test(document: Mapping[str, Any], python: str, r: str, title: str) -> str:
    """The first case as a test with `parity.check`. Raises CheckError for what a test does not write."""
    case = document["cases"][0]
    first = case["calls"][0]
    lines = [f"    parity.check(\n        {json.dumps(python)},\n        {json.dumps(r, ensure_ascii=False)},\n"]

    def keyword(name: str, value: str, comment: str = "") -> None:
        lines.append((f"        # {comment}\n" if comment else "") + f"        {name}={value},\n")

    if "make" in case:
        keyword("make", _dict(case["make"]), "the constructor's arguments")
    if "only" in case:
        keyword("make_only", _sides(case["only"]))
    if first["do"] != "call":
        keyword("do", json.dumps(first["do"]), "in R it is the function of that name: Name.method")
    if first.get("with"):
        keyword("inputs", _dict(first["with"]), "guessed from the signatures: put in inputs that matter")
    if "only" in first:
        keyword("only", _sides(first["only"]), "what one side alone takes")
    if "names" in document:
        keyword("names", json.dumps(document["names"], ensure_ascii=False), "what R calls them")
    if "derivatives" in document:
        derivatives = document["derivatives"]
        extra = {"do": "backward", "along": derivatives.get("along"), "pairs": derivatives["pairs"]}
        keyword("backward", _dict(extra), "gradients, held against each other and against numeric differentiation")
    keyword("rtol", repr(RTOL), "parity's own: per element |python - r| <= atol + rtol |python|")
    keyword("atol", repr(ATOL))
    lines.append(
        '        # expect=..., expected_by="...",  # a value from elsewhere tells which side is wrong\n    )\n'
    )
    name = re.sub(r"\W", "_", title).casefold()
    return (
        f'"""{title}, in Python and in R: say here what it computes, and where it is described."""\n\n'
        "import numpy as np\n\n\n"
        f"def test_{name}_agrees_with_r(parity):\n" + "".join(lines)
    )


def _sides(only: Mapping[str, Mapping[str, Any]]) -> str:
    return "{" + ", ".join(f'"{side}": {_dict(own)}' for side, own in only.items()) + "}"


def _dict(values: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f'"{name}": {_code(value, name)}' for name, value in values.items()) + "}"


def _code(value: Any, name: str) -> str:
    if isinstance(value, dict) and ("randn" in value or "rand" in value):
        kind = "randn" if "randn" in value else "rand"
        return f"np.random.RandomState({value['seed']}).{kind}({', '.join(map(str, value[kind]))})"
    if isinstance(value, dict) and "integer" in value:
        whole = value["integer"]
        return f"np.array({whole})" if isinstance(whole, list) else repr(whole)
    if isinstance(value, dict) and name == "pairs":
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        raise CheckError(
            f"--test: no test is written for {name}, a {next(iter(value))}; expected a fixture: without --test"
        )
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
