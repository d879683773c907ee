"""NumPy's legacy random stream: `numpy.random.RandomState` itself, which is the reference for the one in R."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Size = int | Sequence[int] | np.ndarray | None


class NumpyStream:
    """The draws of `numpy.random.RandomState(seed)`, the stream that `numpy.random.seed(seed)` starts.

    Nothing is computed here. The class hands each draw to NumPy and only straightens the arguments: a seed of 2^32 - 1
    may come as a float, `rand` and `randn` take their extents as one `size`, as `random_sample` does.
    Source: the documentation of `numpy.random.RandomState`, whose stream NumPy has frozen (NEP 19).
    """

    def __init__(self, seed: float | Sequence[float] | np.ndarray) -> None:
        """A seed from 0 to 2^32 - 1, or several (an array seed). Raises ValueError for others, as NumPy does."""
        self._numpy = np.random.RandomState(_whole(seed))

    def rand(self, size: Size = None) -> Any:
        """As `rand(*size)`: 53-bit uniforms, 0 <= u < 1."""
        return self._numpy.rand(*_extents(size))

    def random_sample(self, size: Size = None) -> Any:
        """As `random_sample(size)`, which is `rand` by another name."""
        return self._numpy.random_sample(_whole(size))

    def uniform(self, low: float = 0.0, high: float = 1.0, size: Size = None) -> Any:
        """As `uniform(low, high, size)`: low + (high - low) u."""
        return self._numpy.uniform(low, high, _whole(size))

    def randn(self, size: Size = None) -> Any:
        """As `randn(*size)`: standard normals by the polar method, two at a time, the second one kept for later."""
        return self._numpy.randn(*_extents(size))

    def standard_normal(self, size: Size = None) -> Any:
        """As `standard_normal(size)`, which is `randn` by another name."""
        return self._numpy.standard_normal(_whole(size))

    def normal(self, loc: float = 0.0, scale: float = 1.0, size: Size = None) -> Any:
        """As `normal(loc, scale, size)`: loc + scale z."""
        return self._numpy.normal(loc, scale, _whole(size))

    def randint(self, low: float, high: float | None = None, size: Size = None) -> Any:
        """As `randint(low, high, size)`: low <= v < high, or 0 <= v < low without high."""
        return self._numpy.randint(_whole(low), _whole(high), _whole(size))

    def permutation(self, x: float | np.ndarray) -> np.ndarray:
        """As `permutation(x)`: the elements (rows) of x in random order, or 0 to x - 1 where x is a number."""
        return self._numpy.permutation(x if isinstance(x, np.ndarray) else _whole(x))

    def shuffle(self, x: np.ndarray) -> None:
        """As `shuffle(x)`: x itself is put in random order."""
        self._numpy.shuffle(x)

    def choice(
        self, a: float | np.ndarray, size: Size = None, replace: bool = True, p: np.ndarray | None = None
    ) -> Any:
        """As `choice(a, size, replace, p)`: elements of a, or of 0 to a - 1 where a is a number."""
        return self._numpy.choice(a if isinstance(a, np.ndarray) else _whole(a), _whole(size), replace, p)

    def get_state(self) -> tuple[np.ndarray, int, int, float]:
        """As `get_state()`: key (624,), pos, has_gauss and gauss, without the name of the generator before them."""
        state: Any = self._numpy.get_state(legacy=True)
        return state[1:]  # type: ignore[no-any-return]


def _whole(value: Any) -> Any:
    """A whole number, or each of several, as the int that NumPy asks for; what is no whole number as it is."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list):
        return [_whole(element) for element in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _extents(size: Any) -> Sequence[int]:
    size = _whole(size)
    if size is None:
        return ()
    return size if isinstance(size, (list, tuple)) else (size,)
