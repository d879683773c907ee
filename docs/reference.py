"""Write the tables of the reference pages from what they describe: python docs/reference.py

causes from the tables of hypotheses, format from the schema, command-line from the commands, python-api from the
docstrings. Below the marker each page is written anew; what stands above it is written by hand. The Korean words of the
schema and of the commands are in docs/reference.ko.json, by the English ones.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

import parity
from parity.cli import main as command
from parity.reports.causes import reference

HERE = Path(__file__).parent
LANGUAGES = ("en", "ko")
MARKER = "<!-- written by docs/reference.py -->\n"
WORDS: Mapping[str, str] = json.loads((HERE / "reference.ko.json").read_text("utf-8"))
SCHEMA: Mapping[str, Any] = json.loads((HERE.parent / "fixtures" / "schema.json").read_text("utf-8"))

SECTIONS = {
    "Fixture": "",
    "Case": "/properties/cases/items",
    "Call": "/properties/cases/items/properties/calls/items",
    "Errors: raises": "/properties/cases/items/properties/calls/items/properties/raises",
    "Warnings: warns": "/properties/cases/items/properties/calls/items/properties/warns",
    "Long runs: trajectory": "/properties/cases/items/properties/calls/items/properties/trajectory",
    "Known differences: differs": "/properties/cases/items/properties/differs",
    "Rounded numbers: printed": "/properties/cases/items/properties/printed",
    "Tolerance": "/$defs/tolerance",
    "Derivatives": "/$defs/derivatives",
    "Referee": "/$defs/referee",
    "Relations": "/$defs/relations/items",
    "Stages": "/$defs/stages/items",
    "Rows: join": "/$defs/join/additionalProperties",
    "Seed": "/$defs/seed",
    "Values": "/$defs/value",
    "Draws": "/$defs/draw",
    "Columns": "/$defs/column",
    "Times": "/$defs/instants",
    "Spans of time": "/$defs/spans",
}
"""The heading of each table, and where in the schema its rows are."""


def in_language(words: str, language: str) -> str:
    return words if language == "en" else WORDS[words]


def escaped(words: str) -> str:
    return re.sub(r"([\\*_|<>\[\]^~`])", r"\\\1", words)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


# ------------------------------------------------------------------------------------------------------ causes


def causes(language: str) -> str:
    """A row for each code."""
    head = {"en": ("Code", "What it usually means", "In Python", "In R"), "ko": ("코드", "흔한 이유", "Python", "R")}
    rows = []
    for code, means, mends in reference(language):
        lines = [f"`{mends[side]}`".replace("|", r"\|") if side in mends else "" for side in ("python", "r")]
        rows.append((f"`{code}`", escaped(means), *lines))
    return table(head[language], rows)


# ------------------------------------------------------------------------------------------------------ format


def at(pointer: str) -> Mapping[str, Any]:
    node: Any = SCHEMA
    for key in pointer.split("/")[1:]:
        node = node[key]
    return node  # type: ignore[no-any-return]


def keys(node: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """The keys of an object, and of the objects that have no table of their own, with what is said of each.

    What Python's, R's and the referee's members are is said by the key above.
    """
    own = {json.dumps(at(pointer), sort_keys=True) for pointer in SECTIONS.values() if pointer}
    for form in (node, *node.get("anyOf", ()), *node.get("oneOf", ())):
        for key, member in form.get("properties", {}).items():
            path = f"{above}{key}"
            if "description" in member:
                yield path, member["description"]
            inner = member.get("items", member) if isinstance(member.get("items", member), dict) else member
            languages = {"python", "r", "referee"} >= set(inner.get("properties", {"": 0})) and not above
            if json.dumps(inner, sort_keys=True) not in own and (not languages or key in ("expression", "function")):
                yield from keys(inner, f"{path}.")


def format_(language: str) -> str:
    head = {"en": ("Key", "What it says"), "ko": ("키", "의미")}
    parts = []
    for title, pointer in SECTIONS.items():
        rows = {f"`{key}`": escaped(in_language(said, language)) for key, said in keys(at(pointer))}
        required = ", ".join(f"`{key}`" for key in at(pointer).get("required", ()))
        owed = {"en": f"Required: {required}.", "ko": f"꼭 있어야 하는 키: {required}."}[language]
        parts += [f"## {in_language(title, language)}", table(head[language], [*rows.items()])]
        parts += [owed] if required else []
    return "\n\n".join(parts)


# ------------------------------------------------------------------------------------------------ command line


def command_line(language: str) -> str:
    head = {"en": ("Option", "What it does"), "ko": ("옵션", "하는 일")}
    parts = []
    for name, one in command.commands.items():
        context = click.Context(one, info_name=f"parity {name}")
        text, _, examples = inspect.cleandoc(one.help or "").partition("\b\n")
        paragraphs = [in_language(" ".join(paragraph.split()), language) for paragraph in text.strip().split("\n\n")]
        parts.append(f"## parity {name}")
        parts += map(escaped, paragraphs)
        usage = one.get_usage(context).removeprefix("Usage: ")
        shown = inspect.cleandoc(examples.partition("\n")[2]).splitlines()
        parts.append("```sh\n" + "\n".join([" ".join(usage.split()), *shown]) + "\n```")
        options = [option for option in one.params if isinstance(option, click.Option)]
        rows = [
            (_typed(option, context), escaped(in_language(" ".join((option.help or "").split()), language)))
            for option in options
        ]
        if rows:
            parts.append(table(head[language], rows))
    return "\n\n".join(parts)


def _typed(option: click.Option, context: click.Context) -> str:
    taken = "" if option.is_flag else f" {option.make_metavar(context)}"
    return ", ".join(f"`{name}{taken}`".replace("|", r"\|") for name in option.opts)


# -------------------------------------------------------------------------------------------------- Python's API


def python_api(_: str) -> str:
    """Signatures and docstrings, which are in English in every language."""
    parts = []
    for name in sorted(parity.__all__, key=lambda one: (one[0].isupper(), one)):
        thing = getattr(parity, name)
        target = type(thing).__call__ if inspect.ismodule(thing) else thing  # parity.check is a folder that is called
        parts.append(f"## parity.{name}")
        if not (inspect.isclass(target) and issubclass(target, Exception)):
            parts.append(f"```python\nparity.{name}{_signature(target)}\n```")
        parts.append("```text\n" + inspect.cleandoc(target.__doc__ or "") + "\n```")
    return "\n\n".join(parts)


def _signature(target: Callable[..., Any]) -> str:
    """Without annotations, without `self`, and without the address of a default that is a function."""
    signature = inspect.signature(target)
    parameters = [
        one.replace(
            annotation=one.empty, default=... if callable(one.default) and one.default is not one.empty else one.default
        )
        for one in signature.parameters.values()
    ]
    own = [one for one in parameters if one.name != "self"]
    return str(signature.replace(parameters=own, return_annotation=signature.empty)).replace("Ellipsis", "...")


PAGES = {"causes": causes, "format": format_, "command-line": command_line, "python-api": python_api}


def page(name: str, language: str) -> str:
    """The whole page: what is written by hand, the marker, and what is written from the code."""
    written = (HERE / "pages" / f"{name}.{language}.md").read_text("utf-8")
    above, marker, _ = written.partition(MARKER)
    if not marker:
        raise SystemExit(f"docs/pages/{name}.{language}.md: the line {MARKER.strip()} is missing")
    return f"{above}{MARKER}\n{PAGES[name](language)}\n"


def main() -> None:
    for name in PAGES:
        for language in LANGUAGES:
            (HERE / "pages" / f"{name}.{language}.md").write_text(page(name, language), "utf-8")


if __name__ == "__main__":
    main()
