r"""What a project says of its site, in the table [tool.parity.pages] of its pyproject.toml.

[tool.parity.pages]
title = {en = "My course", ko = "나의 강의"}     # or one text
repository = "https://example.org/my/course"     # a link in the foot of every page
files = "https://example.org/my/course/blob/main/{path}"   # where a subject's files are, else in the site itself
help = "https://example.org/reference/{topic}.html"         # and the help pages of the R package
colours = {color-brand-primary = "#0a6"}         # variables of the theme

[[tool.parity.pages.sources]]                    # where the sources that fixtures name can be read
words = 'my course, week (\d+)'                  # a regular expression, sought in the source of a fixture
address = 'https://example.org/my/course/week-\1'

[tool.parity.pages.folders]                      # what the folders of fixtures are called in the sidebar
layers = {en = "Layers", ko = "계층"}

[[tool.parity.pages.groups]]                     # headings of the sidebar, in order
title = {en = "Start here", ko = "시작하기"}
pages = ["first-check", "layers-affine"]         # names of pages, without language and ending
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parity.reports.pages.files import PagesError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

KEYS = ("title", "repository", "files", "help", "sources", "colours", "folders", "groups")


@dataclass(frozen=True)
class Group:
    """A heading of the sidebar, by language, and the pages below it, in order."""

    title: Mapping[str, str]
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """How fixtures name a source, and where it can be read: a template for what the words match."""

    words: re.Pattern[str]
    address: str


@dataclass(frozen=True)
class Settings:
    """A title and headings by language; an empty title stands for the usual one."""

    title: Mapping[str, str] = field(default_factory=dict)
    repository: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    files: str = ""
    help: str = ""
    sources: tuple[Source, ...] = ()


def settings_of(project: Path, languages: Mapping[str, str]) -> Settings:
    """The project's own, or the usual ones where its pyproject.toml has no such table. Raises PagesError."""
    path = project / "pyproject.toml"
    if not path.is_file():
        return Settings()
    try:
        tool = tomllib.loads(path.read_text("utf-8")).get("tool", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PagesError(f"{path}: {error}") from error
    table = tool.get("parity", {}).get("pages", {})

    def wrong(what: str, expected: str) -> PagesError:
        return PagesError(f"{path}: [tool.parity.pages] {what}; expected {expected}")

    def worded(value: Any, where: str) -> dict[str, str]:
        if isinstance(value, str):
            return dict.fromkeys(languages, value)
        if isinstance(value, dict) and value and all(isinstance(one, str) for one in value.values()):
            return dict(value)
        raise wrong(f"{where} is {value!r}", "a text, or a text for each language")

    def listed(key: str) -> list[Any]:
        value = table.get(key, [])
        if not isinstance(value, list):
            raise wrong(f"{key} is {value!r}", f"[[tool.parity.pages.{key}]], once for each")
        return value

    def source(value: Any, where: str) -> Source:
        match value:
            case {"words": str(words), "address": str(address), **more} if not more:
                pass
            case _:
                raise wrong(f"{where} is {value!r}", "words and address, both texts")
        try:
            # Nothing matches, with all the groups that the words have.
            nothing = re.compile(f"(?:{words})|").fullmatch("")
            assert nothing is not None
            nothing.expand(address)
        except (re.error, IndexError) as error:
            raise wrong(f"{where}: {error}", "a regular expression, and in the address the groups it has") from error
        if not address.startswith(("https://", "http://")):
            raise wrong(f"{where}.address is {address!r}", "an address that begins with https://")
        return Source(re.compile(words), address)

    if not isinstance(table, dict):
        raise wrong(f"is {table!r}", "a table")
    for key in table:
        if key not in KEYS:
            raise wrong(f"has {key}", f"one of {', '.join(KEYS)}")
    repository = table.get("repository", "")
    if not isinstance(repository, str) or (repository and not repository.startswith(("https://", "http://"))):
        raise wrong(f"repository is {repository!r}", "an address that begins with https://")
    addresses = {}
    for key, part in (("files", "{path}"), ("help", "{topic}")):
        address = addresses[key] = table.get(key, "")
        if address and (not isinstance(address, str) or not _is_address(address, part)):
            raise wrong(f"{key} is {address!r}", f"an address that begins with https:// and has {part} in it")
    colours = table.get("colours", {})
    if not isinstance(colours, dict) or not all(isinstance(one, str) for one in colours.values()):
        raise wrong(f"colours is {colours!r}", "a table of texts")
    folders = table.get("folders", {})
    if not isinstance(folders, dict):
        raise wrong(f"folders is {folders!r}", "a table")
    groups = []
    for number, group in enumerate(listed("groups")):
        names = group.get("pages") if isinstance(group, dict) else None
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise wrong(f"groups[{number}] has no list of pages", 'pages = ["name", ...]')
        groups.append(Group(worded(group.get("title"), f"groups[{number}].title"), tuple(names)))
    return Settings(
        worded(table["title"], "title") if "title" in table else {},
        repository,
        colours,
        {name: worded(value, f"folders.{name}") for name, value in folders.items()},
        tuple(groups),
        sources=tuple(source(one, f"sources[{number}]") for number, one in enumerate(listed("sources"))),
        **addresses,
    )


def _is_address(text: str, part: str) -> bool:
    rest = text.replace(part, "", 1)
    return text.startswith(("https://", "http://")) and part in text and not {"{", "}"} & {*rest}
