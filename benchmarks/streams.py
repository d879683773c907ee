"""What random numbers of one language cost in the other: `python benchmarks/streams.py`.

NumPy's legacy stream in R against NumPy itself, and R's stream in NumPy against R itself, for a million numbers. The
two take turns, round by round, so that a busy machine slows them alike; the table has medians. Exit 1 when NumPy's
stream in R misses a target: 10 times NumPy's time for rand, 12 times for randn, 2 ms for a seed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from parity import bridge
from parity.verify.suite import bundled
from python_impl.random.r import RStream

LOAD = """
function(files) {
  env <- new.env(parent = asNamespace("base"))
  for (file in files) sys.source(file, envir = env, keep.source = FALSE)
  env$state <- env$np_random_state(42)
  env
}
"""

Row = tuple[str, Callable[[], object], str, Callable[[], object], float | None]


def rows(env: bridge.RValue, n: int) -> list[Row]:
    """What is compared: R's code and its action, Python's and its action, and the largest ratio allowed."""
    made = bridge.function("function(env, code) eval(call('function', NULL, parse(text = code)[[1]]), env)")

    def r(code: str) -> Callable[[], object]:
        function = bridge.function(made.keep(env=env, code=code))
        return lambda: function.keep()

    rng, stream = np.random.RandomState(42), RStream(42)
    return [
        ("np_rand(state, n)", r(f"np_rand(state, {n})"), "rng.rand(n)", lambda: rng.rand(n), 10),
        ("np_randn(state, n)", r(f"np_randn(state, {n})"), "rng.randn(n)", lambda: rng.randn(n), 12),
        (
            "np_randint(state, 1000, size = n)",
            r(f"np_randint(state, 1000, size = {n})"),
            "rng.randint(1000, size=n)",
            lambda: rng.randint(1000, size=n),
            None,
        ),
        (
            "np_permutation(state, n)",
            r(f"np_permutation(state, {n})"),
            "rng.permutation(n)",
            lambda: rng.permutation(n),
            None,
        ),
        ("runif(n)", r(f"stats::runif({n})"), "RStream(42).runif(n)", lambda: stream.runif(n), None),
        ("rnorm(n)", r(f"stats::rnorm({n})"), "RStream(42).rnorm(n)", lambda: stream.rnorm(n), None),
        ("sample(n)", r(f"sample({n})"), "RStream(42).sample(n)", lambda: stream.sample(n), None),
    ]


def seconds(ways: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Median seconds of one call of each, taken in turns."""
    times: list[list[float]] = [[] for _ in ways]
    for way in ways:
        way()
    for _ in range(rounds):
        for way, found in zip(ways, times, strict=True):
            began = time.perf_counter()
            way()
            found.append(time.perf_counter() - began)
    return [statistics.median(found) for found in times]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=11, help="how often each is timed (default 11)")
    parser.add_argument("--numbers", type=int, default=1_000_000, help="how many numbers (default 1,000,000)")
    options = parser.parse_args()
    bridge.start()
    env = bridge.function(LOAD).keep(files=[str(file) for file in sorted((bundled("r_impl") / "R").glob("*.R"))])

    table = Table("R", "ms", "Python", "ms", "ratio", "target", box=box.SIMPLE)
    missed = False
    for code, r, python, numpy, most in rows(env, options.numbers):
        in_r, in_python = seconds((r, numpy), options.rounds)
        # Whose stream it is decides who follows: the ratio is the follower's time by the owner's.
        ratio = in_python / in_r if "RStream" in python else in_r / in_python
        missed |= most is not None and ratio > most
        target = "" if most is None else f"{most:.0f}"
        table.add_row(Text(code), f"{1e3 * in_r:.1f}", Text(python), f"{1e3 * in_python:.1f}", f"{ratio:.1f}", target)

    # Many at once: a seed takes about as long as a call over the bridge.
    times = 20
    many = bridge.function("function(env, times) for (seed in seq_len(times)) env$np_random_state(seed)")
    in_r, in_python = seconds(
        (
            lambda: many.keep(env=env, times=times),
            lambda: [np.random.RandomState(seed) for seed in range(1, times + 1)],
        ),
        options.rounds,
    )
    in_r, in_python = 1e3 * in_r / times, 1e3 * in_python / times
    missed |= in_r > 2
    table.add_row(
        "np_random_state(seed)",
        f"{in_r:.2f}",
        "RandomState(seed)",
        f"{in_python:.3f}",
        f"{in_r / in_python:.1f}",
        "2 ms",
    )
    Console().print(table)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
