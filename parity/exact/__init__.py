"""NumPy doing arithmetic the way R does, so that a difference that remains is a difference between the two programs.

    environment()         what a process must be started with: `run(..., env={**os.environ, **environment()})`
    check()               what is wrong with the current process, in sentences; empty when it is fit for exact mode
    wrap(value)           the arrays in a value as `RArray`: the code that meets them does not change
    arithmetic()          a context in which the arrays that NumPy functions make are `RArray` too
    differing_bits(a, b)  0 if, and only if, two arrays are the same numbers

What R does differently, and what is therefore done here:

    =================================  =====================================================================
    `%*%`                              BLAS on column-major matrices: dgemv for a vector, dgemm else. With a
                                       NaN or an infinity (or two neighbours whose sum overflows) plain loops
    `sum`                              long double, one by one, the first index running fastest
    `colSums`, `rowSums`               long double, one by one along the axis
    `mean`                             the long double sum over n, plus the mean of what is left over
    `colMeans`, `rowMeans`             the long double sum over n, rounded once
    `cumsum`, `prod`, `cumprod`        long double
    `^`                                x * x for an exponent of 2, otherwise the C library's pow, also for 0.5
    `exp`, `log`, `tanh`, ...          the C library's: NumPy calls it too, once its SIMD loops are off
    =================================  =====================================================================

Reductions over all axes are taken for `sum` and `mean`, over some of them for `colSums` and its kin. Several axes
are run through with the first of them fastest, as R runs through a matrix. Everything else in NumPy is either
exact (comparing, choosing, moving) or rounded once as IEEE 754 says (+ - * / sqrt), and so is R.

Not covered: `a ** b` of two NumPy scalars (x ** 2 is then pow(x, 2)); functions with sums of their own inside
(`einsum`, `convolve`, `linalg`, `fft`); R code that calls `crossprod` or `tcrossprod`, which give BLAS the matrices
in another orientation and so other bits than `t(x) %*% y` and `x %*% t(y)`; R's mean where the sum overflows.

Sources: R 4.2, src/main/array.c (matprod, simple_matprod, do_colsum), summary.c (rsum, real_mean), cum.c,
arithmetic.c (R_POW). Each rule is tested against R itself.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import math
import operator
import os
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["RArray", "arithmetic", "check", "differing_bits", "environment", "unwrap", "wrap"]

Array = np.ndarray[Any, Any]


class RArray(np.ndarray[Any, Any]):
    """An array whose products, sums, means and powers are R's, as those of every array that comes of it.

    Only float64 is different; integers and logicals add up exactly in any order. A number that NumPy would give as a
    scalar is a scalar here too.
    """

    __array_priority__ = 100.0

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        plain = tuple(_plain(x) for x in inputs)
        targets = out if out is None or isinstance(out, tuple) else (out,)
        ours = _RULES.get((ufunc, method))
        if ours is not None:
            result = ours(*plain, **kwargs)
            if result is not NotImplemented:
                if targets is None:
                    return _as_r(result)
                np.copyto(_plain(targets[0]), result, casting="same_kind")
                return targets[0]
        if targets is not None:
            kwargs["out"] = tuple(_plain(target) for target in targets)
        if "where" in kwargs:
            kwargs["where"] = _plain(kwargs["where"])
        result = getattr(ufunc, method)(*plain, **kwargs)
        if targets is None:
            return _as_r(result)
        # The caller's own arrays, so that `W -= step` leaves W the object that it was.
        results = result if isinstance(result, tuple) else (result,)
        arrays = tuple(_as_r(r) if t is None else t for r, t in zip(results, targets, strict=True))
        return arrays if isinstance(result, tuple) else arrays[0]

    def __array_function__(self, func: Any, kinds: Any, args: Any, kwargs: Any) -> Any:
        if func is np.dot or func is np.inner:
            return _dot(func, *args, **kwargs)
        result = super().__array_function__(func, kinds, args, kwargs)
        return result if result is kwargs.get("out", self) else _as_r(result)

    def dot(self, b: Any, out: Any = None) -> Any:
        return _dot(np.dot, self, b, out)

    # What NumPy works out in several operations of its own is R's arithmetic only when R's rule stands for all of it.

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, **kwargs: Any) -> Any:
        known = self.dtype == np.float64 or self.dtype.kind in "biu"
        if kwargs or not known or dtype not in (None, float, np.float64):
            return _NUMPYS.mean(self, axis, dtype, out, keepdims, **kwargs)
        return _into(_mean(_plain(self), axis, bool(keepdims)), out)

    def var(
        self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, **kwargs: Any
    ) -> Any:
        """mean((x - mean(x))^2), with `ddof` sum((x - mean(x))^2) / (n - ddof)."""
        if kwargs or dtype not in (None, float, np.float64) or self.dtype != np.float64:
            return _NUMPYS.var(self, axis, dtype, out, ddof, keepdims, **kwargs)
        x = _plain(self)
        squares = (x - _mean(x, axis, True)) ** 2
        if not ddof:
            return _into(_mean(squares, axis, bool(keepdims)), out)
        count = math.prod(x.shape[k] for k in _axes(axis, x.ndim))
        with np.errstate(divide="ignore", invalid="ignore"):
            return _into(_sum(squares, axis=axis, keepdims=keepdims) / max(count - ddof, 0), out)

    def std(self, axis: Any = None, dtype: Any = None, out: Any = None, **kwargs: Any) -> Any:  # type: ignore[override]
        return _into(np.sqrt(self.var(axis, dtype, **kwargs)), out)

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        # NumPy's own ** takes the square root for 0.5 and the reciprocal for -1; R calls pow.
        return NotImplemented if _defers(other) else np.power(self, other)

    def __rpow__(self, other: Any, modulo: Any = None) -> Any:
        return NotImplemented if _defers(other) else np.power(other, self)

    def __ipow__(self, other: Any) -> Any:  # type: ignore[misc, override]
        return np.power(self, other, out=self)


_NUMPYS: Any = np.ndarray


def _defers(other: Any) -> bool:
    return getattr(other, "__array_ufunc__", True) is None


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, RArray) else value


def _as_r(value: Any) -> Any:
    """A result of NumPy's with its arrays as RArray (new views: `wrap` is for values that others hold)."""
    if type(value) is np.ndarray:
        return value if value.dtype.hasobject else value.view(RArray)
    if type(value) in (tuple, list):
        return type(value)(map(_as_r, value))
    return value


