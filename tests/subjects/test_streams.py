"""Both languages draw from the same words, and what draws from no seed is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity import bridge
from parity.fixture.model import Seed
from parity.fixture.read import read_fixture
from parity.subjects import streams
from parity.subjects.r_functions import own
from parity.verify.case import verify
from tests.subjects.test_r_code import only, problems, write

SEEDS = [0, 1, 7, 220106, 2**31 - 1]


@pytest.mark.parametrize("seed", [*SEEDS, -1, -(2**31) + 1])
def test_the_stream_of_r_has_the_words_that_set_seed_gives(seed: int) -> None:
    bridge.start()
    state = bridge.function("function(seed) { set.seed(seed); as.double(.Random.seed[-(1:2)]) }")(seed=seed)
    words = streams.words(Seed("r", seed)).view(np.int32).astype(float)
    missing = np.isnan(state)  # R has no integer for the bits of -2^31
    assert np.array_equal(words[~missing], state[~missing])
    assert set(words[missing]) <= {-(2.0**31)}


@pytest.mark.parametrize("seed", [*SEEDS, 2**31, 2**32 - 1])
def test_the_stream_of_numpy_has_the_words_that_seed_gives(seed: int) -> None:
    reference = np.random.RandomState(seed)
    begun = np.random.RandomState(0)
    begun.set_state(streams.begun(Seed("numpy", seed)))
    assert np.array_equal(begun.random_sample(2000), reference.random_sample(2000))
    assert np.array_equal(begun.standard_normal(7), reference.standard_normal(7))


@pytest.mark.parametrize("seed", [Seed("numpy", 7), Seed("numpy", 2**32 - 1), Seed("r", 7), Seed("r", -3)], ids=str)
def test_one_word_of_r_is_one_word_of_numpy(seed: Seed) -> None:
    """R's runif() is a word / 2^32, moved off 0 and 1; NumPy's randint over all 32 bits is the word itself."""
    bridge.start()
    own("begin_stream").keep(words=streams.words(seed).view(np.int32).astype(float))
    uniform = np.asarray(bridge.to_python(bridge.evaluate("runif(3000)")))
    numpy = np.random.RandomState(0)
    numpy.set_state(streams.begun(seed))
    words = numpy.randint(0, 2**32, size=3000, dtype=np.uint32)
    assert np.array_equal(uniform, words * 2.0**-32)
    if seed.stream == "r":
        bridge.evaluate(f"set.seed({seed.seed}L)")
        assert np.array_equal(uniform, np.asarray(bridge.to_python(bridge.evaluate("runif(3000)"))))


def test_the_position_is_what_get_state_says() -> None:
    for draws in (0, 1, 5, 700):
        np.random.seed(3)
        np.random.random_sample(draws)
        state: Any = np.random.get_state(legacy=False)
        assert streams.position() == state["state"]["key"].tobytes() + int(state["state"]["pos"]).to_bytes(4, "little")


# A port that draws as NumPy does: two words a number (random_sample, in numpy/random/mtrand).
RAND = "def f(n):\n    return np.random.rand(n)"
RAND_R = """
np_rand <- function(n) {
  words <- floor(runif(2 * n) * 2^32 + 0.5)
  a <- words[c(TRUE, FALSE)]; b <- words[c(FALSE, TRUE)]
  (floor(a / 32) * 67108864 + floor(b / 64)) / 9007199254740992
}
f <- function(n) np_rand(n)
"""
# A port that draws as R does: one word a number.
RUNIF = """
def f(n):
    return np.random.randint(0, 2**32, size=n, dtype=np.uint32) * 2.0**-32
