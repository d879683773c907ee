"""What keeps R's values alive while Python holds them."""

from __future__ import annotations

from collections import deque
from typing import Any

from parity.bridge.kinds import VECSXP

SLOTS_PER_TABLE = 1024


class Slots:
    """Keeps R values alive in preserved lists, a slot each; giving one back only queues it.

    `R_PreserveObject` and `R_ReleaseObject` walk a linked list, and a finalizer may run at any moment and in any
    thread, when R must not be touched; appending to a deque is safe everywhere. The queue is emptied at the next park.
    """

    def __init__(self, lib: Any) -> None:
        self._lib = lib
        self._set = lib.SET_VECTOR_ELT
        self._nil = lib.R_NilValue
        self._free: list[tuple[Any, int]] = []
        self.given_back: deque[tuple[Any, int]] = deque()
        self.tables = 0

    @property
    def in_use(self) -> int:
        return self.tables * SLOTS_PER_TABLE - len(self._free) - len(self.given_back)

    def park(self, sexp: Any) -> tuple[Any, int]:
        given_back = self.given_back
        while given_back:
            slot = given_back.pop()
            self._set(slot[0], slot[1], self._nil)
            self._free.append(slot)
        if not self._free:
            self._lib.Rf_protect(sexp)
            table = self._lib.Rf_allocVector(VECSXP, SLOTS_PER_TABLE)
            self._lib.R_PreserveObject(table)
            self._lib.Rf_unprotect(1)
            self.tables += 1
            self._free.extend((table, i) for i in range(SLOTS_PER_TABLE))
        slot = self._free.pop()
        self._set(slot[0], slot[1], sexp)
        return slot
