"""The keywords of a check as a fixture of one case.

They become a document of the fixture's format, whose values are the caller's objects. So what the format checks is
checked here too: a value that is read out by an expression which does not look at the result, a layout that is none.
"""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parity.check.errors import CheckError
from parity.check.inputs import for_both, for_python
from parity.check.references import Caller, PythonSide, RefereeSide, RSide
from parity.fixture import schema
from parity.fixture.arguments import LANGUAGES, SPEAKERS, Arguments, CaseValues
from parity.fixture.build import build
from parity.fixture.document import returned_names
from parity.fixture.model import Fixture, Value
from parity.fixture.problems import Finding, JsonPath
from parity.fixture.sense import check_sense
from parity.fixture.text import Findings

OUT = "out"
_WHOLE = {OUT: {"python": "_", "r": "."}}
"""The result itself on both sides, also where R's is a list that happens to have a member "out"."""

RTOL = 1e-9
"""What rounding explains and a slip does not: doubles carry 1e-16, and sums, products and a factorisation of data that
are not ill-conditioned lose up to six digits of it; float32 (1e-7), n against n - 1 (1e-6 in a million rows), an
iteration that stopped early (1e-8) are beyond. What needs more says so, and why (`because`)."""
ATOL = 0.0
"""No absolute allowance unless it is asked for: the scale of a result is unknown, and 1e-12 would let pass any two
p-values below it."""


@dataclass(frozen=True)
class Sides:
    """What is checked: in both languages, or in one alone."""

    python: PythonSide | None
    r: RSide | None

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(name for name, side in zip(LANGUAGES, (self.python, self.r), strict=True) if side is not None)

    @property
    def title(self) -> str:
        return self.python.title if self.python else _shortened(self.r.title) if self.r else ""


@dataclass(frozen=True)
class Draft:
    """A document and its values, in the order of its calls."""

    sides: Sides
    document: dict[str, Any]
    values: CaseValues
    referee: RefereeSide | None = None

    def fixture(self, by: Caller, *, complete: bool = True) -> Fixture:
        """Raises CheckError for what does not fit together, as far as it is `complete`."""
        python = self.sides.python
        path = (python.folder if python else by.folder) / by.path.name
        findings = Findings(path, "")
        for finding in schema.check(self.document):
            findings.note(finding)
        if complete and not findings.entries:
            check_sense(self.document, [self.values], path, findings)
        if findings.entries:
            raise CheckError("\n".join(dict.fromkeys(map(_sentence, findings.entries))))
        fixture = build(path, self.document, [self.values])
        if self.referee is not None and self.referee.target is not None:
            cases = tuple(
                dataclasses.replace(case, referee=dataclasses.replace(case.referee, target=self.referee.target))
                for case in fixture.cases
                if case.referee is not None
            )
            fixture = dataclasses.replace(fixture, cases=cases)
        return dataclasses.replace(fixture, name=self.sides.title, target=python.target if python else None)


@dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """What a check asks for, in the words of `parity.check`; `arguments` are the inputs."""

    arguments: Mapping[str, Any] = field(default_factory=dict)
    rtol: Any = RTOL
    atol: Any = ATOL
    because: str | None = None
    only: Mapping[str, Mapping[str, Any]] | None = None
    make: Mapping[str, Any] | None = None
    make_only: Mapping[str, Mapping[str, Any]] | None = None
    do: str | None = None
    calls: Sequence[Mapping[str, Any]] | None = None
    returns: str | Sequence[str] | None = None
    values: Mapping[str, Any] | None = None
    compare: Sequence[str] = ()
    updates: Sequence[str] = ()
    expect: Any = None
    expected_by: str | None = None
    raises: Any = None
    warns: Any = None
    backward: str | Mapping[str, Any] | None = None
    derivatives: Mapping[str, Any] | None = None
    names: Mapping[str, Mapping[str, str]] | None = None
    layout: Mapping[str, Mapping[str, str]] | None = None
    extents_of_one: Sequence[str] = ()
    origin: Mapping[str, Mapping[str, int]] | None = None
    key: str | Sequence[str] | None = None
    join: Mapping[str, Mapping[str, Any]] | None = None
    setup: Mapping[str, str | Sequence[str]] | None = None
    seed: int | Mapping[str, Any] | None = None
    factory: bool = False
    attributes: Mapping[str, Mapping[str, Any]] | None = None
    repeatable: bool = True
    r_source: str | Path | Sequence[str | Path] = ()
    needs: Mapping[str, Sequence[str]] | None = None
    isolate: bool = False
    timeout: float | None = None
    save: str | Path | None = None
    stages: Sequence[Mapping[str, Any]] = ()
    trace: bool = False
    referee: Any = None
    relations: Sequence[Mapping[str, Any]] = ()


