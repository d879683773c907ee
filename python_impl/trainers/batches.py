from collections.abc import Iterator

import numpy as np


def random_batches(rng: np.random.RandomState, count: int, size: int, replace: bool = True) -> Iterator[np.ndarray]:
    """Batches without end, each of `size` of the numbers 0 to count - 1, drawn anew from all of them.

    With `replace` a number may come twice within a batch.
    Source: blog post "Back Propagation (2)", Training.
    """
    while True:
        yield rng.choice(count, size, replace)


def epoch_batches(rng: np.random.RandomState, count: int, size: int) -> Iterator[np.ndarray]:
    """Batches without end, each of `size` of the numbers 0 to count - 1, none of which comes twice within an epoch.

    An epoch puts the numbers, as they lie by then, in a new random order and takes one batch after the other from it.
    Numbers that do not fill a batch wait for the next order. Raises ValueError where there is no batch in an epoch.
    Source: the book, second volume, chapter 1, which shuffles the data themselves.
    """
    if not 1 <= size <= count:
        raise ValueError(f"a batch of {size} cannot be taken from {count}")
    order = np.arange(count)
    while True:
        order = order[rng.permutation(count)]
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]
