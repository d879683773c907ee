"""The running R: evaluating at its top level, its console, its conditions, its strings and its memory.

Below `handles`, `sending` and `receiving`; whatever is given and returned here is an SEXP, a text or a number.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from parity.bridge.errors import Condition, ConversionError, RError, RThreadError
from parity.bridge.kinds import (
    COMPLEX128,
    CPLXSXP,
    FLOAT64,
    INT32,
    INTSXP,
    LGLSXP,
    RAWSXP,
    REALSXP,
    STRSXP,
    UINT8,
    VECSXP,
)
from parity.bridge.slots import Slots

_GUARDED_ABOVE = 1 << 26  # bytes; a larger vector is allocated under R's error handling, since R may refuse it
_REMEMBERED_NAMES = 4096
_R_CODE = Path(__file__).with_name("r")


class Embedded:
    """The R of this process. One, built by `starting`; it belongs to the thread that built it."""

    def __init__(self, openrlib: Any, callbacks: Any, versions: dict[str, str]) -> None:
        lib, ffi = openrlib.rlib, openrlib.ffi
        self.thread = threading.get_ident()
        self.rpy2 = versions
        self.lib = lib
        self.ffi = ffi
        self.console: list[str] = []
        self.inside = False  # R is evaluating for us
        self._raised: BaseException | None = None  # by a signal's handler while R was
        self._callbacks: list[Any] = []

        self.nil, self.na_string = lib.R_NilValue, lib.R_NaString
        self.protect, self.unprotect = lib.Rf_protect, lib.Rf_unprotect
        self._eval, self._failed = lib.R_tryEval, ffi.new("int *")
        self._alloc, self.length = lib.Rf_allocVector, lib.Rf_xlength
        self.get_attribute, self.set_attribute = lib.Rf_getAttrib, lib.Rf_setAttrib
        self.dim, self.class_ = lib.R_DimSymbol, lib.R_ClassSymbol
        self.names, self.dimnames, self.levels, self.tzone, self.units, self.row_names = (
            lib.Rf_install(symbol) for symbol in (b"names", b"dimnames", b"levels", b"tzone", b"units", b"row.names")
        )
        self.data: dict[int, tuple[Callable[[Any], Any], np.dtype[Any], str]] = {
            REALSXP: (lib.REAL, FLOAT64, "double"),
            INTSXP: (lib.INTEGER, INT32, "integer"),
            LGLSXP: (lib.LOGICAL, INT32, "logical"),
            RAWSXP: (lib.RAW, UINT8, "raw"),
            CPLXSXP: (lib.COMPLEX, COMPLEX128, "complex"),
        }
        self._listen(openrlib, callbacks)
        self.slots = Slots(lib)
        self.known: dict[Any, str] = {}

        self._bootstrap("settings.R", lib.R_BaseEnv)
        self._side = self._below_base()
        self._bootstrap("side.R", self._side)
        self._guard = self._side_value("guard")
        self.quote = self._side_value("quote")  # the function, since its name may mean another one where it is called
        # Symbols to evaluate in the environment where handlers write: that calls no function.
        self._caught = self._side_value("caught")
        self._conditions = lib.Rf_install(b"conditions")

    def check_thread(self) -> None:
        if threading.get_ident() != self.thread:
            raise RThreadError(
                "R runs in the thread that started it; this is another one. Call R from one thread only."
            )

    # -- starting -----------------------------------------------------------------------------------------------------

    def _listen(self, openrlib: Any, callbacks: Any) -> None:
        """Take R's console during our own calls; other users of rpy2 in the process keep what they set.

        R calls `process_events` while it works, which is when Python runs the handler of a signal that has come. What
        the handler raises (KeyboardInterrupt, a test's timeout) can't pass through R's C code: it is kept, R is told to
        stop at its next check, and `evaluate` raises it. rpy2's own callbacks lose it when it comes a moment early.
        """
        lib, ffi = self.lib, self.ffi

        def write(text: Any, size: int, kind: int) -> None:
            decoded = ffi.buffer(text, size)[:].decode("utf-8", "replace")
            if self.inside:
                self.console.append(decoded)
            elif kind == 0:
                callbacks.consolewrite_print(decoded)
            else:
                callbacks.consolewrite_warnerror(decoded)

        def process_events() -> None:
            if not self.inside:
                callbacks.processevents()

        def flush() -> None:
            if not self.inside:
                callbacks.consoleflush()

        def keep(_type: Any, error: BaseException, _traceback: Any) -> None:
            self._raised = error
            lib.R_interrupts_pending = 1

        for ours, name, variable, signature in (
            (write, "_consolewrite_ex", "ptr_R_WriteConsoleEx", "void (char *, int, int)"),
            (process_events, "_processevents", "ptr_R_ProcessEvents", "void (void)"),
            (flush, "_consoleflush", "ptr_R_FlushConsole", "void (void)"),
        ):
            if openrlib.ffi_proxy.get_ffi_mode(openrlib._rinterface_cffi).name == "API":
                ffi.def_extern(name=name, onerror=keep)(ours)
            else:
                called = ffi.callback(signature, ours, onerror=keep)
                self._callbacks.append(called)  # C holds only the address
                setattr(lib, variable, called)

        def during_calls(ours: Callable[..., Any], theirs: Callable[..., Any]) -> Callable[..., Any]:
            return lambda *args: ours(*args) if self.inside else theirs(*args)

        callbacks.showmessage = during_calls(self.console.append, callbacks.showmessage)
        # Nobody is there to answer: an empty reply is the end of the input, and readline() and browser() go on.
        callbacks.consoleread = during_calls(lambda _prompt: "", callbacks.consoleread)

    def _bootstrap(self, file: str, envir: Any) -> None:
        """Evaluate one of our own R files before there is anything to do it with: `eval(parse(text = code))`.

        The names are looked up in the base package, whatever the global environment holds.
        """
        lib = self.lib
        text = self.protect(self.strings(((_R_CODE / file).read_text("utf-8"),)))
        call = self.protect(lib.Rf_lang3(lib.Rf_install(b"parse"), text, lib.Rf_ScalarLogical(False)))
        lib.SET_TAG(lib.CDR(call), lib.Rf_install(b"text"))
        lib.SET_TAG(lib.CDR(lib.CDR(call)), lib.Rf_install(b"keep.source"))
        try:
            expressions = self.protect(self._ours(call, lib.R_BaseEnv))
            call = self.protect(lib.Rf_lang3(lib.Rf_install(b"eval"), expressions, envir))
            self._ours(call, lib.R_BaseEnv)
            self.unprotect(2)
        finally:
            self.unprotect(2)

    def _below_base(self) -> Any:
        lib = self.lib
        call = self.protect(lib.Rf_lang2(lib.Rf_install(b"new.env"), lib.R_BaseEnv))
        lib.SET_TAG(lib.CDR(call), lib.Rf_install(b"parent"))
        try:
            envir = self.protect(self._ours(call, lib.R_BaseEnv))
            lib.R_PreserveObject(envir)
            self.unprotect(1)
            return envir
        finally:
            self.unprotect(1)

    def _side_value(self, name: str) -> Any:
        """The value of a variable of `side.R`, which holds it for good."""
        return self._ours(self.lib.Rf_install(name.encode()), self._side)

    # -- calling ------------------------------------------------------------------------------------------------------

    def evaluate(self, call: Any, envir: Any) -> Any:
        """Evaluate at R's top level. The result is not rooted. R's errors and interrupts become exceptions."""
        self.inside = True
        try:
            result = self._eval(call, envir, self._failed)
        finally:
            self.inside = False
        if self._failed[0] or self._raised is not None:
            self._raise()
        return result

    def side(self, name: str, *arguments: Any, guarded: bool = False) -> Any:
        """Call a function of `side.R` with SEXPs (no symbols or calls), which are rooted by the caller.

        guarded: what it runs is the user's, whose conditions are told as those of any call. The result is not rooted.
        """
        lib, count = self.lib, 0
        build = (lib.Rf_lang1, lib.Rf_lang2, lib.Rf_lang3, lib.Rf_lang4)[len(arguments)]
        try:
            call = self.protect(build(lib.Rf_install(name.encode()), *arguments))
            count += 1
            if not guarded:
                return self._ours(call, self._side)
            call = self.protect(lib.Rf_lang2(self._guard, call))
            count += 1
            return self.evaluate(call, self._side)
        finally:
            self.unprotect(count)

    def _ours(self, call: Any, envir: Any) -> Any:
        """Evaluate what is our own and can't fail by what the user does."""
        self.inside = True
        try:
            result = self._eval(call, envir, self._failed)
        finally:
            self.inside = False
        if self._failed[0]:
            raise RError("the bridge's own R code failed: " + "".join(self.console[-1:]).strip())
        return result

    def _raise(self) -> None:
        raised, self._raised = self._raised, None
        self.lib.R_interrupts_pending = 0
        caught = self.protect(self.side("take_error"))
        try:
            kind = caught.sxpinfo.type
            parts = [self.texts(self.lib.VECTOR_ELT(caught, i)) for i in range(4)] if kind == VECSXP else []
        finally:
            self.unprotect(1)
        if raised is not None:
            raise raised
        if kind == LGLSXP:
            # Sys.sleep and the like catch the signal in C, so that the handler Python has for it never ran.
            if threading.current_thread() is threading.main_thread() and callable(signal.getsignal(signal.SIGINT)):
                signal.raise_signal(signal.SIGINT)
            raise KeyboardInterrupt
        if not parts:  # left by a restart, or failed where no handler runs: R has said why on its console
            line = self.console.pop() if self.console and self.console[-1].startswith("Error") else ""
            text = line.strip().removeprefix("Error: ")
            raise RError(text or "R returned to its top level without an error message")
        message, classes, where, (call, *traceback) = parts
        raise RError(message[0], call, tuple(traceback), classes, where[0])

    def take_conditions(self) -> tuple[tuple[Condition, ...], str]:
        output = "".join(self.console)
        self.console.clear()
        caught = self._ours(self._conditions, self._caught)
        if caught == self.nil:
            return (), output
        conditions = []
        for i in range(self.length(caught)):
            message, *classes = self.texts(self.lib.VECTOR_ELT(caught, i))
            conditions.append(Condition(tuple(classes), message))
        self.side("forget_conditions")
        return tuple(conditions), output

    # -- strings ------------------------------------------------------------------------------------------------------

    def text(self, char: Any, errors: str = "strict") -> str | None:
        if char == self.na_string:
            return None
        encoded = self.ffi.string(self.lib.R_CHAR(char))
        encoding = self.lib.Rf_getCharCE(char)
        try:  # CE_LATIN1 is 4 in memory and 2 in the API; CE_NATIVE is UTF-8, which settings.R saw to
            return str(encoded.decode("latin-1" if encoding == 2 else "utf-8", errors))
        except UnicodeDecodeError as error:
            raise ConversionError(f"a string of R that is neither UTF-8 nor Latin-1: {encoded!r}") from error

    def name(self, char: Any) -> str | None:
        """`text` for the names of lists, which are few and come again: R has each text once, by its address."""
        text = self.known.get(char)
        if text is None:
            text = self.text(char)
            if text is not None and len(self.known) < _REMEMBERED_NAMES:
                self.slots.park(char)  # for good, so that no other text ever has this address
                self.known[char] = text
        return text

    def texts(self, sexp: Any) -> tuple[str, ...]:
        """What R says of itself: bytes that are no text are replaced, and NA is the empty text."""
        element, known = self.lib.STRING_ELT, self.known
        chars = [element(sexp, i) for i in range(self.length(sexp))]
        return tuple([known.get(char) or self.text(char, "replace") or "" for char in chars])

    def char(self, text: Any) -> Any:
        if not isinstance(text, str):  # what a StringDType array gives for a missing element
            return self.na_string
        try:
            encoded = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ConversionError(f"a string that is not valid Unicode can't go to R: {text!r}") from error
        if b"\0" in encoded:
            raise ConversionError(f"R's strings can't hold a NUL character: {text!r}")
        return self.lib.Rf_mkCharLenCE(encoded, len(encoded), 1)  # CE_UTF8

    def strings(self, texts: Any) -> Any:
        """A character vector, not rooted; what is no `str` becomes NA."""
        put, char = self.lib.SET_STRING_ELT, self.char
        sexp = self.protect(self.allocate(STRSXP, len(texts)))
        try:
            for i, text in enumerate(texts):
                put(sexp, i, char(text))
        finally:
            self.unprotect(1)
        return sexp

    # -- memory -------------------------------------------------------------------------------------------------------

    def allocate(self, kind: int, size: int) -> Any:
        """A vector, not rooted."""
        if size * 8 <= _GUARDED_ABOVE:
            return self._alloc(kind, size)
        # Where memory is short R jumps to its top level, which outside a call would be into nowhere.
        name = self.data[kind][2] if kind in self.data else {STRSXP: "character", VECSXP: "list"}[kind]
        mode = self.protect(self.strings((name,)))
        length = self.protect(self.lib.Rf_ScalarReal(float(size)))
        try:
            return self.side("vector", mode, length, guarded=True)
        finally:
            self.unprotect(2)
