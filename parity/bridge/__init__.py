"""R, embedded in this process: the only module that imports rpy2.

R is reached below rpy2's `robjects`, by the C functions that rpy2 declares, so that a small call costs microseconds::

    softmax = function("function(x) exp(x) / sum(exp(x))")
    softmax(np.array([1.0, 2.0]))                       # -> array([0.2689, 0.7311])
    forward = function("Affine.forward").keep(W=W, b=b, x=x)      # the result stays in R ...
    function("Affine.backward")(forward, dout)["dW"]              # ... and is handed on whole

Importing this module is cheap and needs no rpy2: R starts at the first use, or by `start()`.

From Python to R
    ======================================  ==================================================================
    float64, float32, float16               double, bit for bit (NaN payloads, -0.0, subnormals)
    bool; int8 to int64, uint8 to uint32    logical; integer. Beyond +-2147483647 is refused (-2147483648 is R's NA)
    `<U` and StringDType arrays             character; a missing StringDType element is `NA_character_`
    array of shape (n,), or rank 0          plain vector without `dim`
    array of rank 2 or more                 array with `dim`, same indices: `x[i, j]` is `x[i + 1, j + 1]`
    float, int, bool, str, NumPy scalar     vector of length one
    None                                    NULL
    dict with str keys; list, tuple         named list; unnamed list
    `RValue`, `RFunction`                   the R value itself
    ======================================  ==================================================================
    uint64, long double, complex, object, structured, date and masked arrays raise `ConversionError`.

From R to Python
    ======================================  ==================================================================
    double, integer, logical                float64, int32, bool array: shape `dim`, or `(n,)` without `dim`,
                                            also for length one, so that the type never depends on the length
    integer or logical with an NA           float64 holding R's NA, as `as.double` gives it (no int32 or bool can)
    character                               `<U` array; with an NA a StringDType array whose missing element is None
    raw                                     uint8 array
    NULL                                    None
    list, data.frame                        dict if it has names (which must be unique and not empty), else list
    factor                                  its labels, as character
    function, environment, S4, language     `RValue`, a handle
    complex, list with `dim`                `ConversionError`
    ======================================  ==================================================================
    Names, dimnames and the class of an atomic vector are dropped (a Date is its number), as by `unclass`. Arrays come
    back read-only and in Fortran order. Large ones are views of memory that R may neither change (it is marked as
    shared, so R copies before it writes) nor collect (it is held until the array is garbage).

One thread: R belongs to the thread that started it; a call from another raises `RThreadError`.
Nothing that R prints reaches the terminal: `take_messages()` returns it. What a child process or C code writes straight
to the file descriptors is outside R's console and is not caught.

Sources: "Writing R Extensions" 5.9 to 5.13 and 8.1 (memory, attributes, embedding), "R Internals" 1.1 and 1.6.
"""

from __future__ import annotations

import locale
import os
import re
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

__all__ = [
    "ConversionError",
    "RError",
    "RFunction",
    "RThreadError",
    "RUnavailable",
    "RValue",
    "evaluate",
    "function",
    "start",
    "take_messages",
    "to_python",
    "versions",
]

# SEXPTYPE codes of R's vectors and of the values that have meanings of their own here (R Internals, 1.1).
_NILSXP, _SYMSXP, _PROMSXP, _LANGSXP, _BCODESXP, _ENVSXP = 0, 1, 5, 6, 21, 4
_LGLSXP, _INTSXP, _REALSXP, _CPLXSXP, _STRSXP, _VECSXP, _RAWSXP = 10, 13, 14, 15, 16, 19, 24
_EVALUATED_WHEN_PASSED = frozenset({_SYMSXP, _PROMSXP, _LANGSXP, _BCODESXP})
_FUNCTIONS = frozenset({3, 7, 8})  # closure, special, builtin

_FLOAT64, _INT32, _UINT8 = np.dtype(np.float64), np.dtype(np.int32), np.dtype(np.uint8)
_INT_MAX = 2**31 - 1
_NA_INTEGER = -(2**31)
_NA_REAL_BITS = np.uint64(0x7FF00000000007A2)  # a NaN whose low word is 1954: R Internals, 1.1 and arithmetic.c

_COPY_UP_TO = 512  # bytes; below this copying a result costs less than keeping R's memory alive for a view
_GUARDED_ABOVE = 1 << 26  # bytes; a larger vector is allocated under R's error handling, since R may refuse it
_HEAP = (
    "--min-vsize=256M"  # R collects after so many bytes of vectors: a call on 8 MB costs a third of what it does at 64M
)
_SLOTS_PER_TABLE = 1024
_REMEMBERED_SHAPES = 1024

_REMEDY = (
    "Install R (Debian and Ubuntu: apt install r-base-core r-base-dev; macOS: brew install r; conda: r-base) and "
    "`pip install rpy2-rinterface` with R on the PATH. "
    "R before 4.5 needs rpy2-rinterface 3.6.5 or older; 3.6.6 and newer need R 4.5 or newer."
)


class RUnavailable(Exception):
    """rpy2 or R can't be loaded. The message says why and what to install."""


class RThreadError(RuntimeError):
    """R was called from another thread than the one that started it. R was not touched."""


