"""Both consoles in the reader's browser: what of the project they need, and the programs that run them.

R is webR's and Python is Pyodide's, out of a folder that `parity live` fills. Beside them go this project's own
sources, as they are, and the part of the verifier that compares: a page asks nobody else for anything.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from parity.consoles.case_lines import session_case
from parity.consoles.language_case import case_in
from parity.consoles.literals import python_literal, r_literal
from parity.fixture.model import Case, Fixture
from parity.reports.pages.directives import PageSubject
from parity.reports.pages.files import PagesError
from parity.reports.pages.idioms import lines_of
from parity.reports.site.live.assets import checked
from parity.subjects.modules import importable, root_of

HERE = Path(__file__).resolve().parent
PROGRAMS = ("python-worker.js", "run.py", "run.R")
STATIC = HERE / "static"
VERIFIER = ("__init__.py", "arrays.py", "columns.py", "diagnose", "evidence")
RTOL, ATOL = 1e-12, 1e-15
LARGEST = 1_000_000
"""Bytes of a file that goes along; a larger one is data that a page would be slow to bring."""


def add_live(site: Path, assets: Path, subjects: Sequence[PageSubject], packages: Mapping[str, Path]) -> None:
    """Write `site/live`. Raises PagesError where `assets` is not what `parity live` writes."""
    live = site / "live"
    shutil.copytree(checked(assets), live)
    for name in PROGRAMS:
        shutil.copy(HERE / name, live / name)
    fixtures = [subject.fixture for subject in subjects]
    verifier = Path(__file__).resolve().parents[3]
    _zip(live / "parity.zip", verifier.parent, _files(verifier / name for name in VERIFIER))
    modules = dict(_modules(fixtures))
    with zipfile.ZipFile(live / "project.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, top in modules.values():
            for file in _files([folder / top]):
                archive.write(file, file.relative_to(folder).as_posix())
        for name, file in dict(_data(fixtures)).items():
            archive.write(file, name)
    r_packages = {name: packages[name] for fixture in fixtures if (name := fixture.r.rpartition("::")[0]) in packages}
    r_files = {name: base64.b64encode(data).decode() for name, data in _r_files(fixtures, r_packages)}
    _write(live / "site.json", {
        "megabytes": round(sum(file.stat().st_size for file in _loaded(live)) / 1e6),
        "python": sorted(modules),
        "r_packages": {name: f"packages/{name}" for name in r_packages},
        "r_files": r_files,
    })  # fmt: skip
    _write(live / "sources.json", dict(_sources(subjects)))
    _write(live / "idioms.json", dict(_idioms(fixtures)))


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")


def _loaded(live: Path) -> Iterator[Path]:
    """What a browser fetches at the start; the rest of R's library comes when a line asks for it."""
    for name in ("webr/R.wasm", "webr/R.js", "webr/libRblas.so", "webr/libRlapack.so", "webr/webr-worker.js"):
        if (live / name).is_file():
            yield live / name
    yield from (
        file for file in (live / "pyodide").iterdir() if file.suffix != ".whl" or file.name.startswith("numpy-")
    )


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        inside = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in inside:
            if file.is_file() and "__pycache__" not in file.parts and file.stat().st_size <= LARGEST:
                yield file


def _zip(path: Path, root: Path, files: Iterable[Path]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.relative_to(root).as_posix())


def _modules(fixtures: Iterable[Fixture]) -> Iterator[tuple[str, tuple[Path, str]]]:
    """The project's own packages and modules that the fixtures name, by name: the folder, and the file or folder."""
    for fixture in fixtures:
        top = fixture.python.partition(":")[0].partition(".")[0]
        for folder in importable(fixture.path.resolve().parent):
            for name in (top, f"{top}.py"):
                if top and ((folder / name / "__init__.py").is_file() or (folder / name).is_file()):
                    yield top, (folder, name)


