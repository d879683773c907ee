import numpy as np

from python_impl.functions.relu import relu
from python_impl.functions.sigmoid import sigmoid
from python_impl.functions.tanh_function import tanh_function

ACTIVATIONS = {"relu": relu, "sigmoid": sigmoid, "tanh": tanh_function}
GAINS = {"xavier": 1.0, "he": 2.0}


def activation_histogram(
    std: float | str = 1.0,
    activation: str = "sigmoid",
    count: int = 1000,
    width: int = 100,
    layers: int = 5,
    bins: int = 30,
    rng: int | np.random.RandomState = 0,
) -> np.ndarray:
    """How the activations of each layer are spread over [0, 1], when normal numbers go through random weights.

    a_0 = x,  a_k = h(a_{k-1} W_k), with x and W_k drawn from `rng`, W_k with the standard deviation `std`, or that of
    "xavier", sqrt(1 / width), or of "he", sqrt(2 / width). A bin is [a, b), the last one [a, b]; what lies outside
    [0, 1] is in none.
    Shapes: x (count, width), W_k (width, width) -> counts (layers, bins).
    Source: the book, first volume, chapter 6, figures 6-10 to 6-14.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation {activation!r}: expected one of {', '.join(ACTIVATIONS)}")
    if isinstance(std, str) and std not in GAINS:
        raise ValueError(f"std {std!r}: expected a number, xavier or he")
    scale = np.sqrt(GAINS[std] / width) if isinstance(std, str) else std
    draw = rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(rng)
    x = draw.randn(count, width)
    counts = np.zeros((layers, bins))
    for k in range(layers):
        x = ACTIVATIONS[activation](x @ (scale * draw.randn(width, width)))
        counts[k] = np.histogram(x, bins, range=(0, 1))[0]
    return counts
