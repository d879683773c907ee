"""Sums of two numbers as sequences of characters, generated."""

import numpy as np

CHARACTERS = "0123456789+_ "


def load_addition(count: int, largest: int = 99, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Questions such as "5+73 " and answers such as "_78 ", as ids of "0123456789+_ ", padded with blanks at the end.

    The numbers are drawn from 0 to `largest`, all the first ones before all the second ones.
    Shapes: -> xs (count, 2 d + 1), ts (count, d + 2), for d the digits of `largest`.
    Source: the book, second volume, chapter 7, 7.2.2, which has up to three digits.
    """
    rng = np.random.RandomState(seed)
    a, b = rng.randint(0, largest + 1, count), rng.randint(0, largest + 1, count)
    d = len(str(largest))
    questions = [f"{x}+{y}".ljust(2 * d + 1) for x, y in zip(a, b, strict=True)]
    answers = [f"_{x + y}".ljust(d + 2) for x, y in zip(a, b, strict=True)]
    return _ids(questions), _ids(answers)


def _ids(texts: list[str]) -> np.ndarray:
    return np.array([[CHARACTERS.index(character) for character in text] for text in texts])
