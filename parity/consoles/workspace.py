"""What a Python console needs before its first session; it is run inside that console, and imports nothing of parity.

`start` is called once, `reset` before each session, `end` after it.
"""

from __future__ import annotations

import builtins
import os
import sys
import warnings
from types import TracebackType

import numpy

_PRINT = {name: value for name, value in numpy.get_printoptions().items() if name != "override_repr"}
_ERRORS = numpy.geterr()
_FILTERS = list(warnings.filters)
_KEPT: set[str] = set()
_HOOKS = (sys.displayhook, warnings.showwarning)


def start(prompts: tuple[str, str], failure: str, paths: list[str]) -> None:
    """From now on the prompts are these, `failure` stands before each error, and modules are looked for where a person
    would find them: in the working directory, in what is installed, in `paths`."""
    sys.path[:] = ["", *sys.path, *(path for path in paths if path not in sys.path)]
    sys.ps1, sys.ps2 = prompts

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.stderr.write(f"{failure}\n")
        sys.__excepthook__(kind, error, trace)

    sys.excepthook = hook
    _KEPT.update(sys.modules["__main__"].__dict__)


def reset(mark: str, directory: str, linewidth: int) -> None:
    """An empty `__main__`, warnings and settings as they were at the start, and the mark.

    Modules that lie in the working directory that is left are forgotten: another directory has its own of that name.
    """
    names = sys.modules["__main__"].__dict__
    for name in [name for name in names if name not in _KEPT]:
        del names[name]
    builtins.__dict__.pop("_", None)
    for module in list(sys.modules.values()):
        members = getattr(module, "__dict__", None)
        if type(members) is dict:
            members.pop("__warningregistry__", None)
    warnings.resetwarnings()
    warnings.filters[:] = _FILTERS  # type: ignore[index]  # a list, whatever the stubs say
    sys.displayhook, warnings.showwarning = _HOOKS
    left = os.getcwd()
    if directory != left:
        for name, module in list(sys.modules.items()):
            if os.path.dirname(getattr(module, "__file__", None) or "") == left:
                del sys.modules[name]
    os.chdir(directory)
    numpy.set_printoptions(**_PRINT)  # type: ignore[arg-type]
    numpy.set_printoptions(linewidth=linewidth)
    numpy.seterr(**_ERRORS)
    print(mark)


def end(mark: str) -> None:
    print(mark)