class ConversionError(TypeError):
    """A value that has no faithful counterpart in the other language."""


class RError(RuntimeError):
    """An error raised by R code.

    message: R's `conditionMessage`. call: the failing call on one line, "" if R knows none.
    traceback: the calls that led there, outermost first, one line each.
    """

    def __init__(self, message: str, call: str = "", traceback: tuple[str, ...] = ()) -> None:
        super().__init__(message, call, traceback)  # all three, so that it survives pickling
        self.message = message
        self.call = call
        self.traceback = traceback

    def __str__(self) -> str:
        return f"{self.message} (in {self.call})" if self.call else self.message


# The R side of the bridge. `guard` costs about a microsecond a call because it pushes handlers that were built once,
# as withCallingHandlers does inside; where R no longer allows that, withCallingHandlers itself is used.
# An error is written down where it happens, while the calls are still on the stack, and then leaves by R's "abort"
# restart: R's default handler, which would print it, never runs.
_R_SIDE = r"""
local({
  caught <- new.env(hash = FALSE, parent = emptyenv())
  caught$warnings <- NULL
  caught$error <- NULL
  caught$interrupted <- FALSE

  describe <- function(value) {
    if (is.function(value)) return(as.name("<function>"))
    extent <- if (is.null(dim(value))) length(value) else dim(value)
    as.name(paste0("<", typeof(value), " ", paste(extent, collapse = "x"), ">"))
  }
  # Arguments arrive in the call as values: a vector of a million numbers must not be written out.
  one_line <- function(call) {
    if (is.null(call)) return("")
    for (i in seq_along(call)) {
      if (is.language(call[[i]])) next  # also an argument that is left empty, as in x[1, ]
      part <- call[[i]]
      if (is.function(part) || is.list(part) || length(part) > 1L) call[[i]] <- describe(part)
    }
    text <- deparse(call, 120L, FALSE, NULL, 2L)
    if (length(text) > 1L) paste(text[[1L]], "...") else text
  }
  # The failing call, then the calls that led to it. `last` is the frame of the handler that asks.
  account <- function(failing, calls, last) {
    first <- ours + 1L
    if (length(calls) > first && identical(calls[[first]][[1L]], quote(evaluate.code))) {
      if (Position(function(call) identical(call, failing), calls[first + 1:2], nomatch = 0L)) failing <- NULL
      first <- first + 3L  # below our own parse() or eval(eval())
    }
    if (last > 1L && identical(calls[[last - 1L]][[1L]], quote(.handleSimpleError))) last <- last - 1L
    if (last <= first) return(one_line(failing))
    shown <- first:(last - 1L)
    if (length(shown) > 60L) shown <- c(shown[1:20], NA, shown[length(shown) - 38:0])
    lines <- character(length(shown))
    for (i in seq_along(shown)) lines[[i]] <- if (is.na(shown[[i]])) "..." else one_line(calls[[shown[[i]]]])
    # The failing call is nearly always the last, or the one that called stop(); writing it out again takes time.
    at <- if (identical(calls[[last - 1L]][[1L]], quote(stop))) length(lines) - 1L else length(lines)
    known <- at > 0L && identical(calls[[last - 1L - length(lines) + at]], failing)
    c(if (known) lines[[at]] else one_line(failing), lines)
  }
  one_text <- function(texts) if (length(texts) == 1L) texts else paste(texts, collapse = "\n")

  has_restart <- function(name, condition) {
    for (restart in computeRestarts(condition)) if (identical(restart[["name"]], name)) return(TRUE)
    FALSE
  }
  on_warning <- function(w) {
    level <- getOption("warn")
    if (level >= 2L) return(NULL)  # the user asked for an error: R makes it one
    if (level >= 0L && length(caught$warnings) < 1000L)
      caught$warnings <- c(caught$warnings, one_text(conditionMessage(w)))
    if (has_restart("muffleWarning", w)) invokeRestart("muffleWarning")
  }
  on_error <- function(e) {
    calls <- sys.calls()
    caught$error <- c(one_text(conditionMessage(e)), account(conditionCall(e), calls, sys.nframe()))
    invokeRestart("abort")
  }
  on_interrupt <- function(i) caught$interrupted <- TRUE

  classes <- c("warning", "error", "interrupt")
  handlers <- list(on_warning, on_error, on_interrupt)
  nowhere <- emptyenv()
  pushing <- function(expr) {
    .Internal(.addCondHands(classes, handlers, nowhere, NULL, TRUE))
    expr
  }
  calling <- function(expr) withCallingHandlers(expr, warning = on_warning, error = on_error, interrupt = on_interrupt)
  guard <- tryCatch({
    suppressWarnings(pushing(NULL))
    pushing
  }, error = function(e) calling)
  ours <- if (identical(guard, pushing)) 1L else 2L  # the frames of the guard

  list(
    template = function(name, names) {
      arguments <- vector("list", length(names))
      names(arguments) <- names
      as.call(list(guard, as.call(c(list(as.name(name)), arguments))))
    },
    scope = function(name, f) {
      scope <- new.env(hash = FALSE, parent = globalenv())
      assign(name, f, envir = scope)
      scope
    },
    evaluate.code = function(code, envir) {
      value <- NULL
      for (expression in parse(text = code, keep.source = FALSE)) value <- eval(expression, envir)
      value
    },
    take_warnings = function() {
      warnings <- caught$warnings
      caught$warnings <- NULL
      warnings
    },
    take_error = function() {
      error <- if (caught$interrupted) FALSE else caught$error
      caught$error <- NULL
      caught$interrupted <- FALSE
      error
    },
    formals = function(f) {
      if (is.primitive(f)) f <- args(f)
      arguments <- if (is.null(f)) alist(... = ) else formals(f)
      filled <- vapply(names(arguments), function(n) n == "..." || !identical(arguments[[n]], quote(expr = )), NA)
      list(names = as.character(names(arguments)), filled = as.logical(filled))
    },
    variable = function(envir, name) if (exists(name, envir, inherits = FALSE)) list(get(name, envir)) else list(),
    labels = function(x) as.character(x),
    vector = function(mode, length) vector(mode, length),
    typeof = function(x) typeof(x),
    versions = function() list(
      r = R.version.string, home = R.home(), blas = unname(extSoftVersion()["BLAS"]), lapack = La_library(),
      lapack_version = La_version(), locale = Sys.getlocale("LC_CTYPE")
    )
  )
})
"""

