"""R's default random stream in NumPy, bit for bit: what follows `set.seed(seed)` in R >= 3.6.

NumPy and R run the same generator, the Mersenne Twister MT19937. They differ in how they fill its 624 words from
a seed and in what they make of its numbers: R takes 32 bits for a uniform, two of those for a normal by the inverse of
its distribution function (Wichura's AS 241), and 16 bits at a time for an index.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

_WORD = 2**32
# R's own constants: 2^-32, and the smallest uniform, half of what R takes for 1 / (2^32 - 1).
_TO_UNIT = 2.3283064365386963e-10
_SMALLEST = 0.5 * 2.328306437080797e-10
_BIG = 134217728.0  # 2^27
# Above this R's sample() draws again what it has drawn before, instead of keeping a list of what is left.
_MANY = 10_000_000
# So many quantiles at a time stay in the processor's cache.
_BLOCK = 2**14


class RStream:
    """A stream that gives what R gives after `set.seed(seed)`, with R's default kinds.

    The kinds are Mersenne-Twister, Inversion and Rejection. Like `numpy.random.RandomState` the object changes with
    each draw. On machines whose C compiler fuses multiplication and addition, R's own normals may differ in
    the last bit from those of other machines, and from these.
    Source: the documentation of R, `?RNGkind`; Wichura (1988), algorithm AS 241.
    """

    def __init__(self, seed: int) -> None:
        self._generator = np.random.MT19937(0)
        self.set_seed(seed)

    def set_seed(self, seed: int) -> None:
        """As `set.seed(seed)`: a whole number from -2^31 + 1 to 2^31 - 1, the integers of R.

        The seed is scrambled by 50 steps of a congruential generator, whose next 625 numbers fill the state (the first
        is overwritten by the position). Raises ValueError for any other seed.
        """
        if isinstance(seed, bool) or not -(2**31) < seed < 2**31 or seed != int(seed):
            raise ValueError(f"a seed of R is a whole number between -(2^31 - 1) and 2^31 - 1, not {seed}")
        word = int(seed) % _WORD
        words = []
        for _ in range(50 + 625):
            word = (69069 * word + 1) % _WORD
            words.append(word)
        key = np.array(words[-624:], dtype=np.uint32)
        self._generator.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": 624}}

    def random_seed(self) -> np.ndarray:
        """R's `.Random.seed`: 10403 for the kinds, the position, and the 624 words as signed integers; int32 (626,)."""
        state: Any = self._generator.state["state"]
        return np.concatenate([[10403, state["pos"]], state["key"].astype(np.uint32).view(np.int32)]).astype(np.int32)

    def runif(self, n: int, min: float = 0.0, max: float = 1.0) -> np.ndarray:
        """As `runif(n, min, max)`: min + (max - min) u with u in (0, 1), both ends left out; float64 (n,)."""
        if not (math.isfinite(min) and math.isfinite(max) and min <= max):
            raise ValueError(f"min = {min} and max = {max} are no bounds")
        if min == max:
            return np.full(_count(n), float(min))
        return min + (max - min) * self._unit(_count(n))

    def rnorm(self, n: int, mean: float = 0.0, sd: float = 1.0) -> np.ndarray:
        """As `rnorm(n, mean, sd)`: mean + sd z, with z the normal quantile of a uniform of 59 bits; float64 (n,)."""
        if not (math.isfinite(mean) and math.isfinite(sd) and sd >= 0):
            raise ValueError(f"mean = {mean} and sd = {sd} make no normal distribution")
        if sd == 0:
            return np.full(_count(n), float(mean))
        u = self._unit(2 * _count(n))
        return mean + sd * qnorm((np.floor(_BIG * u[0::2]) + u[1::2]) / _BIG)

    def sample(
        self, x: float | Sequence[Any] | np.ndarray, size: int | None = None, replace: bool = False
    ) -> np.ndarray:
        """As `sample(x, size, replace)`: elements of x, or of 1 to x where x is a number; (size,).

        Raises ValueError when more is asked for than there is and nothing is put back.
        """
        values = None if isinstance(x, (int, float, np.integer)) else np.asarray(x)
        n = int(x) if values is None else len(values)  # type: ignore[arg-type]
        size = n if size is None else _count(size)
        if n < 1 and (values is None or size > 0):
            raise ValueError("there is nothing to draw from")
        if not replace and size > n:
            raise ValueError(f"cannot draw {size} of {n} without putting them back")
        if replace or size < 2:
            index = self._below(np.full(size, n, dtype=np.int64))
        elif n > _MANY and size <= n / 2:
            index = self._distinct(n, size)
        else:
            index = self._without_replacement(n, size)
        return index + 1 if values is None else values[index]

    def _unit(self, n: int) -> np.ndarray:
        u = self._generator.random_raw(n) * _TO_UNIT
        u[u <= 0] = _SMALLEST
        return u

    def _without_replacement(self, n: int, size: int) -> np.ndarray:
        """Each draw takes an element of those left, and the last one left moves into its place."""
        left = np.arange(n)
        places = self._below(np.arange(n, n - size, -1))
        # Swapped, so that what is drawn gathers at the end. A memoryview gives its elements faster than an array.
        element = memoryview(left)
        for last, place in zip(range(n - 1, n - 1 - size, -1), places.tolist(), strict=True):
            element[place], element[last] = element[last], element[place]
        return left[n - size :][::-1]

    def _distinct(self, n: int, size: int) -> np.ndarray:
        """Draws from all n, those already drawn thrown away."""
        seen: dict[int, None] = {}
        while len(seen) < size:
            missing = size - len(seen)
            seen.update(dict.fromkeys(self._below(np.full(missing, n, dtype=np.int64)).tolist()))
        return np.array(list(seen), dtype=np.int64)

    def _below(self, bounds: np.ndarray) -> np.ndarray:
        """One whole number 0 <= v < bound for each of the bounds, which do not increase.

        R puts as many bits together as the bound needs, 16 from a uniform, and draws again while v >= bound. Bounds of
        as many bits are drawn together; how many were accepted before decides which bound a draw meets, so the
        acceptance is the fixed point of counting it.
        """
        drawn = np.empty(len(bounds), dtype=np.int64)
        done = 0
        while done < len(bounds):
            bits = math.ceil(math.log2(bounds[done]))
            words = bits // 16 + 1
            smallest = 2 ** (bits - 1) + 1 if bits else 1
            end = len(bounds) - int(np.searchsorted(bounds[::-1], smallest, side="left"))
            while done < end:
                parts = self._generator.random_raw((end - done) * words).reshape(-1, words) >> 16
                v = parts[:, 0].astype(np.int64)
                for part in parts.T[1:]:
                    v = 65536 * v + part.astype(np.int64)
                v &= (1 << bits) - 1
                before = np.zeros(len(v), dtype=np.int64)
                while True:
                    accepted = v < bounds[done + before]
                    now = np.cumsum(accepted) - accepted
                    if np.array_equal(now, before):
                        break
                    before = now
                count = int(accepted.sum())
                drawn[done : done + count] = v[accepted]
                done += count
        return drawn


