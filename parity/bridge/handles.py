"""A value that stays in R, held from Python."""

from __future__ import annotations

from typing import Any

from parity.bridge.embedded import Embedded
from parity.bridge.kinds import ENVSXP, TYPEOF, VECSXP


class Held:
    """Whatever stands for an R value that is already in R. `_sexp` is that value."""

    __slots__ = ("_sexp",)

    _sexp: Any


class RValue(Held):
    """A handle on a value that stays in R; R keeps it as long as the handle lives."""

    __slots__ = ("__weakref__", "_give_back", "_r", "_slot")

    def __init__(self, sexp: Any, r: Embedded) -> None:
        self._sexp = sexp
        self._r = r
        self._slot = r.slots.park(sexp)
        self._give_back = r.slots.given_back.append

    def __del__(self) -> None:
        try:  # noqa: SIM105 - suppress() would cost as much as all the rest of a handle
            self._give_back(self._slot)
        except AttributeError:  # never parked
            pass

    def element(self, name: str) -> RValue | None:
        """The element of a list, or the variable of an environment, of exactly this name; None if there is none.

        Raises RError where the variable is an active binding, or a promise, whose code fails.
        """
        r = self._r
        r.check_thread()
        kind = self._sexp.sxpinfo.type
        if kind == VECSXP:
            at = position(r, self._sexp, name)
            return None if at is None else RValue(r.lib.VECTOR_ELT(self._sexp, at), r)
        if kind == ENVSXP:
            return variable(r, self._sexp, name)
        return None

    @property
    def type(self) -> str:
        """R's `typeof`: "closure", "environment", "double", "list", ..."""
        return TYPEOF[self._sexp.sxpinfo.type]

    def __repr__(self) -> str:
        return f"<RValue {self.type}>"


def position(r: Embedded, sexp: Any, name: str) -> int | None:
    """Where a list has its first element of that name."""
    names = r.get_attribute(sexp, r.names)
    if names == r.nil:
        return None
    element = r.lib.STRING_ELT
    for i in range(r.length(names)):
        if r.name(element(names, i)) == name:
            return i
    return None


def variable(r: Embedded, envir: Any, name: str) -> RValue | None:
    text = r.protect(r.strings((name,)))
    try:
        holder = r.protect(r.side(".parity.variable", envir, text, guarded=True))
        try:
            return None if holder == r.nil else RValue(r.lib.VECTOR_ELT(holder, 0), r)
        finally:
            r.unprotect(1)
    finally:
        r.unprotect(1)