# Run once in the global environment. An embedded R that quits would take Python with it, with exit status 0.
_R_SETTINGS = r"""
local({
  Sys.setenv(LANGUAGE = "en")
  options(warn = 0L, keep.source = FALSE, browserNLdisabled = TRUE, menu.graphics = FALSE,
          device = function(...) grDevices::pdf(file = NULL))  # a plot leaves no Rplots.pdf behind
  for (locale in c("C.UTF-8", "en_US.UTF-8", "UTF-8")) {
    if (isTRUE(l10n_info()[["UTF-8"]])) break
    suppressWarnings(Sys.setlocale("LC_CTYPE", locale))
  }
  refuse <- function(...) stop("quit() was called: R runs inside Python and does not quit by itself", call. = FALSE)
  environment(refuse) <- baseenv()
  for (name in c("quit", "q")) {
    unlockBinding(name, baseenv())
    assign(name, refuse, envir = baseenv())
    lockBinding(name, baseenv())
  }
})
"""


class _Slots:
    """Keeps R values alive in preserved lists, a slot each; giving one back only queues it.

    `R_PreserveObject` and `R_ReleaseObject` walk a linked list, and a finalizer may run at any moment and in any
    thread, when R must not be touched; appending to a deque is safe everywhere. The queue is emptied at the next park.
    """

    def __init__(self, lib: Any) -> None:
        self._lib = lib
        self._nil = lib.R_NilValue
        self._free: list[tuple[Any, int]] = []
        self.given_back: deque[tuple[Any, int]] = deque()
        self.tables = 0

    @property
    def in_use(self) -> int:
        return self.tables * _SLOTS_PER_TABLE - len(self._free) - len(self.given_back)

    def park(self, sexp: Any) -> tuple[Any, int]:
        while self.given_back:
            slot = self.given_back.pop()
            self._lib.SET_VECTOR_ELT(slot[0], slot[1], self._nil)
            self._free.append(slot)
        if not self._free:
            self._lib.Rf_protect(sexp)
            table = self._lib.Rf_allocVector(_VECSXP, _SLOTS_PER_TABLE)
            self._lib.R_PreserveObject(table)
            self._lib.Rf_unprotect(1)
            self.tables += 1
            self._free.extend((table, i) for i in range(_SLOTS_PER_TABLE))
        slot = self._free.pop()
        self._lib.SET_VECTOR_ELT(slot[0], slot[1], sexp)
        return slot


class RValue:
    """A handle on a value that stays in R; R keeps it as long as the handle lives."""

    __slots__ = ("__weakref__", "_give_back", "_sexp", "_slot")

    def __init__(self, sexp: Any, slots: _Slots) -> None:
        self._sexp = sexp
        self._slot = slots.park(sexp)
        self._give_back = slots.given_back.append

    def __del__(self) -> None:
        with suppress(AttributeError):  # never parked
            self._give_back(self._slot)

    def element(self, name: str) -> RValue | None:
        """The element of a list, or the variable of an environment, of exactly this name; None if there is none."""
        return _ready().element(self, name)

    @property
    def type(self) -> str:
        """R's `typeof`: "closure", "environment", "double", "list", ..."""
        return str(_ready().helper("typeof")(self)[0])

    def __repr__(self) -> str:
        try:
            return f"<RValue {self.type}>"
        except RThreadError:
            return "<RValue>"


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


