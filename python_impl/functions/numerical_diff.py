from collections.abc import Callable


def numerical_diff(f: Callable[[float], float], x: float, h: float = 1e-4) -> float:
    """df/dx = (f(x + h) - f(x - h)) / 2h, the central difference, off by h^2 / 6 times the third derivative.

    Source: the book, first volume, chapter 4, 4.3.1.
    """
    return (f(x + h) - f(x - h)) / (2 * h)


def function_1(x: float) -> float:
    """f(x) = 0.01 x^2 + 0.1 x, the book's example (4.3.2), whose derivative is 0.02 x + 0.1."""
    return 0.01 * x**2 + 0.1 * x