def draft(sides: Sides, request: Request, referee: RefereeSide | None = None) -> Draft:
    """The fixture's document without the calls of `backward`, which depend on what the forward pass gives."""
    languages = sides.languages
    read_out = _read_out(request.values, languages)
    calls = _calls(request, languages) if request.calls is not None else [_call(request, read_out, languages)]
    construction = _arguments(request.make, request.make_only, "make", languages)
    of_calls = tuple(
        _of_call(call, "" if len(calls) == 1 else f"calls[{i}]", languages) for i, call in enumerate(calls)
    )
    case = _filled(
        id=_shortened(sides.r.title) if sides.python and sides.r else languages[0],
        make=dict.fromkeys(construction.common),
        only=_names_of(construction.only),
        calls=[_filled(**_without_values(call, *own)) for call, own in zip(calls, of_calls, strict=True)],
        derivatives=request.derivatives,
        stages=[_stage(stage, index) for index, stage in enumerate(request.stages)],
        expected_by=request.expected_by or ("the caller" if any(values for _, values in of_calls) else None),
    )
    attributes = _arguments(None, request.attributes, "attributes", languages).only
    if attributes:
        case["set"] = _names_of(attributes)
    if not request.repeatable:
        case["repeatable"] = False
    whole = {name: {language: own[language] for language in languages} for name, own in _WHOLE.items()}
    if referee is not None:
        whole = {name: {**own, "referee": _WHOLE[name][referee.language]} for name, own in whole.items()}
    document = _filled(
        about=" and ".join(
            f"{_shortened(side.title)} in {name}" for name, side in (("Python", sides.python), ("R", sides.r)) if side
        ),
        source="parity.check",
        python=sides.python and sides.python.name,
        r=sides.r and sides.r.code,
        r_source=[str(file) for file in sides.r.files] if sides.r else None,
        needs=request.needs,
        tolerance=_filled(
            rtol=_number(request.rtol, "rtol"), atol=_number(request.atol, "atol"), because=request.because
        ),
        names=request.names,
        values=read_out or (whole if calls[0].get("compare") == [OUT] else None),
        layout=request.layout,
        origin=request.origin,
        join={**_joins(request.key, calls), **(request.join or {})},
        referee=None if referee is None else referee.entry,
        relations=[dict(_mapping(one, f"relations[{n}]")) for n, one in enumerate(_relations(request.relations))],
        setup=request.setup,
        seed=dict(request.seed) if isinstance(request.seed, Mapping) else request.seed,
        factory=request.factory or None,
        extents_of_one=_texts(request.extents_of_one, "extents_of_one"),
        cases=[case],
    )
    return Draft(sides, document, CaseValues(construction, of_calls, attributes), referee)


def _relations(relations: Any) -> Sequence[Any]:
    if isinstance(relations, str | Mapping) or not isinstance(relations, Sequence):
        raise CheckError(
            f"relations: {relations!r:.60} is no list; expected one such as [{{'of': 'out', 'sums_to': 1}}]"
        )
    return relations