class RFunction:
    """An R function that is called with Python values. Positional and named arguments are R's own."""

    __slots__ = ("_formals", "_scope", "_templates", "name", "value")

    def __init__(self, value: RValue, name: str = "f") -> None:
        self.value = value
        self.name = name
        self._scope = _ready().scope(name, value)
        self._templates: dict[tuple[int, tuple[str, ...]], _Template] = {}
        self._formals: dict[str, bool] | None = None

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call it and convert the result. Raises RError, ConversionError, RThreadError."""
        r = _ready()
        result = self._run(r, args, named)
        r.protect(result)
        try:
            return r.to_python(result)
        finally:
            r.unprotect(1)

    def keep(self, *args: Any, **named: Any) -> RValue:
        """Call it and leave the result in R."""
        r = _ready()
        return RValue(self._run(r, args, named), r.slots)

    def _run(self, r: _Embedded, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """The result's SEXP, not yet rooted: the caller protects or parks it before R allocates again."""
        key = (len(args), tuple(named))
        template = self._templates.get(key)
        if template is None:
            template = self._templates[key] = r.template(self.name, len(args), tuple(named))
        setcar, to_r, cells = r.setcar, r.to_r, template.cells
        i = 0
        try:
            # A converted value is rooted by its cell before the next one is allocated.
            for value in args:
                setcar(cells[i], to_r(value))
                i += 1
            for value in named.values():
                setcar(cells[i], to_r(value))
                i += 1
            return r.evaluate(template.call, self._scope._sexp)
        finally:
            nil = r.nil
            for cell in cells:
                setcar(cell, nil)

    @property
    def formals(self) -> dict[str, bool]:
        """Argument name -> whether it may be left out (it has a default, or it is `...`), in R's order."""
        if self._formals is None:
            found = _ready().helper("formals")(self.value)
            self._formals = {str(n): bool(f) for n, f in zip(found["names"], found["filled"], strict=True)}
        return self._formals

    def __repr__(self) -> str:
        return f"<RFunction {self.name}>"


