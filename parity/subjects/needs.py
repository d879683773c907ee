"""What a fixture needs to be installed, looked for before anything of it is run."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Callable, Mapping, Sequence

from parity.fixture.model import Fixture


class NeedsError(Exception):
    """Something that the fixture needs is not installed. The message says what, and the remedy."""


def check_needs(fixture: Fixture, side: str) -> None:
    """Raises NeedsError for what one side lacks."""
    missing = [name for name in fixture.needs.get(side, ()) if not _INSTALLED[side](name)]
    if missing:
        names = ", ".join(missing)
        raise NeedsError(f"{fixture.path}: {_MISSING[side]} {names}, which the fixture needs; {remedy(side, missing)}")


def _in_python(name: str) -> bool:
    """Whether there is a module of that name, or a package that pip knows by it (scikit-learn, the module sklearn)."""
    try:
        if importlib.util.find_spec(name) is not None:
            return True
    except (ImportError, ValueError):
        pass
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _in_r(name: str) -> bool:
    from parity.subjects.r_functions import own

    return bool(own("is_installed")(name=name)[0])


def remedy(side: str, missing: Sequence[str]) -> str:
    """How the packages are installed."""
    if side == "python":
        return f"pip install {' '.join(missing)}"
    quoted = ", ".join(f'"{name}"' for name in missing)
    debian = " ".join(f"r-cran-{name.lower()}" for name in missing)
    return f"install.packages(c({quoted})) in R, or on Debian: apt install {debian}"


def missing_modules(error: BaseException) -> list[str]:
    """The Python module that an import failed for, by the errors that this one came from."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ModuleNotFoundError) and cause.name:
            return [cause.name.partition(".")[0]]
        cause = cause.__cause__
    return []


_INSTALLED: Mapping[str, Callable[[str], bool]] = {"python": _in_python, "r": _in_r}
_MISSING = {"python": "Python has no module", "r": "R has no package"}
