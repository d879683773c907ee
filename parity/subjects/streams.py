"""Where the generators of both languages begin, and whether a call has moved them.

NumPy's legacy generator and R's default one are the same Mersenne Twister; they differ in how a seed becomes its 624
words, and in how a word becomes a number. A case's seed puts the same words into both.

Matsumoto and Nishimura (1998), "Mersenne Twister"; R's scrambling of a seed: RNG_Init in src/main/RNG.c.
"""

from __future__ import annotations

import ctypes
import random
import secrets
import sys
import zlib
from collections.abc import Iterable
from types import ModuleType
from typing import Any

import numpy as np
from numpy.random import bit_generator

from parity.fixture.model import Seed

WORDS = 624
POSITION = 4 * WORDS + 4


def words(seed: Seed) -> np.ndarray:
    """The words, uint32, from which the first draw makes new ones: those of np.random.seed(), or of set.seed()."""
    if seed.stream == "numpy":
        state: Any = np.random.RandomState(seed.seed).get_state(legacy=False)
        return np.array(state["state"]["key"], dtype=np.uint32)
    state = seed.seed % 2**32
    for _ in range(51):  # the last of them is the place of "how many words are used", which R overwrites
        state = (69069 * state + 1) % 2**32
    scrambled = np.empty(WORDS, dtype=np.uint32)
    for place in range(WORDS):
        state = (69069 * state + 1) % 2**32
        scrambled[place] = state
    return scrambled


def begun(seed: Seed) -> dict[str, Any]:
    """The state of NumPy's legacy generator that begins with those words."""
    return {
        "bit_generator": "MT19937",
        "state": {"key": words(seed), "pos": WORDS},
        "has_gauss": 0,
        "gauss": 0.0,
    }


def at_beginning(state: dict[str, Any]) -> bytes:
    """What `position` gives there."""
    return bytes(state["state"]["key"]) + WORDS.to_bytes(4, sys.byteorder)


def position() -> bytes:
    """Where NumPy's global generator stands, without the 0.1 ms that `get_state` takes."""
    generator = np.random.mtrand._rand._bit_generator
    if type(generator) is not np.random.MT19937:
        return repr(generator.state).encode()
    return ctypes.string_at(generator.ctypes.state_address, POSITION)


def mark(state: bytes) -> str:
    """A short text for where generators stand."""
    return f"{zlib.crc32(state):08x}"


class Entropy:
    """How often a generator of NumPy was begun with nothing (`default_rng()`), which no two runs do alike."""

    times = 0


def _counting(bits: int) -> int:
    Entropy.times += 1
    return secrets.randbits(bits)


if hasattr(bit_generator, "randbits"):
    bit_generator.randbits = _counting


def uses_standard_random(modules: Iterable[ModuleType]) -> bool:
    """Whether one of the modules has Python's own `random`, or one of its functions, among its names."""
    instance = random._inst
    return any(
        value is random or getattr(value, "__self__", None) is instance
        for module in modules
        for value in list(vars(module).values())
    )


def standard_position() -> bytes:
    return repr(random.getstate()).encode()