def _call(request: Request, read_out: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    """The one call of a check without `calls`."""
    backward = request.backward
    of_functions = isinstance(backward, Mapping) and not set(LANGUAGES).isdisjoint(backward)
    do = request.do or ("call" if backward is None or of_functions else "forward")
    returns, compare = request.returns, _texts(request.compare, "compare")
    if returns is None and not (read_out or compare or request.updates or request.raises):
        if do == "call":
            compare = [OUT]
        else:
            returns = OUT
    expect = request.expect
    return {
        "do": do,
        "with": request.arguments,
        "only": request.only,
        "returns": returns if returns is None or isinstance(returns, str) else _texts(returns, "returns"),
        "compare": [*compare, *read_out],
        "updates": _texts(request.updates, "updates"),
        "expect": {OUT: expect} if expect is not None and not isinstance(expect, Mapping) else expect,
        "raises": _conditions(request.raises, "raises", languages),
        "warns": _conditions(request.warns, "warns", languages),
    }


def _calls(request: Request, languages: Sequence[str]) -> list[dict[str, Any]]:
    for name in ("returns", "compare", "updates", "expect", "raises", "warns", "only", "do", "backward"):
        if getattr(request, name) not in (None, (), [], {}):
            raise CheckError(f"{name}: beside 'calls'; expected it in the call that it belongs to")
    if request.arguments:
        raise CheckError(f"{next(iter(request.arguments))}: beside 'calls'; expected it in the 'with' of its call")
    calls = [dict(_mapping(call, f"calls[{index}]")) for index, call in enumerate(request.calls or ())]
    for index, call in enumerate(calls):
        for key in ("raises", "warns"):
            if key in call:
                call[key] = _conditions(call[key], f"calls[{index}][{key!r}]", languages)
    if not calls:
        raise CheckError("calls: an empty list; expected calls such as {'do': 'forward', 'with': {...}}")
    return calls


def _stage(stage: Mapping[str, Any], index: int) -> dict[str, Any]:
    """A stage as a fixture has it: a function of Python's by where it is."""
    entry = dict(_mapping(stage, f"stages[{index}]"))
    function = entry.get("python")
    if function is not None and not isinstance(function, str):
        module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
        there: Any = sys.modules.get(module or "")
        for part in name.split("."):
            there = getattr(there, part, None)
        if there is not function:
            raise CheckError(
                f"stages[{index}]['python']: {function!r:.60} has no name to import it by; expected a function of a "
                "module, 'module:object' or an expression"
            )
        entry["python"] = f"{module}:{name}"
    for key in ("gives", "takes"):
        if isinstance(entry.get(key), tuple):
            entry[key] = list(entry[key])
    return entry


def _joins(key: str | Sequence[str] | None, calls: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The rows of every frame that is compared are known by `key`."""
    if key is None:
        return {}
    columns = _texts(key, "key")
    names = [name for call in calls for name in returned_names(call.get("returns"))]
    names += [name for call in calls for part in ("compare", "updates", "expect") for name in call.get(part) or ()]
    return {name: {"key": columns} for name in names}


def _filled(**keys: Any) -> dict[str, Any]:
    """Without what was not asked for."""
    return {key: value for key, value in keys.items() if value is not None and value not in ([], {}, ())}


def _without_values(call: Mapping[str, Any], arguments: Arguments, expected: Mapping[str, Value]) -> dict[str, Any]:
    """The call with the names of its arguments alone: the values are given beside the document."""
    return {
        **call,
        "with": dict.fromkeys(arguments.common),
        "only": _names_of(arguments.only),
        "expect": dict.fromkeys(expected, 0),
    }


def _names_of(only: Mapping[str, Mapping[str, Value]]) -> dict[str, Any]:
    return {language: dict.fromkeys(own) for language, own in only.items()}


# -- values ------------------------------------------------------------------------------------------------------------


def _of_call(call: Mapping[str, Any], where: str, languages: Sequence[str]) -> tuple[Arguments, dict[str, Value]]:
    arguments = _arguments(call.get("with"), call.get("only"), where, languages)
    expected = _mapping(call.get("expect") or {}, "expect")
    return arguments, {str(name): for_both(value, f"expect[{name!r}]").r for name, value in expected.items()}


def _arguments(
    common: Mapping[str, Any] | None,
    only: Mapping[str, Mapping[str, Any]] | None,
    where: str,
    languages: Sequence[str],
) -> Arguments:
    both: dict[str, Value] = {}
    alone: dict[str, dict[str, Value]] = {}
    for name, value in _mapping(common or {}, where or "inputs").items():
        place = f"{where}[{name!r}]" if where else str(name)
        if tuple(languages) == ("python",):  # which takes what has no counterpart in R as well
            both[name] = for_python(value, place)
            continue
        one = for_both(value, place)
        if one.is_common or "python" not in languages:
            both[name] = one.r
        else:
            alone.setdefault("python", {})[name] = one.python
            alone.setdefault("r", {})[name] = one.r
    alone_at = "attributes" if where == "attributes" else "make_only" if where == "make" else "only"
    for language, values in _mapping(only or {}, alone_at).items():
        if language not in SPEAKERS:
            raise CheckError(f"{alone_at}: {language!r} is no language; expected 'python' and 'r'")
        for name, value in _mapping(values, f"{alone_at}[{language!r}]").items():
            place = f"{alone_at}[{language!r}][{name!r}]"
            own = for_python(value, place) if language == "python" else for_both(value, place).r
            alone.setdefault(language, {})[name] = own
    return Arguments(both, alone)


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise CheckError(f"{where}: {value!r:.60} is no dict of names; expected one such as {{'x': 1.5}}")
    return value


def _number(value: Any, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise CheckError(f"{name}: {value!r} is no number; expected one such as 1e-9") from None
    if isinstance(value, str | bool) or not math.isfinite(number):
        raise CheckError(f"{name}: {value!r} is no tolerance; expected a finite number such as 1e-9")
    return number


def _texts(value: Any, name: str) -> list[str]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, Iterable) or not all(isinstance(one, str) for one in listed):
        raise CheckError(f"{name}: {value!r} is no list of names; expected one such as ['out']")
    return list(listed)


def _read_out(values: Any, languages: Sequence[str]) -> dict[str, dict[str, str]]:
    """By name: where the value is, in each language."""
    read_out: dict[str, dict[str, str]] = {}
    for name, where in _mapping(values if values is not None else {}, "values").items():
        if isinstance(where, Mapping):
            pair = dict(where)
        elif isinstance(where, tuple | list) and len(where) == len(languages):
            pair = dict(zip(languages, where, strict=True))
        elif len(languages) == 1:
            pair = {languages[0]: where}
        else:
            pair = {}
        if set(pair) - {"referee"} != set(languages) or not all(isinstance(one, str) and one for one in pair.values()):
            raise CheckError(
                f"values: {where!r} for {name!r}; expected where it is in both, such as ('params', 'coef(.)')"
            )
        read_out[name] = pair
    if values is not None and not read_out:
        raise CheckError("values: names nothing to compare; expected names such as {'coef': ('params', 'coef(.)')}")
    return read_out


_ANY_ERROR = {"raises": {"python": "Exception", "r": "error"}, "warns": {"python": "Warning", "r": "warning"}}


def _conditions(entry: Any, key: str, languages: Sequence[str]) -> dict[str, Any] | None:
    """What must be raised, or warned of: a text for both languages, or by language a text or (class, text)."""
    if entry is None:
        return None
    by_language = entry if isinstance(entry, Mapping) else dict.fromkeys(languages, entry)
    classes = _ANY_ERROR["warns" if "warns" in key else "raises"]
    expected = "a text of the message, (class, text), or one of these by language"
    result = {}
    for language, one in by_language.items():
        if language not in LANGUAGES:
            raise CheckError(f"{key}: {language!r} is no language; expected 'python' and 'r'")
        if isinstance(one, Mapping):
            result[language] = dict(one)
            continue
        kind, text = one if isinstance(one, tuple | list) and len(one) == 2 else (classes[language], one)
        kind = kind.__name__ if isinstance(kind, type) else kind
        if not isinstance(kind, str) or not isinstance(text, str):
            raise CheckError(f"{key}: {one!r} for {language}; expected {expected}")
        result[language] = {"class": kind, "text": text}
    if not result:
        raise CheckError(f"{key}: names nothing; expected {expected}")
    return result


def _shortened(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= 60 else f"{one_line[:59]}…"


# -- what does not fit, in the words of the check ----------------------------------------------------------------------


_KEYWORDS = {"r_source": "r", "tolerance['rtol']": "rtol", "tolerance['atol']": "atol"}


def keyword(path: JsonPath) -> str:
    """What the caller wrote, for a place in the document: ("cases", 0, "calls", 0, "with", "x") is "x"."""
    steps = list(path)
    if steps[:2] == ["cases", 0]:
        steps = steps[2:]
    place = ""
    if steps[:1] == ["calls"] and len(steps) > 1:
        place = f"calls[{steps[1]}]" if steps[1] else ""
        steps = steps[2:]
    if steps[:1] == ["with"] and not place:
        steps = steps[1:]
    for step in steps:
        place += f"[{step!r}]" if place else str(step)
    return _KEYWORDS.get(place, place) or "the check"


def sentence(path: JsonPath, problem: str, expected: str) -> str:
    first, *rest = problem.splitlines() or [""]
    text = f"{keyword(path)}: {first}" + (f"; expected {expected}" if expected else "")
    return "\n  ".join((text, *rest))


def _sentence(finding: Finding) -> str:
    return sentence(finding.path, finding.problem, finding.expected)