def _into(result: Any, out: Any) -> Any:
    if out is None:
        return _as_r(result)
    np.copyto(_plain(out), _plain(result), casting="same_kind")
    return out


# -- products ---------------------------------------------------------------------------------------------------------


def _matmul(a: Any, b: Any, /, **kwargs: Any) -> Any:
    """a @ b. Shapes as NumPy's; a stack of matrices is multiplied matrix by matrix."""
    a, b = np.asarray(a), np.asarray(b)
    if kwargs or a.ndim == 0 or b.ndim == 0 or not _doubles(a, b):
        return NotImplemented
    row, column = a.ndim == 1, b.ndim == 1
    a = a[None, :] if row else a
    b = b[:, None] if column else b
    if a.shape[-1] != b.shape[-2]:
        return NotImplemented  # NumPy's own error names the shapes
    if a.ndim == b.ndim == 2:
        result = _product(a, b)
    else:
        stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        result = np.empty((*stack, a.shape[-2], b.shape[-1]))
        a = np.broadcast_to(a, (*stack, *a.shape[-2:]))
        b = np.broadcast_to(b, (*stack, *b.shape[-2:]))
        for i in np.ndindex(*stack):
            result[i] = _product(a[i], b[i])
    if row:
        result = result[..., 0, :]
    if column:
        result = result[..., 0]
    return result[()]


def _dot(func: Any, a: Any, b: Any, out: Any = None) -> Any:
    """np.dot, np.inner and ndarray.dot: rows of a (the last axis) by columns of b (the last axis but one)."""
    x, y = np.asarray(a), np.asarray(b)
    if func is np.inner and y.ndim > 1:
        y = np.moveaxis(y, -1, -2)
    if x.ndim == 0 or y.ndim == 0 or not _doubles(x, y) or x.shape[-1] != y.shape[-2 if y.ndim > 1 else 0]:
        arguments = (_plain(a), _plain(b))
        return _into(func(*arguments), out)
    if x.ndim > 2 or y.ndim > 2:
        inner = x.shape[-1]
        matrix = y if y.ndim == 1 else np.moveaxis(y, -2, 0).reshape(inner, -1)
        rest = () if y.ndim == 1 else (*y.shape[:-2], y.shape[-1])
        return _into(np.asarray(_matmul(x.reshape(-1, inner), matrix)).reshape(*x.shape[:-1], *rest), out)
    return _into(_matmul(x, y), out)