class _Embedded:
    """The running R. One per process, built by `start`."""

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
        self.protect, self.unprotect, self.setcar = lib.Rf_protect, lib.Rf_unprotect, lib.SETCAR
        self._eval, self._failed = lib.R_tryEval, ffi.new("int *")
        self._alloc, self._set_attribute, self._get_attribute = lib.Rf_allocVector, lib.Rf_setAttrib, lib.Rf_getAttrib
        self._xlength, self._memmove, self._buffer, self._gc = lib.Rf_xlength, ffi.memmove, ffi.buffer, ffi.gc
        self._dim, self._names = lib.R_DimSymbol, lib.Rf_install(b"names")
        self._class = lib.Rf_install(b"class")
        self._quote = lib.Rf_install(b"quote")
        self._data: dict[int, tuple[Callable[[Any], Any], np.dtype[Any], str]] = {
            _REALSXP: (lib.REAL, _FLOAT64, "double"),
            _INTSXP: (lib.INTEGER, _INT32, "integer"),
            _LGLSXP: (lib.LOGICAL, _INT32, "logical"),
            _RAWSXP: (lib.RAW, _UINT8, "raw"),
        }
        self._shapes: dict[tuple[int, ...], RValue] = {}
        self._listen(openrlib, callbacks)
        self.slots = _Slots(lib)

        self.global_environment = RValue(lib.R_GlobalEnv, self.slots)
        self._helpers: dict[str, RFunction] = {}
        self._bootstrap(_R_SETTINGS)
        side = self._bootstrap(_R_SIDE)
        self._side = {
            str(self._text(lib.STRING_ELT(self._get_attribute(side._sexp, self._names), i))): RValue(
                lib.VECTOR_ELT(side._sexp, i), self.slots
            )
            for i in range(self._xlength(side._sexp))
        }
        self._take_error = self._constant_call("take_error")
        self._take_warnings = self._constant_call("take_warnings")

    # -- starting -----------------------------------------------------------------------------------------------------

    def _listen(self, openrlib: Any, callbacks: Any) -> None:
        """Take R's console during our own calls; other users of rpy2 in the process keep what they set.

        R calls `process_events` while it works, which is when Python runs the handler of a signal that has come. What
        the handler raises (KeyboardInterrupt, a test's timeout) can't pass through R's C code: it is kept, R is told to
        stop at its next check, and `evaluate` raises it. rpy2's own callbacks lose it when it comes a moment early.
        """
        lib, ffi = self.lib, self.ffi

        def write(text: Any, size: int, kind: int) -> None:
            decoded = self._buffer(text, size)[:].decode("utf-8", "replace")
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

    def _bootstrap(self, code: str) -> RValue:
        """Evaluate our own R code before the helpers exist: `eval(parse(text = code))`."""
        lib = self.lib
        text = lib.Rf_protect(self.to_r(code))
        call = lib.Rf_protect(lib.Rf_lang2(lib.Rf_install(b"parse"), text))
        lib.SET_TAG(lib.CDR(call), lib.Rf_install(b"text"))
        call = lib.Rf_protect(lib.Rf_lang2(lib.Rf_install(b"eval"), call))
        try:
            return RValue(self.evaluate(call, lib.R_GlobalEnv), self.slots)
        finally:
            lib.Rf_unprotect(3)

    def _constant_call(self, name: str) -> Any:
        call = self.lib.Rf_lang1(self._side[name]._sexp)
        self.lib.R_PreserveObject(call)
        return call

    def helper(self, name: str) -> RFunction:
        """One of the functions of `_R_SIDE`."""
        found = self._helpers.get(name)
        if found is None:
            found = self._helpers[name] = RFunction(self._side[name], name)
        return found

    def _call_side(self, name: str, first: Any, second: Any) -> RValue:
        """Call a function of `_R_SIDE` that `RFunction` itself needs, with two values."""
        lib = self.lib
        first = lib.Rf_protect(self.to_r(first))
        second = lib.Rf_protect(self.to_r(second))
        call = lib.Rf_protect(lib.Rf_lang3(self._side[name]._sexp, first, second))
        try:
            return RValue(self.evaluate(call, lib.R_GlobalEnv), self.slots)
        finally:
            lib.Rf_unprotect(3)

    def scope(self, name: str, value: RValue) -> RValue:
        """An environment below the global one in which `name` is the function."""
        return self._call_side("scope", name, value)

    def template(self, name: str, positional: int, named: tuple[str, ...]) -> _Template:
        names = np.array([""] * positional + list(named), dtype=np.str_)
        return _Template(self._call_side("template", name, names), len(names), self.lib)

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

    def _raise(self) -> None:
        raised, self._raised = self._raised, None
        self.lib.R_interrupts_pending = 0
        caught = self._own_value(self._take_error)
        if raised is not None:
            raise raised
        if caught == [False]:
            # Sys.sleep and the like catch the signal in C, so that the handler Python has for it never ran.
            if threading.current_thread() is threading.main_thread() and callable(signal.getsignal(signal.SIGINT)):
                signal.raise_signal(signal.SIGINT)
            raise KeyboardInterrupt
        if caught is None:  # left by a restart, or failed where no handler runs: R has said why on its console
            said = self.console.pop() if self.console and self.console[-1].startswith("Error") else ""
            text = said.strip().removeprefix("Error: ")
            raise RError(text or "R returned to its top level without an error message")
        message, call, *traceback = caught
        raise RError(message, call, tuple(traceback))

    def _own_value(self, call: Any) -> list[Any] | None:
        """The texts that one of our own functions returns; None for NULL, [False] for FALSE."""
        self.inside = True
        try:
            result = self.protect(self._eval(call, self.lib.R_GlobalEnv, self._failed))
        finally:
            self.inside = False
        try:
            if self._failed[0]:
                raise RError("the bridge's own R code failed: " + "".join(self.console[-1:]).strip())
            if result.sxpinfo.type != _STRSXP:
                return None if result == self.nil else [False]
            return [self._text(self.lib.STRING_ELT(result, i)) or "" for i in range(self._xlength(result))]
        finally:
            self.unprotect(1)

    def take_messages(self) -> tuple[tuple[str, ...], str]:
        warnings = self._own_value(self._take_warnings)
        output = "".join(self.console)
        self.console.clear()
        return tuple(warnings or ()), output

    # -- Python to R --------------------------------------------------------------------------------------------------
    # Each of these returns an SEXP that nothing roots: the caller stores or protects it before R allocates again.

    def to_r(self, value: Any) -> Any:
        if type(value) is np.ndarray:
            return self._array_to_r(value)
        if value is None:
            return self.nil
        if isinstance(value, RFunction):
            value = value.value
        if isinstance(value, RValue):
            sexp = value._sexp
            return self.lib.Rf_lang2(self._quote, sexp) if sexp.sxpinfo.type in _EVALUATED_WHEN_PASSED else sexp
        if isinstance(value, np.ma.MaskedArray):
            raise ConversionError("a masked array has no counterpart in R: fill it first")
        if isinstance(value, (np.ndarray, np.generic)):  # np.float64 is also a float, so before float
            return self._array_to_r(np.asarray(value))
        if isinstance(value, bool):
            return self.lib.Rf_ScalarLogical(value)
        if isinstance(value, float):
            return self.lib.Rf_ScalarReal(value)
        if isinstance(value, int):
            if not -_INT_MAX <= value <= _INT_MAX:
                raise ConversionError(_beyond(value))
            return self.lib.Rf_ScalarInteger(value)
        if isinstance(value, str):
            return self._strings_to_r((value,))
        if isinstance(value, Mapping):
            return self._named_list(value)
        if isinstance(value, (list, tuple)):
            return self._unnamed_list(value)
        raise ConversionError(f"a Python {type(value).__name__} has no counterpart in R")

    def _array_to_r(self, a: np.ndarray[Any, Any]) -> Any:
        kind = _REALSXP
        if a.dtype is not _FLOAT64:
            kind, a = _prepared(a)
        # The vector of extents before the data: made afterwards, it could have the data collected.
        dim = self._dim_vector(a.shape) if a.ndim > 1 else None
        if kind == _STRSXP:
            sexp = self._strings_to_r(a.ravel(order="F").tolist())
        else:
            sexp = self._allocate(kind, a.size)
            self._fill(sexp, kind, a)
        if dim is not None:
            self.protect(sexp)
            self._set_attribute(sexp, self._dim, dim)
            self.unprotect(1)
        return sexp

    def _fill(self, sexp: Any, kind: int, a: np.ndarray[Any, Any]) -> None:
        pointer, stored, _ = self._data[kind]
        if a.flags.f_contiguous and a.dtype == stored:
            self._memmove(pointer(sexp), a.T, a.nbytes)  # the transposed view of Fortran order is C order
        else:
            room = self._buffer(pointer(sexp), a.size * stored.itemsize)
            np.ndarray(a.shape, stored, room, 0, None, "F")[...] = a

    def _allocate(self, kind: int, size: int) -> Any:
        if size * 8 <= _GUARDED_ABOVE:
            return self._alloc(kind, size)
        # Where memory is short R jumps to its top level, which outside a call would be into nowhere.
        name = self._data[kind][2] if kind in self._data else {_STRSXP: "character", _VECSXP: "list"}[kind]
        return self.helper("vector")._run(self, (name, float(size)), {})

    def _dim_vector(self, shape: tuple[int, ...]) -> Any:
        known = self._shapes.get(shape)
        if known is None:
            if max(shape) > _INT_MAX:
                raise ConversionError(f"an extent of {max(shape)} is beyond R's largest, {_INT_MAX}")
            sexp = self._alloc(_INTSXP, len(shape))
            extents = self.lib.INTEGER(sexp)
            for i, extent in enumerate(shape):
                extents[i] = extent
            if len(self._shapes) >= _REMEMBERED_SHAPES:
                self._shapes.clear()
            known = self._shapes[shape] = RValue(sexp, self.slots)
        return known._sexp

    def _char(self, text: Any) -> Any:
        if not isinstance(text, str):  # what a StringDType array gives for a missing element
            return self.na_string
        try:
            encoded = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ConversionError(f"a string that is not valid Unicode can't go to R: {text!r}") from error
        if b"\0" in encoded:
            raise ConversionError(f"R's strings can't hold a NUL character: {text!r}")
        return self.lib.Rf_mkCharLenCE(encoded, len(encoded), 1)  # CE_UTF8

    def _strings_to_r(self, texts: Any) -> Any:
        lib = self.lib
        sexp = self.protect(self._allocate(_STRSXP, len(texts)))
        try:
            for i, text in enumerate(texts):
                lib.SET_STRING_ELT(sexp, i, self._char(text))
        finally:
            self.unprotect(1)
        return sexp

    def _unnamed_list(self, values: Any) -> Any:
        lib = self.lib
        sexp = self.protect(self._allocate(_VECSXP, len(values)))
        try:
            for i, value in enumerate(values):
                if isinstance(value, (RValue, RFunction)):  # in a list even a call stands for itself
                    handle = value.value if isinstance(value, RFunction) else value
                    lib.SET_VECTOR_ELT(sexp, i, handle._sexp)
                else:
                    lib.SET_VECTOR_ELT(sexp, i, self.to_r(value))
        finally:
            self.unprotect(1)
        return sexp

    def _named_list(self, values: Mapping[Any, Any]) -> Any:
        for name in values:
            if not isinstance(name, str) or not name:
                raise ConversionError(f"the names of an R list are non-empty strings, not {name!r}")
        names = self.protect(self._strings_to_r(tuple(values)))
        try:
            sexp = self.protect(self._unnamed_list(tuple(values.values())))
            self._set_attribute(sexp, self._names, names)
            self.unprotect(1)
        finally:
            self.unprotect(1)
        return sexp

    # -- R to Python --------------------------------------------------------------------------------------------------
    # `sexp` is rooted by the caller: reading a compact vector (ALTREP) may allocate.

    def to_python(self, sexp: Any) -> Any:
        kind = sexp.sxpinfo.type
        if kind == _REALSXP:
            return self._numbers(sexp, kind)
        if kind == _INTSXP:
            if self._is_factor(sexp):
                return self.helper("labels")(RValue(sexp, self.slots))
            return _with_na_as_float(self._numbers(sexp, kind))
        if kind == _LGLSXP:
            found = _with_na_as_float(self._numbers(sexp, kind))
            return found if found.dtype is _FLOAT64 else _read_only(found.astype(np.bool_))
        if kind == _VECSXP:
            return self._list(sexp)
        if kind == _STRSXP:
            return self._character(sexp)
        if kind == _NILSXP:
            return None
        if kind == _RAWSXP:
            return self._numbers(sexp, kind)
        if kind == _CPLXSXP:
            raise ConversionError("a complex vector of R is not converted: take Re() and Im() in R, or keep() it there")
        return RValue(sexp, self.slots)

    def _extents(self, sexp: Any) -> tuple[int, ...] | None:
        dim = self._get_attribute(sexp, self._dim)
        if dim == self.nil:
            return None
        extents = self.lib.INTEGER(dim)
        return tuple(extents[i] for i in range(self._xlength(dim)))

    def _numbers(self, sexp: Any, kind: int) -> np.ndarray[Any, Any]:
        pointer, stored, _ = self._data[kind]
        length = self._xlength(sexp)
        shape = self._extents(sexp) or (length,)
        size = length * stored.itemsize
        memory = pointer(sexp)
        if size <= _COPY_UP_TO:
            found: np.ndarray[Any, Any] = np.ndarray(shape, stored, self._buffer(memory, size), 0, None, "F").copy("F")
        else:
            # The array holds the buffer, the buffer holds the pointer, and the pointer's end gives back the slot.
            held = self._gc(memory, partial(_give_back, self.slots.given_back.append, self.slots.park(sexp)))
            found = np.ndarray(shape, stored, self._buffer(held, size), 0, None, "F")
        found.flags.writeable = False
        return found

    def _is_factor(self, sexp: Any) -> bool:
        classes = self._get_attribute(sexp, self._class)
        if classes == self.nil:
            return False
        return "factor" in (self._text(self.lib.STRING_ELT(classes, i)) for i in range(self._xlength(classes)))

    def _text(self, char: Any) -> str | None:
        if char == self.na_string:
            return None
        encoded = self.ffi.string(self.lib.R_CHAR(char))
        encoding = self.lib.Rf_getCharCE(char)
        try:  # CE_LATIN1 is 4 in memory and 2 in the API; CE_NATIVE is UTF-8, which `_R_SETTINGS` saw to
            return str(encoded.decode("latin-1" if encoding == 2 else "utf-8"))
        except UnicodeDecodeError as error:
            raise ConversionError(f"a string of R that is neither UTF-8 nor Latin-1: {encoded!r}") from error

    def _character(self, sexp: Any) -> np.ndarray[Any, Any]:
        element = self.lib.STRING_ELT
        texts = [self._text(element(sexp, i)) for i in range(self._xlength(sexp))]
        if None in texts:
            found = np.array(texts, dtype=np.dtypes.StringDType(na_object=None))
        else:
            found = np.array(texts, dtype=np.str_)
        return _read_only(found.reshape(self._extents(sexp) or found.shape, order="F"))

    def _list(self, sexp: Any) -> Any:
        lib, length = self.lib, self._xlength(sexp)
        if self._extents(sexp) is not None:
            raise ConversionError("a list with dim has no counterpart in Python: keep() it in R")
        names = self._get_attribute(sexp, self._names)
        if names == self.nil:
            return [self.to_python(lib.VECTOR_ELT(sexp, i)) for i in range(length)]
        found: dict[str, Any] = {}
        for i in range(length):
            name = self._text(lib.STRING_ELT(names, i))
            if not name:
                raise ConversionError(f"element {i + 1} of an R list has no name but others have")
            if name in found:
                raise ConversionError(f"an R list has two elements named {name!r}")
            found[name] = self.to_python(lib.VECTOR_ELT(sexp, i))
        return found

    def element(self, value: RValue, name: str) -> RValue | None:
        kind = value._sexp.sxpinfo.type
        if kind == _VECSXP:
            names = self._get_attribute(value._sexp, self._names)
            if names == self.nil:
                return None
            for i in range(self._xlength(names)):
                if self._text(self.lib.STRING_ELT(names, i)) == name:
                    return RValue(self.lib.VECTOR_ELT(value._sexp, i), self.slots)
            return None
        if kind == _ENVSXP:
            found = self.helper("variable").keep(value, name)
            return RValue(self.lib.VECTOR_ELT(found._sexp, 0), self.slots) if self._xlength(found._sexp) else None
        return None