def _r_files(fixtures: Iterable[Fixture], packages: Mapping[str, Path]) -> Iterator[tuple[str, bytes]]:
    """R's files as they lie: of a package its code and, as if it were installed, what is in inst."""
    for name, source in packages.items():
        for file in _files([source / "DESCRIPTION", source / "R", source / "inst"]):
            inside = file.relative_to(source).as_posix().removeprefix("inst/")
            yield f"packages/{name}/{inside}", file.read_bytes()
    for name, file in dict(_data(fixtures)).items():
        yield f"project/{name}", file.read_bytes()
    for fixture in fixtures:
        for file in fixture.r_source:
            yield f"project/{_from_root(file, fixture)}", file.read_bytes()


def _data(fixtures: Iterable[Fixture]) -> Iterator[tuple[str, Path]]:
    """The files of the project that the fixtures hand to the code, or the folders of such, by their names in it."""
    for fixture in fixtures:
        root = root_of(fixture.path.resolve())
        for case in fixture.cases:
            values = [*case.make.values(), *(value for call in case.calls for value in call.arguments.values())]
            for value in values:
                if not isinstance(value, str) or not os.path.isabs(value):
                    continue
                place = Path(value).resolve()
                inside = [place] if place.is_file() else [*place.glob("*")] if place.is_dir() else []
                for file in inside:
                    if file.is_file() and file.is_relative_to(root) and file.stat().st_size <= LARGEST:
                        yield file.relative_to(root).as_posix(), file


def _from_root(path: Path, fixture: Fixture) -> str:
    root = root_of(fixture.path.resolve())
    try:
        return path.resolve().relative_to(root).as_posix()
    except ValueError as error:
        raise PagesError(f"{path}: lies outside of the project {root}, so that no site can bring it along") from error


def _sources(subjects: Iterable[PageSubject]) -> Iterator[tuple[str, dict[str, object]]]:
    """By page: the module and the package whose code the page shows, the folder in which its lines are typed, and how
    what they show is compared."""
    for subject in subjects:
        fixture = subject.fixture
        case = session_case(fixture) or fixture.cases[0]
        yield (
            subject.page,
            {
                "python": fixture.python.partition(":")[0],
                "r": fixture.r.rpartition("::")[0],
                "folder": f"project/{_from_root(fixture.path.parent, fixture)}",
                "names": sorted({name for one in fixture.cases for name in _compared(one)}),
                # The arithmetic of a browser is its own.
                "rtol": f"{max(case.tolerance.rtol, RTOL):g}",
                "atol": f"{max(case.tolerance.atol, ATOL):g}",
            },
        )


def _compared(case: Case) -> Iterator[str]:
    """What R's results are called that the case is compared by."""
    names = case.names.get("r", {})
    for call in range(len(case.calls)):
        yield from (names.get(root, root) for name in case.compared(call) for root in [name.partition(".")[0]])


def _idioms(fixtures: Iterable[Fixture]) -> Iterator[tuple[str, dict[str, str]]]:
    """What is defined before a row of a gallery, by the two lines of the row."""
    for fixture in fixtures:
        for case in fixture.cases:
            if case.calls and case.calls[0].instead:
                try:
                    python, r = lines_of(case)
                except PagesError:
                    continue
                yield f"{python}\n{r}", {"python": _setup(case, "python"), "r": _setup(case, "r")}


def _setup(case: Case, side: str) -> str:
    own = case_in(case, "python" if side == "python" else "r")
    lines = ["import numpy as np"] if side == "python" else []
    for line in case.setup.get(side, "").splitlines():
        # pandas is large, and few rows have to do with it.
        if line not in lines and (line != "import pandas as pd" or "pd." in lines_of(case)[0]):
            lines.append(line)
    for name, value in own.calls[0].arguments.items():
        if side == "python":
            lines.append(f"{name} = {python_literal(value, False, indent=len(name) + 3)}")
        else:
            lines.append(f"{name} <- {r_literal(value, indent=len(name) + 4)}")
    return "\n".join(lines)


__all__ = ["add_live"]
