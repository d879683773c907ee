"""The bridge's speed, as ratios within one run: `python benchmarks/bridge.py`.

The ways of doing the same thing take turns, round by round, so that a busy machine slows them alike; the table has
medians. numpy2ri is rpy2 as its documentation shows it (a local converter around the call), in a process of its own; it
is left out if rpy2-robjects is not installed. The memcpy copies between arrays that exist already, so it pays no page
faults. Everything runs warm: R's heap has been through a collection before the clock starts.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from parity import bridge

Way = Callable[[], object]


def interleaved(
    ways: dict[str, Way], rounds: int, repeat: int, timed: dict[str, Callable[[], float]] | None = None
) -> dict[str, float]:
    """Median seconds of one call, by name. Each round calls every way `repeat` times; `timed` measure themselves."""
    timed = timed or {}
    times: dict[str, list[float]] = {name: [] for name in (*ways, *timed)}
    for way in (*ways.values(), *timed.values()):
        for _ in range(40):
            way()
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            for _ in range(repeat):
                way()
            times[name].append((time.perf_counter() - began) / repeat)
        for name, measure in timed.items():
            times[name].append(measure())
    return {name: statistics.median(found) for name, found in times.items()}


THEIRS = """
import sys, time
import numpy as np
import rpy2.robjects as ro
from rpy2.robjects import default_converter, numpy2ri
from rpy2.robjects.conversion import localconverter

function = ro.r(sys.argv[1])
converter = default_converter + numpy2ri.converter
arrays = {}
print("ready", flush=True)
for line in sys.stdin:
    size, repeat = map(int, line.split())
    x = arrays.setdefault(size, np.arange(float(size)))
    began = time.perf_counter()
    for _ in range(repeat):
        with localconverter(converter):
            function(x)
    print((time.perf_counter() - began) / repeat, flush=True)
"""


class Numpy2ri:
    """rpy2's numpy2ri in a process of its own, so that R there has its default settings and not the bridge's."""

    def __init__(self, code: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", THEIRS, code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.works = self._process.stdout.readline().strip() == "ready"

    def time(self, size: int, repeat: int) -> float:
        """Seconds of one call on so many doubles."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{size} {repeat}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds

    code = "function(x) x + 1"
    add = bridge.function(code)
    theirs = Numpy2ri(code)
    rows: list[tuple[str, float, str, float | None, bool | None]] = []

    def row(what: str, seconds: float, against: str = "", ratio: float | None = None, ok: bool | None = None) -> None:
        rows.append((what, seconds, against, ratio, ok))

    small = np.arange(10.0)
    timed = {"numpy2ri": lambda: theirs.time(10, 50)} if theirs.works else {}
    ways: dict[str, Way] = {"bridge": lambda: add(small)}
    found = interleaved(ways, rounds, 50, timed)
    row("x + 1, 10 doubles", found["bridge"], "at most 15 us", None, found["bridge"] <= 15e-6)
    if theirs.works:
        ratio = found["numpy2ri"] / found["bridge"]
        row("  numpy2ri", found["numpy2ri"], "at least 15 x the bridge", ratio, ratio >= 15)

    large = np.random.default_rng(1).normal(size=10**6)
    target = np.empty_like(large)
    timed = {"numpy2ri": lambda: theirs.time(10**6, 5)} if theirs.works else {}
    ways = {"memcpy": lambda: np.copyto(target, large), "bridge": lambda: add(large)}
    found = interleaved(ways, rounds, 5, timed)  # by fives: R's collections belong to the price, in both
    theirs.close()
    ratio = found["bridge"] / found["memcpy"]
    row("x + 1, 1e6 doubles", found["bridge"], "at most 6 memcpys", ratio, ratio <= 6)
    row("  memcpy of 8 MB", found["memcpy"])
    if theirs.works:
        ratio = found["numpy2ri"] / found["bridge"]
        row("  numpy2ri", found["numpy2ri"], "at least 4 x the bridge", ratio, ratio >= 4)

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

    versions = bridge.versions()
    print(f"{versions['r']}, rpy2 {versions['rpy2']} ({versions['mode']}), NumPy {np.__version__}")
    for what, seconds, against, ratio, ok in rows:
        measured = "" if ratio is None else f"{ratio:.1f} x"
        verdict = "" if ok is None else ("yes" if ok else "NO")
        print(f"{what:36}{seconds * 1e6:12.1f} us {measured:>9}  {against:26}{verdict}")
    return 0 if all(ok is not False for *_, ok in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
