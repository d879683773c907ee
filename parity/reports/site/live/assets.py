"""R and Python for the browser: where they come from, and whether a folder has them.

webR and Pyodide are packages of npm. NumPy and pandas are not in Pyodide's: their wheels are named, with their SHA-256,
in the lock file that is; Pyodide's own loader fetches them, or a folder has them, and either way the sums have to fit.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from parity.reports.pages.files import PagesError

WEBR = "webr@0.6.0"
PYODIDE = "pyodide@0.27.7"
"""The newest whose NumPy has been tried here together with the pages."""

VERSIONS = "versions.txt"
LOCK = "pyodide-lock.json"
PACKAGES = ("numpy", "pandas")
"""NumPy is loaded at the start, the other one where a line imports it."""
_VERSIONS = f"{WEBR}\n{PYODIDE}\n"
# Of webR what a page needs: neither its terminal, nor its tests, nor what helps to debug it.
_WEBR_NOT = ("repl/", "tests/", "webR/")
_WEBR_ENDS_NOT = (".map", ".d.ts", ".cjs", ".mjs")
_PYODIDE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", LOCK)
_NEEDED = (*(f"pyodide/{name}" for name in _PYODIDE), "webr/webr.js", "webr/webr-worker.js", "webr/R.js", "webr/R.wasm")

_LOAD = """
const { loadPyodide } = require(process.argv[1]);
loadPyodide({ packageCacheDir: process.argv[2] }).then((python) => python.loadPackage(process.argv.slice(3)));
"""

Run = Callable[[Sequence[str], Path], str]


def fetch(out: Path, wheels: Path | None = None, run: Run | None = None) -> Path:
    """Fill the folder `out`, which has to be empty or absent. `wheels` is a folder that has the wheels already.

    `run` carries out a command in a folder and gives what it printed. Raises PagesError where npm is missing or fails,
    and where a file is not what it has to be.
    """
    if out.exists() and any(out.iterdir()):
        raise PagesError(f"{out} has something in it; expected an empty folder, or none")
    run = run or _run
    with tempfile.TemporaryDirectory() as work:
        webr, pyodide = (_unpacked(package, Path(work), run) for package in (WEBR, PYODIDE))
        filled = Path(work) / "filled"
        _copy(webr / "dist", filled / "webr", _of_webr)
        _copy(pyodide, filled / "pyodide", lambda name: name in _PYODIDE)
        if wheels is None:
            run(["node", "-e", _LOAD, str(pyodide), str(pyodide), *PACKAGES], Path(work))
        for wheel, checksum in _wheels(filled / "pyodide").items():
            found = (wheels or pyodide) / wheel
            if not found.is_file():
                where = f"it in {wheels}" if wheels else "Pyodide to fetch it; --wheels names a folder that has it"
                raise PagesError(f"there is no {wheel}; expected {where}")
            if hashlib.sha256(found.read_bytes()).hexdigest() != checksum:
                raise PagesError(f"{found} is not the file that {PYODIDE} names: its SHA-256 is another")
            shutil.copy(found, filled / "pyodide" / wheel)
        (filled / VERSIONS).write_text(_VERSIONS, "utf-8")
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(filled, out)
    return out


def checked(assets: Path) -> Path:
    """The folder. Raises PagesError where something is missing in it, or is of another version."""
    if not (assets / VERSIONS).is_file() or (assets / VERSIONS).read_text("utf-8") != _VERSIONS:
        raise PagesError(f"{assets} has not {WEBR} and {PYODIDE}; expected a folder that `parity live` has filled")
    for name in _NEEDED:
        if not (assets / name).is_file():
            raise PagesError(f"{assets} has no {name}; expected a folder that `parity live` has filled")
    for wheel in _wheels(assets / "pyodide"):
        if not (assets / "pyodide" / wheel).is_file():
            raise PagesError(f"{assets} has no pyodide/{wheel}; expected a folder that `parity live` has filled")
    return assets


def _wheels(pyodide: Path) -> dict[str, str]:
    """The files of the packages and of what they need, with their sums."""
    known = json.loads((pyodide / LOCK).read_text("utf-8"))["packages"]
    wanted = list(PACKAGES)
    for name in wanted:
        wanted += [other for other in known[name]["depends"] if other not in wanted]
    return {known[name]["file_name"]: known[name]["sha256"] for name in wanted}


def _of_webr(name: str) -> bool:
    return not name.startswith(_WEBR_NOT) and not name.endswith(_WEBR_ENDS_NOT)


def _copy(source: Path, target: Path, wanted: Callable[[str], bool]) -> None:
    for file in source.rglob("*"):
        name = file.relative_to(source).as_posix()
        if file.is_file() and wanted(name):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target / name)


def _unpacked(package: str, work: Path, run: Run) -> Path:
    name = run(["npm", "pack", package], work).strip().splitlines()[-1]
    folder = work / package.partition("@")[0]
    with tarfile.open(work / name) as archive:
        for member in archive:
            inside = PurePosixPath(member.name)
            content = archive.extractfile(member) if member.isfile() else None
            # Plain files alone, and none outside: the older of our Pythons have no `filter` that sees to it.
            if content is not None and not inside.is_absolute() and ".." not in inside.parts:
                (folder / inside).parent.mkdir(parents=True, exist_ok=True)
                (folder / inside).write_bytes(content.read())
    return folder / "package"


def _run(command: Sequence[str], folder: Path) -> str:
    # Beside this Python too, where the extra `live` puts it.
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    program = shutil.which(command[0], path=path)
    if program is None:
        raise PagesError(f"{command[0]} is not there; it comes with Node.js, or with pip install 'parity-r[live]'")
    environment = {**os.environ, "PATH": path, "NODE_EXTRA_CA_CERTS": _certificates()}
    done = subprocess.run(
        [program, *command[1:]], cwd=folder, env=environment, text=True, capture_output=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        errors = [line for line in said if line.lower().startswith(("npm err", "error"))] or said[-1:]
        raise PagesError(f"{' '.join(command[:3])} failed: {'; '.join(errors[:3]) or done.returncode}")
    return done.stdout


def _certificates() -> str:
    """What this machine trusts: Node brings certificates of its own and knows no others."""
    named = [os.environ.get("NODE_EXTRA_CA_CERTS"), os.environ.get("SSL_CERT_FILE")]
    usual = [ssl.get_default_verify_paths().cafile, "/etc/ssl/certs/ca-certificates.crt"]
    return next((path for path in (*named, *usual) if path and Path(path).is_file()), "")


__all__ = ["PYODIDE", "WEBR", "checked", "fetch"]
