"""The random streams of each language in the other: R's in NumPy, NumPy's in R."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import numpy as np
import pytest

from python_impl.random.numpy import NumpyStream
from python_impl.random.r import RStream, qnorm

STREAM = Path(__file__).resolve().parents[2] / "r_impl" / "R" / "random-numpy.R"

# Printed by R 4.2.2 with "%.17g", which names a double exactly: after set.seed(seed), runif(3), rnorm(3),
# sample(10), sample(100000, 3), sample(5, 6, replace = TRUE), sample(2e7, 3).
PRINTED = {
    0: (
        [0.8966972001362592, 0.26550866314209998, 0.37212389963679016],
        [0.18364332422208224, -0.83562861241004716, 1.5952808021377916],
        [2, 3, 1, 5, 7, 10, 6, 4, 9, 8],
        [13903, 8229, 25305],
        [5, 5, 2, 2, 1, 4],
        [2729382, 7245204, 4578425],
    ),
    42: (
        [0.91480604349635541, 0.93707541329786181, 0.28613953478634357],
        [0.95593564863065084, 0.047884736094251722, -1.1045994406830582],
        [8, 7, 4, 1, 5, 10, 2, 6, 9, 3],
        [62041, 33700, 59359],
        [5, 5, 4, 2, 4, 3],
        [19523608, 10314027, 19129156],
    ),
    -5: (
        [0.73459476791322231, 0.33969277143478394, 0.1910452856682241],
        [0.3500454265539637, -0.31690808254610447, -0.41540338704409391],
        [6, 4, 7, 9, 8, 10, 5, 2, 3, 1],
        [16046, 69041, 76560],
        [4, 3, 1, 4, 5, 5],
        [11553525, 12744546, 9183611],
    ),
    2147483647: (
        [0.68966742674820125, 0.98787517822347581, 0.19676422467455268],
        [1.3560134506817472, -0.60946850803969843, -1.4400761766420893],
        [9, 10, 5, 1, 7, 3, 4, 8, 6, 2],
        [78934, 86217, 42275],
        [4, 3, 5, 4, 2, 3],
        [14657863, 238197, 11259468],
    ),
}


@pytest.mark.parametrize("seed", PRINTED)
def test_draws_follow_r(seed: int) -> None:
    r = RStream(seed)
    drawn = (r.runif(3), r.rnorm(3), r.sample(10), r.sample(100_000, 3), r.sample(5, 6, replace=True))
    for values, expected in zip((*drawn, r.sample(20_000_000, 3)), PRINTED[seed], strict=True):
        assert values.tolist() == expected


def test_a_million_draws_end_as_those_of_r() -> None:
    r = RStream(1)
    x, order = r.rnorm(10**6), r.sample(10**6)
    assert x[[0, -1]].tolist() == [-0.62645381074233242, 0.69375035060514145]
    assert order[[0, -1]].tolist() == [217593, 270429]
    assert np.array_equal(np.sort(order), np.arange(1, 10**6 + 1))


def test_the_state_is_the_random_seed_of_r() -> None:
    state = RStream(3).random_seed()
    assert state.shape == (626,)
    assert state[[0, 1, 2, 3, 625]].tolist() == [10403, 624, 1225564623, -987490876, 2102437206]


def test_quantiles_in_the_middle_and_both_tails() -> None:
    expected = [-37.047096299361201, -7.0344838253011321, -1.4395314709384557, 0, 1.4395321773759004]
    assert qnorm(np.array([1e-300, 1e-12, 0.075, 0.5, 0.9250001])).tolist() == expected


def test_set_seed_starts_again_and_degenerate_draws_take_nothing() -> None:
    r = RStream(7)
    first = r.runif(4)
    r.set_seed(7)
    assert r.runif(0).shape == r.rnorm(0).shape == r.sample(10, 0).shape == (0,)
    assert r.rnorm(2, 3.0, 0.0).tolist() == [3, 3]
    assert r.runif(2, 1, 1).tolist() == [1, 1]
    assert r.runif(4).tolist() == first.tolist()
    assert sorted(r.sample(["a", "b", "c"]).tolist()) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: RStream(2**31), "seed of R"),
        (lambda: RStream(1.5), "seed of R"),  # type: ignore[arg-type]
        (lambda: RStream(1).sample(3, 4), "cannot draw 4 of 3"),
        (lambda: RStream(1).sample(0), "nothing to draw"),
        (lambda: RStream(1).rnorm(2, 0, -1), "no normal distribution"),
        (lambda: RStream(1).runif(2, 1, 0), "no bounds"),
        (lambda: RStream(1).runif(-1), "not negative"),
    ],
)
def test_mistakes_are_told(draw: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()  # type: ignore[operator]


# One program, in both languages: every kind of draw in turn, written as doubles in row-major order.
R_PROGRAM = """
source(commandArgs(TRUE)[1])
con <- file(commandArgs(TRUE)[2], "wb")
for (seed in list(0, 1, 42, 1984, 220106, 2^31 - 1, 2^31, 2^32 - 1, 7, 12345, 65536, c(1, 2, 3), list(5), 1:700)) {
  s <- np_random_state(seed)
  take <- function(r) {
    s <<- r$state
    v <- r$value
    writeBin(as.numeric(if (length(dim(v)) > 1) aperm(v) else v), con)
  }
  take(np_randn(s)); take(np_rand(s, 3)); take(np_randn(s, 2, 3)); take(np_randint(s, 10, size = c(3, 5)))
  take(np_randn(s, 0)); take(np_randn(s, 1)); take(np_permutation(s, 1000)); take(np_shuffle(s, as.numeric(1:17)))
  take(np_permutation(s, aperm(array(0:23, c(3, 2, 4))))); take(np_choice(s, 100, c(2, 20), FALSE))
  take(np_choice(s, 3, 10, TRUE, c(.2, .5, .3))); take(np_choice(s, 8, 5, FALSE, c(.3, rep(.1, 7))))
  take(np_uniform(s, -3, 7.5, 11)); take(np_normal(s, 2, .3, c(2, 3, 4))); take(np_randint(s, -5, 2^40, size = 7))
  take(np_randint(s, 0, 2^32, size = 5)); take(np_randint(s, 2^31 + 1, size = 9)); take(np_randn(s, 3))
  writeBin(c(s$key, s$pos, s$has_gauss, s$gauss), con)
}
s <- np_random_state(42)
take(np_rand(s, 1e6)); take(np_randn(s, 999999)); take(np_randint(s, 1000, size = 1e6)); take(np_permutation(s, 1e5))
close(con)
"""


def numpy_program() -> np.ndarray:
    parts: list[np.ndarray] = []

    def take(*values: object) -> None:
        parts.extend(np.asarray(v, dtype=np.float64).ravel() for v in values)

    seeds = [0, 1, 42, 1984, 220106, 2**31 - 1, 2**31, 2**32 - 1, 7, 12345, 65536, [1, 2, 3], [5], list(range(1, 701))]
    for seed in seeds:
        s = np.random.RandomState(seed)
        take(s.randn(), s.rand(3), s.randn(2, 3), s.randint(10, size=(3, 5)))
        x = np.arange(1.0, 18.0)
        take(s.randn(0), s.randn(1), s.permutation(1000))
        s.shuffle(x)
        take(x, s.permutation(np.arange(24).reshape(4, 2, 3)), s.choice(100, (2, 20), False))
        take(s.choice(3, 10, True, [0.2, 0.5, 0.3]), s.choice(8, 5, False, [0.3] + [0.1] * 7))
        take(s.uniform(-3, 7.5, 11), s.normal(2, 0.3, (2, 3, 4)), s.randint(-5, 2**40, size=7))
        take(s.randint(0, 2**32, size=5), s.randint(2**31 + 1, size=9), s.randn(3))
        take(*s.get_state(legacy=True)[1:])
    s = np.random.RandomState(42)
    take(s.rand(10**6), s.randn(999999), s.randint(1000, size=10**6), s.permutation(10**5))
    return np.concatenate(parts)


def test_numpys_stream_in_r_is_equal_bit_for_bit(tmp_path: Path) -> None:
    written = tmp_path / "draws.bin"
    command = ["Rscript", "-e", R_PROGRAM, str(STREAM), str(written)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert written.read_bytes() == numpy_program().tobytes()


# ---- NumPy's stream as the cases call it --------------------------------------------------------


def test_the_numpy_stream_is_numpys() -> None:
    ours, theirs = NumpyStream(2.0**32 - 1), np.random.RandomState(2**32 - 1)
    assert ours.rand(np.array([2, 3])).tolist() == theirs.rand(2, 3).tolist()
    assert ours.randn() == theirs.randn()
    assert ours.randint(5.0, size=4).tolist() == theirs.randint(5, size=4).tolist()
    x, y = np.arange(9.0), np.arange(9.0)
    ours.shuffle(x)
    theirs.shuffle(y)
    assert x.tolist() == y.tolist()
    assert ours.get_state()[3] == theirs.get_state()[4]
    assert NumpyStream(np.array([5.0])).rand() == np.random.RandomState([5]).rand() != np.random.RandomState(5).rand()


@pytest.mark.parametrize("seed", [-1, 2**32, [1, -1]])
def test_numpy_refuses_the_seed(seed: float) -> None:
    with pytest.raises(ValueError, match=r"between 0 and 2\*\*32 - 1"):
        NumpyStream(seed)


# ---- a million numbers, without R --------------------------------------------------------------------------------


# MD5 of the numbers as doubles, little-endian, as R 4.2.2 draws them in a process of its own. The cases compare the
# same streams with the R at hand.
@pytest.mark.parametrize(
    ("seed", "draw", "n", "md5"),
    [
        (42, "rnorm", 999_999, "42cd949dd70dba03941193d0111cf0bd"),
        (-2147483647, "rnorm", 999_999, "5b1af41b961ae4b14f7f9b3f11e740db"),
        (-2147483647, "runif", 1_000_000, "d1875ac91a760a618a92177d3f694a29"),
    ],
)
def test_a_million_numbers_are_those_that_r_drew(seed: int, draw: str, n: int, md5: str) -> None:
    numbers = getattr(RStream(seed), draw)(n)
    assert hashlib.md5(numbers.astype("<f8").tobytes()).hexdigest() == md5


class Zeros:
    """A generator whose words are all 0: one in four billion is."""

    def random_raw(self, n: int) -> np.ndarray:
        return np.zeros(n, dtype=np.uint64)


def test_a_word_of_zero_is_the_smallest_uniform_of_r(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = RStream(1)
    monkeypatch.setattr(stream, "_generator", Zeros())
    # fixup() in R's RNG.c: half of i2_32m1, which is 2.328306437080797e-10.
    assert stream.runif(2).tolist() == [1.1641532185403985e-10] * 2
