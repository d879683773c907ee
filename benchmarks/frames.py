"""A data frame across the bridge and back, and compared: how long, against pandas comparing alone.

    python benchmarks/frames.py [--rows 1000000]

pandas' own comparison of two equal frames (`assert_frame_equal`) is the unit. Against it stand: the frame from pandas
to R, what R gives from R to a table, what Python gives from pandas to a table, and the two tables joined by their key
and compared. The second line leaves the factor out, on which pandas takes several times as long as on all the rest. The
aim is at most three of the unit.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from pandas.testing import assert_frame_equal

from parity import bridge
from parity.evidence import frames
from parity.fixture.model import Join, Tolerance
from parity.subjects.frames import frame_of, in_r, table_of
from parity.subjects.observation import Table, as_table

AIM = 3.0
TOLERANCE = Tolerance(rtol=1e-12, atol=1e-12)


def mixed(rows: int, *, factor: bool = True) -> pd.DataFrame:
    """Ten columns of what frames are made of, with missing values in most."""
    rng = np.random.default_rng(7)
    words = np.array([f"word {number}" for number in range(500)])
    day, second = np.datetime64("2020-01-01", "s"), np.timedelta64(1, "s")
    frame = pd.DataFrame(
        {
            "id": rng.permutation(rows),
            "x": rng.normal(size=rows),
            "y": rng.normal(size=rows),
            "count": rng.integers(0, 100, rows),
            "perhaps": pd.array(rng.integers(0, 100, rows), dtype="Int64"),
            "text": words[rng.integers(0, 500, rows)],
            "group": pd.Categorical.from_codes(rng.integers(0, 5, rows), list("abcde")),
            "on": day + rng.integers(0, 1000, rows) * 86400 * second,
            "is": rng.integers(0, 2, rows).astype(bool),
            "at": pd.Series(day + rng.integers(0, 10**8, rows) * second).dt.tz_localize("Asia/Seoul"),
        }
    )
    frame.loc[::7, "perhaps"] = pd.NA
    frame.loc[::9, "text"] = None
    frame.loc[::11, "x"] = np.nan
    return frame if factor else frame.assign(group=rng.normal(size=rows))


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """The best of some runs."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def measured(frame: pd.DataFrame) -> dict[str, float]:
    identity = bridge.function("function(frame) frame")
    ours = frame_of(frame)
    kept = identity.keep(frame=in_r(ours))

    def received() -> Table:
        return as_table(bridge.to_python(kept, labels=True))

    theirs, mine, join = received(), table_of(frame), Join(("id",))
    parts = [*frames.held_against(theirs, mine, TOLERANCE, join)]
    assert all(part.comparison.ok for part in parts), [part for part in parts if not part.comparison.ok]
    assert len(parts) == 11
    other = frame.sample(frac=1.0, random_state=3)
    shuffled = table_of(other.reset_index(drop=True))
    copy = frame.copy(deep=True)
    copy["text"] = pd.Series([f"{text}" if isinstance(text, str) else None for text in frame["text"]], dtype="str")
    return {
        "assert_frame_equal": seconds(lambda: assert_frame_equal(frame, copy)),
        "to R": seconds(lambda: identity.keep(frame=in_r(frame_of(frame)))),
        "from R": seconds(received),
        "from pandas": seconds(lambda: table_of(frame)),
        "compared": seconds(lambda: [*frames.held_against(theirs, mine, TOLERANCE, join)]),
        "compared in another order": seconds(lambda: [*frames.held_against(theirs, shuffled, TOLERANCE, join)]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    bridge.start()
    for factor in (True, False):
        took = measured(mixed(rows, factor=factor))
        print(f"{rows:,} rows, 10 columns, {'one of them a factor' if factor else 'no factor'}")
        for name, time_taken in took.items():
            print(f"  {name:28} {time_taken:7.3f} s")
        unit = took["assert_frame_equal"]
        for compared in ("compared", "compared in another order"):
            total = took["to R"] + took["from R"] + took["from pandas"] + took[compared]
            said = "within" if total <= AIM * unit else "beyond"
            print(f"  both ways and {compared}: {total:.3f} s, {total / unit:.2f} x ({said} {AIM:g} x)")


if __name__ == "__main__":
    main()
