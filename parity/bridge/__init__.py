"""R, embedded in this process: the only room that imports rpy2.

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
    datetime64 in days, weeks, months       Date; NaT is NA
    datetime64 in hours to nanoseconds      POSIXct in UTC; refused where its doubles can't tell the ticks apart
    `Factor`, `Moment`, `Duration`          factor, POSIXct in another time zone, difftime
    `Labelled`                              the vector or array with its names or dimnames
    `Frame`                                 data.frame
    `Texts`, `Nullable`, `Instants`,        character; integer or logical with NA; POSIXct; difftime (of
    `Spans`                                 `parity.columns`)
    complex64, complex128; bytes            complex; raw
    None                                    NULL
    dict with str keys; list, tuple         named list; unnamed list
    `RValue`, `RFunction`                   the R value itself
    ======================================  ==================================================================
    uint64, long double, object, structured, timedelta64 and masked arrays raise `ConversionError`.

From R to Python
    ======================================  ==================================================================
    double, integer, logical                float64, int32, bool array: shape `dim`, or `(n,)` without `dim`,
                                            also for length one, so that the type never depends on the length
    integer or logical with an NA           float64 holding R's NA, as `as.double` gives it (no int32 or bool can)
    character                               `<U` array; with an NA a StringDType array whose missing element is None
    raw; complex                            uint8 array; complex128 array
    NULL                                    None
    list, data.frame                        dict if it has names (which must be unique and not empty), else list
    factor                                  its labels, as character
    integer64 (of the package bit64)        int64
    function, environment, S4, language     `RValue`, a handle
    list with `dim`                         `ConversionError`
    ======================================  ==================================================================
    Names, dimnames and the class of an atomic vector are dropped (a Date is its number), as by `unclass`, unless
    `to_python(value, labels=True)` asks for them. Then, also within lists and for the columns of a data.frame,

    ======================================  ==================================================================
    data.frame                              `Frame`: its columns, integer or logical with NA as `Nullable`, character as
                                            `Texts`; the names of its rows where these are texts
    sparse matrix of the package Matrix     `Sparse`
    factor                                  `Factor`: codes from 0 with -1 for NA, levels, whether ordered
    Date                                    datetime64[D]; NA is NaT. A part of a day, NaN and Inf are refused
    POSIXct in UTC                          datetime64 in the coarsest of s, ms, us, ns that loses nothing, or refused
    POSIXct in another or no time zone      `Moment`: the same, and the time zone
    difftime                                `Duration`: the numbers and their units
    names, dimnames; any other class        `Labelled`: the array, names per axis, names of the axes, R's class
    what has none of these                  the array alone
    ======================================  ==================================================================
    and all of it goes back as it was, except that days and seconds that R stored as integers come back as doubles,
    a one-dimensional array without names of its axes as a vector, and attributes that no table here names not at all.
    Arrays come back read-only and in Fortran order. Large ones are views of memory that R may neither change (it is
    marked as shared, so R copies before it writes) nor collect (it is held until the array is garbage).

One thread: R belongs to the thread that started it; a call from another raises `RThreadError`.
Nothing that R prints reaches the terminal: `take_messages()` returns it. What a child process or C code writes straight
to the file descriptors is outside R's console and is not caught.

Sources: "Writing R Extensions" 5.9 to 5.13 and 8.1 (memory, attributes, embedding), "R Internals" 1.1 and 1.6.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from parity.bridge.calling import RFunction
from parity.bridge.errors import Condition, ConversionError, RError, RThreadError, RUnavailable
from parity.bridge.handles import RValue
from parity.bridge.kinds import FUNCTIONS
from parity.bridge.labels import Duration, Factor, Frame, Labelled, Moment
from parity.bridge.starting import ready as _ready
from parity.bridge.starting import start

__all__ = [
    "Condition",
    "ConversionError",
    "Duration",
    "Factor",
    "Frame",
    "Labelled",
    "Moment",
    "RError",
    "RFunction",
    "RThreadError",
    "RUnavailable",
    "RValue",
    "below_base",
    "evaluate",
    "evaluate_file",
    "function",
    "read",
    "start",
    "take_conditions",
    "take_messages",
    "to_python",
    "versions",
]


def evaluate(code: str, envir: RValue | None = None) -> RValue:
    """Parse and evaluate R code (any number of expressions) and return the last value as a handle.

    envir: an environment, as `evaluate("new.env()")` returns; the global environment if not given.
    Raises RError for a syntax error too.
    """
    bridge = _ready()
    return bridge.side(".parity.evaluate", code, bridge.global_environment if envir is None else envir, guarded=True)


def evaluate_file(path: Path | str, envir: RValue | None = None, *, chdir: bool = False) -> RValue:
    """Evaluate an R file (UTF-8) with its source kept, so that errors in it have a `where`; return the last value.

    envir: as for `evaluate`. chdir: R's working directory is the file's folder meanwhile.
    A syntax error names the file as `path` does.
    """
    bridge = _ready()
    return bridge.side(
        ".parity.file", str(path), bridge.global_environment if envir is None else envir, chdir, guarded=True
    )


def below_base() -> RValue:
    """A new environment whose parent is the base package's, where one's own R code sees nothing of the global one.

    A `c` or `list` that the code under test left there is then not what it calls.
    """
    return _ready().side("below_base")


_NAME = re.compile(r"(?:[\w.]+:::?)?([A-Za-z.][\w.]*)")


def function(source: str | RValue, name: str | None = None, envir: RValue | None = None) -> RFunction:
    """An R function as a Python callable.

    source: R code whose value is a function (`"sum"`, `"stats::dist"`, `"function(x) x + 1"`), or a handle.
    name: what error messages call it; by default the name in `source`, or "f".
    envir: where the code is evaluated; the global environment if not given.
    """
    bridge = _ready()
    value = evaluate(source, envir) if isinstance(source, str) else source
    if value._sexp.sxpinfo.type not in FUNCTIONS:
        what = f"`{source}`" if isinstance(source, str) else "this value"
        raise ConversionError(f"{what} is no R function: it is {value.type}")
    if name is None:
        match = _NAME.fullmatch(source.strip()) if isinstance(source, str) else None
        name = match.group(1) if match else "f"
    return RFunction(bridge, value, name)


def to_python(value: RValue, labels: bool = False) -> Any:
    """Convert a value that was kept in R, as the tables at the top of this module say."""
    return _ready().to_python(value._sexp, labels)


def read(value: RValue, names: Sequence[str], labels: bool = False) -> dict[str, Any]:
    """Those elements of a list (or variables of an environment) that are there, converted, in the order of `names`.

    What `value.element(name)` and `to_python` give for each, in one pass. Of what is no container: {}.
    """
    return _ready().read(value._sexp, names, labels)


def take_conditions() -> tuple[tuple[Condition, ...], str]:
    """R's warnings, and everything printed to its console, since this was last called; both are then forgotten.

    Warnings that R code itself handles or suppresses are not among them. Messages (`message()`) are console output.
    """
    return _ready().r.take_conditions()


def take_messages() -> tuple[tuple[str, ...], str]:
    """`take_conditions` with the text of each warning alone."""
    conditions, output = take_conditions()
    return tuple(condition.message for condition in conditions), output


def versions() -> dict[str, str]:
    """What runs: `r`, `home`, `rpy2`, `mode` (API or ABI), `blas` and `lapack` (library files), `locale`."""
    bridge = _ready()
    facts = bridge.to_python(bridge.side("versions")._sexp)
    return {**{str(k): str(v[0]) for k, v in facts.items()}, **bridge.r.rpy2}
