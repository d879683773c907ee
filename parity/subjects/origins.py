"""Indices that count from another number than 0 in a language."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np


def moved(value: Any, by: int) -> Any:
    """The value with `by` added to each of its numbers. Raises TypeError for what holds none."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        return {name: moved(element, by) for name, element in value.items()}
    if isinstance(value, list | tuple):
        return [moved(element, by) for element in value]
    if isinstance(value, bool | np.bool_ | str):
        raise TypeError(f"{value!r} is no index")
    if isinstance(value, int | float | np.integer | np.floating):
        return value + by
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "iuf":
            raise TypeError(f"an array of {value.dtype} holds no indices")
        return value + value.dtype.type(by) if value.dtype.kind != "u" else value.astype(np.int64) + by
    if dataclasses.is_dataclass(value) and not isinstance(value, type) and hasattr(value, "values"):
        return dataclasses.replace(value, values=moved(value.values, by))
    raise TypeError(f"a {type(value).__name__} holds no indices")


def moved_in(value: Any, name: str, origin: Mapping[str, int], sign: int = 1) -> Any:
    """An argument or result called `name` on its way in (`sign` 1) or out (-1), where `origin` names it or parts of it.

    On the way out, what holds no indices is left as it is: it will differ.
    """
    for path, first in origin.items():
        root, _, rest = path.partition(".")
        if root == name:
            value = _moved_at(value, rest, sign * first, strict=sign > 0)
    return value


def _moved_at(value: Any, path: str, by: int, *, strict: bool) -> Any:
    if not path:
        try:
            return moved(value, by)
        except TypeError:
            if strict:
                raise
            return value
    key, _, rest = path.partition(".")
    if isinstance(value, Mapping) and key in value:
        return {**value, key: _moved_at(value[key], rest, by, strict=strict)}
    if isinstance(value, list | tuple) and key.isdigit() and int(key) < len(value):
        return [_moved_at(one, rest, by, strict=strict) if n == int(key) else one for n, one in enumerate(value)]
    return value
