"""Code that a fixture itself writes in Python: set-up lines, expressions as arguments, other functions for a call."""

from __future__ import annotations

import dis
import functools
import inspect
import linecache
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

import numpy as np

SET_UP, WRITTEN = "<set-up lines>", "<fixture>"


def names_beside(target: Any) -> dict[str, Any]:
    """A copy of the names of the module that the code under test comes from, and NumPy's `np` and parity's `_`."""
    function = inspect.unwrap(target) if callable(target) else target
    own = getattr(function, "__globals__", None)
    if own is None:
        own = vars(sys.modules.get(getattr(target, "__module__", "") or "", sys.modules["builtins"]))
    kept = {name: value for name, value in own.items() if not name.startswith("__")}
    return {"np": np, **kept}


def set_up(code: str, names: dict[str, Any]) -> None:
    """Run the lines; what they assign goes into `names`."""
    # So that a traceback, and `inspect.getsource`, can show a line of it.
    linecache.cache[SET_UP] = (len(code), None, code.splitlines(keepends=True), SET_UP)
    exec(_compiled(code, SET_UP, "exec"), names)


def evaluate(code: str, names: dict[str, Any]) -> Any:
    return eval(_compiled(code.strip(), WRITTEN, "eval"), names)


@functools.lru_cache(maxsize=512)
def _compiled(code: str, file: str, mode: str) -> CodeType:
    return compile(code, file, mode, dont_inherit=True)


def ignored(function: Callable[..., Any]) -> tuple[str, ...]:
    """The parameters that a function which the fixture itself writes never looks at."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_filename != WRITTEN:
        return ()
    count = code.co_argcount + code.co_kwonlyargcount + sum(bool(code.co_flags & flag) for flag in (0x04, 0x08))
    used = set(code.co_cellvars)
    for instruction in dis.get_instructions(code):
        if "LOAD" in instruction.opname:
            named = instruction.argval
            used.update(named if isinstance(named, tuple) else (named,))
    return tuple(name for name in code.co_varnames[:count] if name not in used)