"""
RUNIF_R = "f <- function(n) runif(n)"
TWO = {"calls": [{"do": "call", "with": {"n": 5}, "returns": "y"}] * 2}
SEED_7 = [0.07630829, 0.77991879, 0.43840923, 0.72346518, 0.97798951]
"""np.random.seed(7); np.random.rand(5), as NumPy prints it."""
SET_SEED_7 = [0.98890930, 0.39774545, 0.11569778, 0.06974868, 0.24374939]
"""set.seed(7); runif(5), as R prints it with print(x, digits = 7)."""


@pytest.fixture
def verified(tmp_path: Path) -> Callable[..., Any]:
    def verified(python: str, r: str, case: dict[str, Any], /, **keys: Any) -> Any:
        return verify(read_fixture(write(tmp_path, python, r, case, integers=["n"], **keys)))

    return verified


@pytest.mark.parametrize(
    "seed", [7, {"stream": "numpy", "seed": 7}, {"stream": "r", "seed": 7}, {"stream": "r", "seed": -1}]
)
def test_ports_that_draw_alike_agree_for_either_seed(verified: Callable[..., Any], seed: Any) -> None:
    """Five numbers, and the five after them: the second call goes on where the first has stopped."""
    tolerance = {"rtol": 0, "atol": 0}
    assert only(verified(RAND, RAND_R, TWO, seed=seed, tolerance=tolerance)).ok
    assert only(verified(RUNIF, RUNIF_R, TWO, seed=seed, tolerance=tolerance)).ok
    for python, r in ((RAND, RUNIF_R), (RUNIF, RAND_R), (RAND, RAND_R.replace("a / 32", "a / 16"))):
        assert problems(verified(python, r, TWO, seed=seed, tolerance=tolerance)) == {("r", "value")}


def test_the_numbers_are_those_that_the_seed_gives_by_itself(verified: Callable[..., Any]) -> None:
    one = {"expected_by": "NumPy", "printed": {"decimals": 8}, "calls": [{**TWO["calls"][0], "expect": {"y": SEED_7}}]}
    assert only(verified(RAND, RAND_R, one, seed=7)).ok
    one = {"expected_by": "R", "printed": {"decimals": 7}, "calls": [{**TWO["calls"][0], "expect": {"y": SET_SEED_7}}]}
    assert only(verified(RUNIF, RUNIF_R, one, seed={"stream": "r", "seed": 7})).ok
    # Another seed, or the other stream, gives others: neither side is stuck at one number.
    for seed in (8, {"stream": "numpy", "seed": 7}, {"stream": "r", "seed": 8}):
        assert problems(verified(RUNIF, RUNIF_R, one, seed=seed)) == {("python", "value"), ("r", "value")}


def test_a_case_may_have_a_seed_of_its_own_or_none(verified: Callable[..., Any]) -> None:
    assert problems(verified(RAND, RAND_R, {**TWO, "seed": None}, seed=7)) >= {
        ("python", "not repeatable"),
        ("r", "not repeatable"),
    }
    one = {"expected_by": "NumPy", "printed": {"decimals": 8}, "calls": [{**TWO["calls"][0], "expect": {"y": SEED_7}}]}
    assert only(verified(RAND, RAND_R, {**one, "seed": 7}, seed=8)).ok


def test_set_up_lines_and_making_draw_from_the_seed_too(verified: Callable[..., Any]) -> None:
    python = """
class F:
    def __init__(self, n):
        self.w = np.random.rand(n)
    def go(self):
        return self.w + first
"""
    r = RAND_R + "F <- function(n) { w <- np_rand(n); list(go = function() w + first) }"
    setup = {"python": ["import mine", "mine.first = np.random.rand(1)"], "r": "first <- np_rand(1)"}
    case = {"make": {"n": 3}, "calls": [{"do": "go", "returns": "y"}]}
    names = {"python": "mine:F", "r": "F", "setup": setup}
    assert only(verified(python, r, case, seed=7, **names)).ok
    wrong = {**names, "setup": {**setup, "r": "first <- np_rand(2)[2]"}}
    assert problems(verified(python, r, case, seed=7, **wrong)) == {("r", "value")}


def test_a_seed_does_not_decide_what_its_user_draws(verified: Callable[..., Any]) -> None:
    bridge.start()
    np.random.seed(3)
    expected = np.random.RandomState(3).rand(2)
    bridge.evaluate("set.seed(3); runif(1)")
    before = bridge.to_python(bridge.evaluate(".Random.seed"))
    assert only(verified(RAND, RAND_R, TWO, seed=7)).ok
    assert np.array_equal(np.random.rand(2), expected)
    assert np.array_equal(bridge.to_python(bridge.evaluate(".Random.seed")), before)


@pytest.mark.parametrize("isolated", [False, True])
def test_what_draws_so_seldom_differs_that_it_does_not_show_is_told(tmp_path: Path, isolated: bool) -> None:
    from parity.subjects.worker import WorkerOptions
    from parity.verify.case import Options

    options = Options(isolated=WorkerOptions(timeout=60) if isolated else None)
    python = "def f(n):\n    return 1.5 * n + (np.random.rand() < 1e-12)"
    r = "f <- function(n) 1.5 * n + (runif(1) < 1e-12)"

    def codes(python: str, r: str, **case: Any) -> set[tuple[str, str]]:
        path = write(tmp_path, python, r, {"calls": TWO["calls"][:1], **case}, integers=["n"])
        return problems(verify(read_fixture(path), options))

    assert codes(python, r) == {("python", "not repeatable"), ("r", "not repeatable")}
    assert codes(python, r, seed=1) == codes(python, r, repeatable=False) == set()
    # Code that begins with a seed of its own is repeatable as it is.
    python = python.replace("return", "np.random.seed(1)\n    return")
    assert codes(python, "f <- function(n) { set.seed(1); 1.5 * n + (runif(1) < 1e-12) }") == set()