def _give_back(append: Callable[[Any], None], slot: tuple[Any, int], _pointer: Any) -> None:
    append(slot)


def _beyond(value: Any) -> str:
    return (
        f"{value} is beyond R's integers, which are whole numbers from -{_INT_MAX} to {_INT_MAX} "
        f"({_NA_INTEGER} is R's NA): send it as a float"
    )


def _prepared(a: np.ndarray[Any, Any]) -> tuple[int, np.ndarray[Any, Any]]:
    """The R type for an array, and the array if it can be stored as that type without loss."""
    dtype = a.dtype
    if dtype.kind == "f" and dtype.itemsize <= 8:
        return _REALSXP, a
    if dtype.kind == "b":
        return _LGLSXP, a
    if dtype.kind in "iu":
        if dtype == np.uint64:
            raise ConversionError("R has no 64-bit integers: a uint64 array is refused; use int32 or float64")
        if dtype.itemsize >= 4 and a.size:
            for extreme in (a.min(), a.max()):
                if not -_INT_MAX <= int(extreme) <= _INT_MAX:
                    raise ConversionError(_beyond(extreme))
        return _INTSXP, a
    if dtype.kind in "UT":
        return _STRSXP, a
    raise ConversionError(f"an array of {dtype} has no counterpart in R")


