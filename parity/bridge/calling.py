"""R functions as Python callables, and the rest that a caller asks of the running R."""

from __future__ import annotations

from collections.abc import Sequence
from threading import get_ident
from typing import Any

import numpy as np

from parity.bridge.embedded import Embedded
from parity.bridge.frames import FrameReceiver, FrameSender
from parity.bridge.handles import Held, RValue


class Bridge:
    """The running R with both conversions. One per process, built by `starting`."""

    def __init__(self, r: Embedded) -> None:
        self.r = r
        self.slots = r.slots
        self.to_r = FrameSender(r).to_r
        receiver = FrameReceiver(r)
        self.to_python, self.read = receiver.to_python, receiver.read
        self.protect, self.unprotect, self.setcar, self.nil = r.protect, r.unprotect, r.lib.SETCAR, r.nil
        self.global_environment = RValue(r.lib.R_GlobalEnv, r)

    def side(self, name: str, *arguments: Any, guarded: bool = False) -> RValue:
        """Call a function of `side.R` with Python values (no symbols or calls)."""
        count = 0
        try:
            sexps = []
            for value in arguments:
                sexps.append(self.protect(self.to_r(value)))
                count += 1
            return RValue(self.r.side(name, *sexps, guarded=guarded), self.r)
        finally:
            self.unprotect(count)


class _Template:
    """A call that is built once and kept: `guard(name(cell, cell, ...))`. A call only overwrites its cells."""

    __slots__ = ("call", "cells", "handle")

    def __init__(self, handle: RValue, count: int, lib: Any) -> None:
        self.handle = handle  # keeps `call` alive
        self.call = handle._sexp
        cell = lib.CDR(lib.CAR(lib.CDR(self.call)))
        cells = []
        for _ in range(count):
            cells.append(cell)
            cell = lib.CDR(cell)
        self.cells = tuple(cells)


class RFunction(Held):
    """An R function that is called with Python values. Positional and named arguments are R's own."""

    __slots__ = ("_bridge", "_formals", "_scope", "_templates", "name", "value")

    def __init__(self, bridge: Bridge, value: RValue, name: str = "f") -> None:
        self._bridge = bridge
        self._sexp = value._sexp
        self.value = value
        self.name = name
        # An environment below the global one in which `name` is the function.
        self._scope = bridge.side("scope", name, value)
        self._templates: dict[tuple[int, tuple[str, ...]], _Template] = {}
        self._formals: dict[str, bool] | None = None

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call it and convert the result, without labels. Raises RError, ConversionError, RThreadError."""
        bridge = self._bridge
        result = bridge.protect(self._run(args, named))
        try:
            return bridge.to_python(result)
        finally:
            bridge.unprotect(1)

    def keep(self, *args: Any, **named: Any) -> RValue:
        """Call it and leave the result in R."""
        return RValue(self._run(args, named), self._bridge.r)

    def keep_and_read(self, names: Sequence[str], /, *args: Any, **named: Any) -> tuple[RValue, dict[str, Any]]:
        """`keep`, and `read` of the result with labels: the handle, and those of the named elements that are there."""
        handle = RValue(self._run(args, named), self._bridge.r)
        return handle, self._bridge.read(handle._sexp, names, True)

    def _run(self, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """The result's SEXP, not yet rooted: the caller protects or parks it before R allocates again."""
        bridge = self._bridge
        r = bridge.r
        if get_ident() != r.thread:
            r.check_thread()
        key = (len(args), tuple(named))
        template = self._templates.get(key)
        if template is None:
            template = self._templates[key] = self._template(key)
        setcar, to_r, cells = bridge.setcar, bridge.to_r, template.cells
        try:
            # A converted value is rooted by its cell before the next one is allocated.
            for cell, value in zip(cells, (*args, *named.values()), strict=True):
                setcar(cell, to_r(value))
            return r.evaluate(template.call, self._scope._sexp)
        finally:
            nil = bridge.nil
            for cell in cells:
                setcar(cell, nil)

    def _template(self, key: tuple[int, tuple[str, ...]]) -> _Template:
        positional, named = key
        names = np.array([""] * positional + list(named), dtype=np.str_)
        return _Template(self._bridge.side("template", self.name, names), len(names), self._bridge.r.lib)

    @property
    def formals(self) -> dict[str, bool]:
        """Argument name -> whether it may be left out (it has a default, or it is `...`), in R's order."""
        if self._formals is None:
            self._bridge.r.check_thread()
            description = self._bridge.to_python(self._bridge.side("formals_of", self.value)._sexp)
            self._formals = {str(n): bool(f) for n, f in zip(description["names"], description["filled"], strict=True)}
        return self._formals

    def __repr__(self) -> str:
        return f"<RFunction {self.name}>"