def _doubles(a: Array, b: Array) -> bool:
    """Whether R would use floating point: integers are exact either way, and R knows no smaller floats."""
    return bool(np.result_type(a, b) == np.float64)


def _product(a: Array, b: Array) -> Array:
    """R's `a %*% b` of two matrices with a.shape[1] == b.shape[0]."""
    a = np.asfortranarray(a, dtype=np.float64)
    b = np.asfortranarray(b, dtype=np.float64)
    if 0 in a.shape or 0 in b.shape:
        return np.zeros((a.shape[0], b.shape[1]))
    if _may_hold_nan(a) or _may_hold_nan(b):
        return _product_in_loops(a, b)
    if a.shape[0] == b.shape[1] == 1:
        return _dgemv_of_one_row(a[0], b[:, 0])
    product: Array
    if b.shape[1] == 1:
        product = (a @ b[:, 0])[:, None]
    elif a.shape[0] == 1:
        product = (b.T @ a[0])[None, :]
    else:
        product = (b.T @ a.T).T
    return product


def _may_hold_nan(x: Array) -> bool:
    """R looks at sums of two neighbours, which is quicker; so a sum that overflows counts as well."""
    flat = x.ravel(order="F")
    odd = flat.size % 2
    with np.errstate(over="ignore", invalid="ignore"):
        return not (np.isfinite(flat[:odd]).all() and np.isfinite(flat[odd::2] + flat[odd + 1 :: 2]).all())


