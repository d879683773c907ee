"""The bridge's speed, as ratios within one run: `python benchmarks/bridge.py`.

The ways of doing the same thing take turns, round by round, so that a busy machine slows them alike; the table has
medians. numpy2ri is rpy2 as its documentation shows it (a local converter around the call), in the same R, so that it
has the bridge's larger heap too; it is left out if rpy2-robjects is not installed. The memcpy copies between arrays
that exist already, so it pays no page faults. Everything runs warm, and R's garbage collections belong to the price.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from parity import bridge

Way = Callable[[], object]


def interleaved(ways: dict[str, Way], rounds: int, repeat: int) -> dict[str, float]:
    """Median seconds of one call, by name. Each round calls every way `repeat` times."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        for _ in range(40):
            way()
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            for _ in range(repeat):
                way()
            times[name].append((time.perf_counter() - began) / repeat)
    return {name: statistics.median(found) for name, found in times.items()}


def numpy2ri(code: str) -> Callable[[np.ndarray], object] | None:
    """rpy2 as its documentation shows it; None where rpy2-robjects is not installed."""
    try:
        import rpy2.robjects as ro
        from rpy2.robjects import default_converter, numpy2ri
        from rpy2.robjects.conversion import localconverter
    except ImportError:
        return None
    function = ro.r(code)
    converter = default_converter + numpy2ri.converter

    def call(x: np.ndarray) -> object:
        with localconverter(converter):
            return function(x)

    return call


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds

    code = "function(x) x + 1"
    add = bridge.function(code)
    theirs = numpy2ri(code)
    rows: list[tuple[str, float, str, float | None, bool | None]] = []

    def row(what: str, seconds: float, against: str = "", factor: float | None = None, ok: bool | None = None) -> None:
        rows.append((what, seconds, against, factor, ok))

    small = np.arange(10.0)
    ways: dict[str, Way] = {"bridge": lambda: add(small)}
    if theirs is not None:
        ways["numpy2ri"] = partial(theirs, small)
    found = interleaved(ways, rounds, 50)
    row("x + 1, 10 doubles", found["bridge"], "at most 15 us", None, found["bridge"] <= 15e-6)
    if theirs is not None:
        ratio = found["numpy2ri"] / found["bridge"]
        row("  numpy2ri", found["numpy2ri"], "at least 15 x the bridge", ratio, ratio >= 15)

    large = np.random.default_rng(1).normal(size=10**6)
    target = np.empty_like(large)
    # `x` comes back as it went: all of the time is the bridge's. In `x + 1` R's own loop has its share on both sides.
    back = bridge.function("function(x) x")
    theirs_back = numpy2ri("function(x) x")
    ways = {"memcpy": lambda: np.copyto(target, large), "x": lambda: back(large), "x + 1": lambda: add(large)}
    if theirs is not None and theirs_back is not None:
        ways["numpy2ri x"] = partial(theirs_back, large)
        ways["numpy2ri x + 1"] = partial(theirs, large)
    found = interleaved(ways, rounds, 5)
    row("memcpy of 8 MB", found["memcpy"])
    for what, factor in (("x", 4), ("x + 1", None)):
        ratio = found[what] / found["memcpy"]
        row(f"{what}, 1e6 doubles", found[what], "at most 6 memcpys", ratio, ratio <= 6)
        if theirs is not None:
            ratio = found[f"numpy2ri {what}"] / found[what]
            asked = f"at least {factor} x the bridge" if factor else "as many times the bridge"
            row("  numpy2ri", found[f"numpy2ri {what}"], asked, ratio, ratio >= factor if factor else None)

    check = bridge.function("function(x) if (x > 0) stop('bad') else x")

    def error() -> None:
        try:
            check(1.0)
        except bridge.RError:
            return
        raise AssertionError("R did not raise")

    found = interleaved({"normal": lambda: check(-1.0), "error": error}, rounds, 20)
    more = found["error"] - found["normal"]
    row("an R error as an exception", found["error"], "at most 50 us more than", None, more <= 50e-6)
    row("  the same call without error", found["normal"])

    forward = bridge.function(
        "function(W, b, x) list(out = x %*% W + rep(b, each = nrow(x)), x = x, W = W)", name="Affine.forward"
    )
    w, b, x = np.ones((4, 3)), np.ones(3), np.ones((5, 4))
    found = interleaved(
        {
            "named": lambda: forward(W=w, b=b, x=x),
            "kept": lambda: forward.keep(W=w, b=b, x=x),
            "messages": bridge.take_messages,
        },
        rounds,
        20,
    )
    row("Affine.forward, a named list back", found["named"])
    row("  its result left in R", found["kept"])
    row("take_messages", found["messages"])

    backward = bridge.function("function(W, b, x) list(dx = x, dW = W, db = b)", name="Affine.backward")
    names = ("dx", "dW", "db")

    def one_by_one() -> None:
        kept = backward.keep(W=w, b=b, x=x)
        for name in names:
            element = kept.element(name)
            assert element is not None
            bridge.to_python(element, labels=True)

    ways = {"each": one_by_one, "pass": lambda: backward.keep_and_read(names, W=w, b=b, x=x)}
    found = interleaved(ways, rounds, 20)
    row("kept, and 3 elements one by one", found["each"])
    row("kept, and 3 elements in one pass", found["pass"], "of one by one", found["pass"] / found["each"])

    versions = bridge.versions()
    print(f"{versions['r']}, rpy2 {versions['rpy2']} ({versions['mode']}), NumPy {np.__version__}")
    for what, seconds, against, factor, ok in rows:
        measured = "" if factor is None else f"{factor:.1f} x"
        verdict = "" if ok is None else ("yes" if ok else "NO")
        print(f"{what:36}{seconds * 1e6:12.1f} us {measured:>9}  {against:26}{verdict}")
    return 0 if all(ok is not False for *_, ok in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