def _count(n: int) -> int:
    if isinstance(n, bool) or n != int(n) or n < 0:
        raise ValueError(f"a number of draws is a whole number that is not negative, not {n}")
    return int(n)


# AS 241, PPND16: the coefficients of a ratio of polynomials, highest power first, for the middle and the two tails, as
# R has them.
_MIDDLE = (
    (
        2509.0809287301226727,
        33430.575583588128105,
        67265.770927008700853,
        45921.953931549871457,
        13731.693765509461125,
        1971.5909503065514427,
        133.14166789178437745,
        3.387132872796366608,
    ),
    (
        5226.495278852854561,
        28729.085735721942674,
        39307.89580009271061,
        21213.794301586595867,
        5394.1960214247511077,
        687.1870074920579083,
        42.313330701600911252,
        1.0,
    ),
)
_TAIL = (
    (
        7.7454501427834140764e-4,
        0.0227238449892691845833,
        0.24178072517745061177,
        1.27045825245236838258,
        3.64784832476320460504,
        5.7694972214606914055,
        4.6303378461565452959,
        1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9,
        5.475938084995344946e-4,
        0.0151986665636164571966,
        0.14810397642748007459,
        0.68976733498510000455,
        1.6763848301838038494,
        2.05319162663775882187,
        1.0,
    ),
)
_FAR_TAIL = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        0.0012426609473880784386,
        0.026532189526576123093,
        0.29656057182850489123,
        1.7848265399172913358,
        5.4637849111641143699,
        6.6579046435011037772,
    ),
    (
        2.04426310338993978564e-15,
        1.4215117583164458887e-7,
        1.8463183175100546818e-5,
        7.868691311456132591e-4,
        0.0148753612908506148525,
        0.13692988092273580531,
        0.59983220655588793769,
        1.0,
    ),
)


def qnorm(p: np.ndarray) -> np.ndarray:
    """The quantiles of the standard normal distribution, as R's `qnorm(p)` for 0 < p < 1; the shape of p."""
    p = np.asarray(p, dtype=np.float64)
    result = np.empty(p.size)
    for start in range(0, p.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        result[block] = _quantiles(p.reshape(-1)[block])
    return result.reshape(p.shape)


def _quantiles(p: np.ndarray) -> np.ndarray:
    """AS 241. The logarithm of the tails is the C library's, as R's: NumPy's own may differ in the last bit."""
    q = p - 0.5
    middle = np.abs(q) <= 0.425
    result = np.empty_like(p)
    central = q[middle]
    above, below = _polynomials(_MIDDLE, 0.180625 - central * central)
    result[middle] = central * above / below
    side = q[~middle]
    tail = np.where(side > 0, 0.5 - p[~middle] + 0.5, p[~middle])
    r = np.sqrt([-math.log(t) for t in tail.tolist()])
    far = r > 5
    above, below = np.where(far, _polynomials(_FAR_TAIL, r - 5.0), _polynomials(_TAIL, r - 1.6))
    value = above / below
    result[~middle] = np.where(side < 0, -value, value)
    return result


def _polynomials(coefficients: tuple[tuple[float, ...], tuple[float, ...]], r: np.ndarray) -> np.ndarray:
    """Numerator and denominator at r, by Horner's rule; (2, ...)."""
    values = np.empty((2, *r.shape))
    for value, (first, *others) in zip(values, coefficients, strict=True):
        value[...] = first
        for coefficient in others:
            value *= r
            value += coefficient
    return values