def _dgemv_of_one_row(x: Array, y: Array) -> Array:
    """A row by a column is one number. R takes dgemv for it and NumPy takes ddot, which adds up in another order.

    This is OpenBLAS's order in dgemv for a matrix of one row without fused multiply-add, as its Haswell kernel is
    compiled: four products are added up, then the fours, then what is left over.
    """
    products = x * y
    fours = products[: len(products) // 4 * 4].reshape(-1, 4)
    terms = np.concatenate([[0.0], fours[:, 0] + fours[:, 1] + fours[:, 2] + fours[:, 3], products[fours.size :]])
    total: Array = np.add.accumulate(terms)[-1:, None]
    return total


def _product_in_loops(a: Array, b: Array) -> Array:
    total = np.zeros((a.shape[0], b.shape[1]))
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(a.shape[1]):
            total += a[:, k, None] * b[k]
    return total


# -- sums -------------------------------------------------------------------------------------------------------------


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    numbers = tuple(axis) if isinstance(axis, tuple | list) else (axis,)
    axes = tuple(operator.index(k) % ndim if -ndim <= k < ndim else ndim for k in numbers)
    if ndim in axes:
        raise np.exceptions.AxisError(numbers[axes.index(ndim)], ndim)
    if len(set(axes)) < len(axes):
        raise ValueError("duplicate value in 'axis'")
    return axes


def _in_order(x: Array, axes: tuple[int, ...]) -> tuple[Array, tuple[int, ...]]:
    """Long doubles (what is added up, results) with the first of the axes running fastest, and the results' shape."""
    rest = tuple(k for k in range(x.ndim) if k not in axes)
    moved = x.transpose(*sorted(axes, reverse=True), *rest)
    shape = tuple(x.shape[k] for k in rest)
    count = math.prod(x.shape[k] for k in axes)
    return np.ascontiguousarray(moved.reshape(count, math.prod(shape)), dtype=np.longdouble), shape


def _one_by_one(rows: Array, ufunc: np.ufunc = np.add) -> Array:
    """The rows added up one after the other. NumPy does so over whole rows, but adds up single columns in pairs."""
    if len(rows) and rows.shape[1] == 1:
        return ufunc.accumulate(rows, axis=0)[-1]  # type: ignore[no-any-return]
    return ufunc.reduce(rows, axis=0)  # type: ignore[no-any-return]


def _rounded(total: Array, shape: tuple[int, ...], axes: tuple[int, ...], ndim: int, keepdims: bool) -> Any:
    whole = len(axes) == ndim
    result = total.astype(np.float64).reshape(shape)
    if whole and np.abs(total[0]) > _LARGEST:
        result = np.copysign(np.inf, result)
    if keepdims:
        result = np.expand_dims(result, axes) if axes else result
    return result[()]


_LARGEST = np.longdouble(np.finfo(np.float64).max)


def _sum(
    x: Any, /, axis: Any = 0, dtype: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:
    return _reduced(np.add, x, axis, dtype, keepdims, initial, where)


def _prod(
    x: Any, /, axis: Any = 0, dtype: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:
    return _reduced(np.multiply, x, axis, dtype, keepdims, initial, where)


def _reduced(ufunc: np.ufunc, x: Any, axis: Any, dtype: Any, keepdims: Any, initial: Any, where: Any) -> Any:
    if not _is_double(x, dtype):
        return NotImplemented
    nothing = 0.0 if ufunc is np.add else 1.0
    if where is not True:
        x = np.where(_plain(where), x, nothing)
    axes = _axes(axis, x.ndim)
    with np.errstate(over="ignore", invalid="ignore"):
        rows, shape = _in_order(x, axes)
        # R starts from 0.0: a sum of negative zeros is 0.
        first = nothing if initial is None or initial is np._NoValue else initial
        if first != nothing:
            rows = np.concatenate([np.full_like(rows[:1], first, shape=(1, rows.shape[1])), rows])
        total = _one_by_one(rows, ufunc)
        total = total + np.longdouble(0) if ufunc is np.add else total
        return _rounded(total, shape, axes, x.ndim, bool(keepdims))


def _cumulated(ufunc: np.ufunc, x: Any, /, axis: Any = 0, dtype: Any = None) -> Any:
    if not _is_double(x, dtype):
        return NotImplemented
    with np.errstate(over="ignore", invalid="ignore"):
        return ufunc.accumulate(x, axis=axis, dtype=np.longdouble).astype(np.float64)


def _is_double(x: Any, dtype: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype == np.float64 and dtype in (None, float, np.float64)


def _mean(x: Array, axis: Any, keepdims: bool) -> Any:
    axes = _axes(axis, x.ndim)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        rows, shape = _in_order(x, axes)
        count = np.longdouble(len(rows))
        mean = _one_by_one(rows) / count
        if len(axes) == x.ndim and x.dtype.kind == "f" and np.isfinite(mean).all():
            mean = mean + _one_by_one(rows - mean) / count
        result = mean.astype(np.float64).reshape(shape)
        if keepdims and axes:
            result = np.expand_dims(result, axes)
        return result[()]


# -- powers -----------------------------------------------------------------------------------------------------------


def _power(x: Any, y: Any, /, **kwargs: Any) -> Any:
    if kwargs or np.result_type(x, y) != np.float64:
        return NotImplemented
    x, y = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    # The exponents written out: for a single one NumPy has shortcuts here too.
    powers = np.power(x, np.array(y))
    squares = y == 2.0
    return np.where(squares, x * x, powers)[()] if squares.any() else powers


_RULES: dict[tuple[np.ufunc, str], Callable[..., Any]] = {
    (np.matmul, "__call__"): _matmul,
    (np.add, "reduce"): _sum,
    (np.multiply, "reduce"): _prod,
    (np.add, "accumulate"): functools.partial(_cumulated, np.add),
    (np.multiply, "accumulate"): functools.partial(_cumulated, np.multiply),
    (np.power, "__call__"): _power,
}


# -- values -----------------------------------------------------------------------------------------------------------


def wrap(value: Any) -> Any:
    """The value with its arrays as RArray, views of the same memory.

    Lists, dicts and objects (the attributes in `__dict__`) are changed in place and stay the objects that they are; a
    tuple is made anew. An array that was in several places is one RArray in all of them. Classes, functions, modules
    and subclasses of ndarray are left alone.
    """
    return _converted(value, lambda a: a.view(RArray) if type(a) is np.ndarray and not a.dtype.hasobject else a, {})


def unwrap(value: Any) -> Any:
    """The value with plain arrays again, in the same places as `wrap`."""
    return _converted(value, _plain, {})


_LEFT_ALONE = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.generic)


def _converted(value: Any, convert: Callable[[Array], Array], conversions: dict[int, tuple[Any, Any]]) -> Any:
    """`conversions` holds what was converted by its id, and the value itself, so that no other value gets its id."""
    if id(value) in conversions:
        return conversions[id(value)][1]
    if isinstance(value, np.ndarray):
        result: Any = convert(value)
        conversions[id(value)] = (value, result)
        return result
    if isinstance(value, tuple):
        elements = [_converted(element, convert, conversions) for element in value]
        if all(new is old for new, old in zip(elements, value, strict=True)):
            return value
        return type(value)(*elements) if hasattr(value, "_fields") else type(value)(elements)
    conversions[id(value)] = (value, value)
    if isinstance(value, list):
        value[:] = [_converted(element, convert, conversions) for element in value]
    elif isinstance(value, dict):
        for key in value:
            value[key] = _converted(value[key], convert, conversions)
    elif not isinstance(value, _LEFT_ALONE) and isinstance(getattr(value, "__dict__", None), dict):
        _converted(value.__dict__, convert, conversions)
    return value


_MAKERS = (
    *("array", "asarray", "ascontiguousarray", "asfortranarray"),
    *("zeros", "ones", "empty", "full", "arange", "linspace", "eye", "identity"),
    *("frombuffer", "fromfile", "fromiter", "load", "loadtxt", "genfromtxt"),
)


@contextlib.contextmanager
def arithmetic() -> Iterator[None]:
    """Arrays that `np.zeros`, `np.asarray` and their kin make are RArray, too, while this is entered.

    For code that makes arrays of its own, or takes the arrays it is given through `np.asarray`, which would make
    them plain ones. NumPy's own calls stay as they are. A name taken out of NumPy (`from numpy import zeros`) is not
    reached, nor are draws of random numbers: such arrays become RArray when they meet one.
    """
    before = {name: getattr(np, name) for name in _MAKERS}
    for name, maker in before.items():
        setattr(np, name, _making_r(maker))
    try:
        yield
    finally:
        for name, maker in before.items():
            setattr(np, name, maker)


def _making_r(maker: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(maker)
    def make(*args: Any, **kwargs: Any) -> Any:
        result = maker(*args, **kwargs)
        asking = sys._getframe(1).f_globals.get("__name__", "").partition(".")[0]
        return result if asking in _OURS else _as_r(result)

    return make


_OURS = ("numpy", __name__.partition(".")[0])


def differing_bits(a: Any, b: Any) -> int:
    """How many of the 64 bits of each element differ, added up over two arrays of one shape.

    0 if, and only if, all numbers are the same: 0.0 and -0.0 differ (in one bit), NaN and NaN do not, whatever their
    sign and payload, which IEEE 754 leaves open. Integers and logicals count as the doubles that they are in R.
    Raises ValueError if the shapes differ, and for values that are not numbers.
    """
    x, y = (np.ascontiguousarray(_plain(np.asanyarray(value))) for value in (a, b))
    if x.shape != y.shape:
        raise ValueError(f"arrays of the shapes {x.shape} and {y.shape} have no bits in common")
    if x.dtype.kind not in "fiub" or y.dtype.kind not in "fiub":
        raise ValueError(f"{x.dtype} and {y.dtype} are not both real numbers")
    x, y = x.astype(np.float64), y.astype(np.float64)
    differing = x.view(np.uint64) ^ y.view(np.uint64)
    differing[np.isnan(x) & np.isnan(y)] = 0
    return int(np.unpackbits(differing.reshape(-1).view(np.uint8)).sum(dtype=np.int64))


# -- the process ------------------------------------------------------------------------------------------------------

_DISABLED = "NPY_DISABLE_CPU_FEATURES"
_THREADS = (
    *("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"),
    *("MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
)


def environment() -> dict[str, str]:
    """The environment variables that a process must be started with; both NumPy and BLAS read theirs when loaded.

    - NumPy's SIMD loops off: the features that this NumPy build chooses between and this CPU has (any other name would
      be refused or warned about).
    - One BLAS thread: several of them split a sum into parts.
    - OpenBLAS with its Haswell kernels where the CPU can run them, for NumPy's library and for R's: their choice
      of kernels for a new CPU depends on their version.
    """
    dispatched, enabled = _cpu_features()
    off = os.environ.get(_DISABLED, "").replace(",", " ").split()
    variables = {
        _DISABLED: " ".join(name for name in dispatched if name in enabled or name in off),
        "NPY_ENABLE_CPU_FEATURES": "",
        **dict.fromkeys(_THREADS, "1"),
    }
    if {"AVX2", "FMA3"} <= enabled | set(off) or "X86_V3" in off:
        variables["OPENBLAS_CORETYPE"] = "Haswell"
    return variables


def _cpu_features() -> tuple[list[str], set[str]]:
    """What NumPy dispatches on, and what is switched on in this process."""
    try:
        umath: Any = importlib.import_module("numpy._core._multiarray_umath")
    except ImportError:  # NumPy 1
        umath = importlib.import_module("numpy.core._multiarray_umath")
    return list(umath.__cpu_dispatch__), {name for name, on in umath.__cpu_features__.items() if on}


def check(*, r: bool = True) -> tuple[str, ...]:
    """What in this process stands in the way of exact results, a sentence each; empty if nothing does.

    Besides the settings it looks at results: elementary functions against the C library, and, with `r` (which
    starts R), products and sums against R's.
    """
    faults = _wrong_in_r() if r else []
    return (*_wrong_settings(), *_wrong_functions(), *faults)


def _wrong_settings() -> Iterator[str]:
    dispatched, enabled = _cpu_features()
    on = [name for name in dispatched if name in enabled]
    if on:
        yield f"NumPy's SIMD loops are on: {' '.join(on)}"
    precision = np.finfo(np.longdouble).nmant + 1
    if precision < 64:
        yield f"NumPy's long double has {precision} bits of precision, R's sums are taken to have 64"
    for library in _libraries():
        if library["num_threads"] != 1:
            yield f"BLAS runs on {library['num_threads']} threads: {_library_name(library)}"


def _libraries() -> list[dict[str, Any]]:
    """The BLAS libraries loaded: NumPy's, and R's once it has started."""
    import threadpoolctl

    return [library for library in threadpoolctl.threadpool_info() if library["user_api"] == "blas"]


def _library_name(library: dict[str, Any]) -> str:
    words = (library["internal_api"], library.get("version"), library.get("architecture"))
    return " ".join(str(word) for word in words if word)


def _wrong_functions() -> Iterator[str]:
    x = np.exp(np.linspace(-5.0, 5.0, 2001)) / 3
    for function in (np.exp, np.log, np.tanh, np.sin, np.log1p, np.expm1):
        theirs = getattr(math, function.__name__)
        different = int(np.sum(function(x) != np.array([theirs(value) for value in x])))
        if different:
            yield f"NumPy's {function.__name__} is not the C library's: {different} of {x.size} values differ"


# A number, a row by a matrix, a matrix by a column, an outer product, two matrices, and a larger size of each.
_PROBED = ((1, 9, 1), (1, 99, 1), (1, 37, 5), (37, 50, 1), (5, 1, 7), (3, 5, 4), (33, 65, 17), (100, 300, 50))


def _wrong_in_r() -> list[str]:
    from parity import bridge

    try:
        bridge.start()
    except bridge.RUnavailable as error:
        return [f"R is missing: {error}"]
    faults = []
    if bridge.function("function() capabilities('long.double')")()[0] == 0:
        faults.append("this R was built without long double")
    matprod = bridge.function("function() getOption('matprod', 'default')")()[0]
    if matprod != "default":
        faults.append(f"R's option matprod is {matprod}, not default")
    times = bridge.function("`%*%`")
    draw = np.random.RandomState(0)
    wrong = []
    for rows, inner, columns in _PROBED:
        a, b = draw.randn(rows, inner), draw.randn(inner, columns)
        if differing_bits(_product(a, b), times(a, b)):
            wrong.append(f"{rows}x{inner} by {inner}x{columns}")
    if wrong:
        using = "; ".join(map(_library_name, _libraries())) or "unknown BLAS"
        faults.append(f"products differ from R's {len(wrong)} times in {len(_PROBED)} ({', '.join(wrong)}): {using}")
    x = draw.randn(257, 3)
    sums = bridge.function("function(x) c(sum(x), mean(x), colSums(x), rowSums(x))")(x)
    ours = [_sum(x, axis=None), _mean(x, None, False), *_sum(x, axis=0), *_sum(x, axis=1)]
    if differing_bits(ours, sums):
        faults.append("sums differ from R's")
    return faults