def _with_na_as_float(a: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if not a.size or a.min() != _NA_INTEGER:
        return a
    found = a.astype(np.float64, order="F")
    found.T.view(np.uint64)[a.T == _NA_INTEGER] = _NA_REAL_BITS
    return _read_only(found)


def _read_only(a: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    a.flags.writeable = False
    return a


# -- the one R of this process ----------------------------------------------------------------------------------------

_embedded: _Embedded | None = None


def _ready() -> _Embedded:
    r = _embedded
    if r is None:
        start()
        return _ready()
    if threading.get_ident() != r.thread:
        raise RThreadError("R runs in the thread that started it; this is another one. Call R from one thread only.")
    return r


def start() -> None:
    """Start R: quiet, as `R --vanilla` (no profile, environment file or saved workspace), not interactive.

    Does nothing if it runs already. Raises RUnavailable, with the remedy, if rpy2 or R can't be loaded.
    Ctrl-C stays Python's: the SIGINT handler that was set before is set afterwards.
    """
    global _embedded
    if _embedded is not None:
        return
    with _same_everywhere(), _keeping_sigint():
        rinterface, embedded, openrlib, callbacks, versions = _load()
        try:
            if not embedded.isinitialized():
                embedded.set_initoptions(("rpy2", "--quiet", "--vanilla", _HEAP))
            rinterface.initr()
        except Exception as error:
            raise RUnavailable(f"R does not start: {error}. {_REMEDY}") from error
    lib = openrlib.rlib
    lib.R_Interactive = False  # nobody is there to answer questions
    _limit_stack(lib)
    _embedded = _Embedded(openrlib, callbacks, versions)


def _load() -> tuple[Any, Any, Any, Any, dict[str, str]]:
    """Import rpy2's lower half, which loads libR."""
    import logging

    logging.getLogger("rpy2").addHandler(logging.NullHandler())  # what goes wrong is said by RUnavailable
    try:
        from importlib import metadata

        import rpy2.situation

        home = rpy2.situation.get_r_home()
        if home is None or not Path(home, "library", "base").is_dir():  # R would end the process
            where = f"R_HOME is {home!r}, where there is no R" if home else "R is not on the PATH"
            raise RUnavailable(f"R is not found: {where}. {_REMEDY}")

        import rpy2.rinterface as rinterface
        from rpy2.rinterface_lib import (
            callbacks,
            embedded,
            openrlib,
        )
    except RUnavailable:
        raise
    except ModuleNotFoundError as error:
        raise RUnavailable(f"rpy2 is not installed ({error}). {_REMEDY}") from error
    except Exception as error:  # a build for another R fails in many ways: ImportError, OSError, AttributeError, ...
        raise RUnavailable(f"rpy2 can't load R: {type(error).__name__}: {error}. {_REMEDY}") from error
    for distribution in ("rpy2-rinterface", "rpy2"):
        try:
            version = metadata.version(distribution)
            break
        except metadata.PackageNotFoundError:
            version = "unknown"
    mode = getattr(getattr(openrlib, "cffi_mode", None), "name", "unknown")
    return rinterface, embedded, openrlib, callbacks, {"rpy2": version, "mode": str(mode)}


@contextmanager
def _same_everywhere() -> Iterator[None]:
    """No startup file, and a UTF-8 locale that every machine has: R sorts, and words its messages, alike everywhere.

    `--vanilla` is for our R; rpy2 also asks an Rscript for its environment, which would read ~/.Rprofile. A locale that
    is not installed would make R print warnings before its console is ours.
    """
    during = dict.fromkeys(("R_PROFILE", "R_PROFILE_USER", "R_ENVIRON", "R_ENVIRON_USER"), "")
    current = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "en_US.UTF-8"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            during["LC_ALL"] = name
            break
    locale.setlocale(locale.LC_CTYPE, current)
    # rpy2 adds R's folders to LD_LIBRARY_PATH; a Python started from here would then load another Python's library.
    before = {name: os.environ.get(name) for name in (*during, "LD_LIBRARY_PATH")}
    os.environ.update(during)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _keeping_sigint() -> Iterator[None]:
    """rpy2 sets Python's default SIGINT handler when R has started, whatever was set before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


def _limit_stack(lib: Any) -> None:
    """rpy2 switches R's check of the C stack off; with it an endless recursion is an error and not a crash."""
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        return  # R measured the main thread's stack
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_STACK)
    if 0 < soft < 1 << 30:
        lib.R_CStackLimit = int(0.9 * soft)


# -- what callers use -------------------------------------------------------------------------------------------------


def evaluate(code: str, envir: RValue | None = None) -> RValue:
    """Parse and evaluate R code (any number of expressions) and return the last value as a handle.

    envir: an environment, as `evaluate("new.env()")` returns; the global environment if not given.
    Raises RError for a syntax error too.
    """
    r = _ready()
    return r.helper("evaluate.code").keep(code, r.global_environment if envir is None else envir)


_NAME = re.compile(r"(?:[\w.]+:::?)?([A-Za-z.][\w.]*)")


def function(source: str | RValue, name: str | None = None) -> RFunction:
    """An R function as a Python callable.

    source: R code whose value is a function (`"sum"`, `"stats::dist"`, `"function(x) x + 1"`), or a handle.
    name: what error messages call it; by default the name in `source`, or "f".
    """
    value = evaluate(source) if isinstance(source, str) else source
    if value._sexp.sxpinfo.type not in _FUNCTIONS:
        what = f"`{source}`" if isinstance(source, str) else "this value"
        raise ConversionError(f"{what} is no R function: it is {value.type}")
    if name is None:
        named = _NAME.fullmatch(source.strip()) if isinstance(source, str) else None
        name = named.group(1) if named else "f"
    return RFunction(value, name)


def to_python(value: RValue) -> Any:
    """Convert a value that was kept in R, as the table at the top of this module says."""
    return _ready().to_python(value._sexp)


def take_messages() -> tuple[tuple[str, ...], str]:
    """R's warnings, and everything printed to its console, since this was last called; both are then forgotten.

    Warnings that R code itself handles or suppresses are not among them. Messages (`message()`) are console output.
    """
    return _ready().take_messages()


def versions() -> dict[str, str]:
    """What runs: `r`, `home`, `rpy2`, `mode` (API or ABI), `blas` and `lapack` (library files), `locale`."""
    r = _ready()
    found = r.helper("versions")()
    return {**{str(k): str(v[0]) for k, v in found.items()}, **r.rpy2}
