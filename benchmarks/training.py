"""What a training step costs in both languages, and faster idioms of R: `python benchmarks/training.py`.

The step is that of fixtures/training/mnist.json: a batch of 100 is drawn, gradient, SGD, loss again, in a network of
784, 50 and 10 units; the images are random numbers of MNIST's shape, so that nothing need be fetched. All that is
compared takes turns, round by round, so that a busy machine slows it alike; the tables have medians.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from parity import bridge
from parity.verify.suite import bundled
from python_impl.functions.softmax import softmax
from python_impl.networks.two_layer_net import TwoLayerNet
from python_impl.optimizers.sgd import SGD
from python_impl.trainers.batches import random_batches
from python_impl.trainers.trainer import Trainer

SETTING = """
function(files, x, t) {
  env <- new.env(parent = baseenv())
  for (file in files) sys.source(file, envir = env, keep.source = FALSE)
  env$x <- x
  env$t <- t
  drawn <- env$TwoLayerNet.init(784, 50, 10, 0.01, env$np_random_state(42))
  env$begun <- list(data = list(x_train = t(x), t_train = t(t)), params = drawn$params, batches = drawn$state)
  env
}
"""

# One step as the package writes it, and with the faster idioms throughout.
STEPS = {
    "R, as the package writes it": """
data <- begun$data
function(steps) {
  # All but the accuracy, which is computed once for many steps.
  Trainer.train(
    steps, begun,
    network = list(gradient = TwoLayerNet.gradient, loss = TwoLayerNet.loss),
    batches = function(rng, steps) random_batches(rng, steps, ncol(data$x_train), 100),
    take = function(batch) list(x = .images(data$x_train, batch), t = .labels(data$t_train, batch)),
    lr = 0.1, loss_after = TRUE
  )
}
""",
    "R, with the faster idioms below": """
state <- begun
fast_softmax <- function(s) {
  e <- exp(s - s[cbind(seq_len(nrow(s)), max.col(s, ties.method = "first"))])
  e / rowSums(e)
}
fast_loss <- function(p, x, t) {
  h <- x %*% p$W1 + rep(p$b1, each = nrow(x))
  h <- h * (h > 0)
  y <- fast_softmax(h %*% p$W2 + rep(p$b2, each = nrow(x)))
  list(h = h, y = y, loss = -sum(t * log(y + 1e-7)) / nrow(x))
}
function(steps) {
  x_train <- state$data$x_train
  t_train <- state$data$t_train
  p <- state$params
  drawn <- np_choice(state$batches, ncol(x_train), c(steps, 100))
  for (step in seq_len(steps)) {
    batch <- drawn$value[step, ] + 1L
    x <- t(x_train[, batch]) / 255
    t <- t(t_train[, batch])
    f <- fast_loss(p, x, t)
    d <- (f$y - t) / nrow(x)
    dh <- tcrossprod(d, p$W2) * (f$h > 0)
    p$W2 <- p$W2 - 0.1 * crossprod(f$h, d)
    p$b2 <- p$b2 - 0.1 * colSums(d)
    p$W1 <- p$W1 - 0.1 * crossprod(x, dh)
    p$b1 <- p$b1 - 0.1 * colSums(dh)
    fast_loss(p, x, t)
  }
}
""",
}

DRAW = np.random.RandomState(42)

# name: (as the package writes it, the faster idiom, the same in NumPy); n = 100 rows.
SETUP = """
n <- 100
X <- x[1:n, ] / 255
W <- matrix(sin(1:(784 * 50)), 784, 50)
b <- cos(1:50)
H <- matrix(sin(1:(n * 50)), n, 50)
S <- matrix(sin(1:(n * 10)), n, 10)
"""
IDIOMS: dict[str, tuple[str, str, Callable[[Mapping[str, np.ndarray]], object]]] = {
    "bias": (
        'sweep(H, 2, b, "+")',
        "H + rep(b, each = n)",
        lambda a: a["H"] + a["b"],
    ),
    "x W + b": (
        'sweep(X %*% W, 2, b, "+")',
        "X %*% W + rep(b, each = n)",
        lambda a: a["X"] @ a["W"] + a["b"],
    ),
    "dW": ("t(X) %*% H", "crossprod(X, H)", lambda a: a["X"].T @ a["H"]),
    "dx": ("H %*% t(W)", "tcrossprod(H, W)", lambda a: a["H"] @ a["W"].T),
    "a matrix flattened": (
        "aperm(X, c(1, 2))",
        "if (length(dim(X)) == 2) X else aperm(X, c(1, 2))",
        lambda a: a["X"].reshape(100, 784),
    ),
    "relu": ("replace(H, H <= 0, 0)", "H * (H > 0)", lambda a: np.where(a["H"] <= 0, 0, a["H"])),
    "largest of each row": (
        "apply(S, 1, max)",
        'S[cbind(1:n, max.col(S, ties.method = "first"))]',
        lambda a: a["S"].max(axis=1),
    ),
    "softmax": (
        "softmax(S)",
        '{e <- exp(S - S[cbind(1:n, max.col(S, ties.method = "first"))]); e / rowSums(e)}',
        lambda a: softmax(a["S"]),
    ),
    "a batch taken": (
        "x[sample.int(nrow(x), 100), ]",
        "t(begun$data$x_train[, sample.int(nrow(x), 100)])",
        lambda a: a["x"][DRAW.randint(len(a["x"]), size=100)],
    ),
    "a batch drawn": (
        "np_choice(rng, 60000, 100)",
        "np_choice(rng, 60000, c(100, 100)) # for 100 steps",
        lambda _: DRAW.choice(60000, 100),
    ),
}


def numpy_steps(x_train: np.ndarray, t_train: np.ndarray) -> Callable[[int], object]:
    """The steps of MnistRun.train(), without the accuracy at their end."""
    rng = np.random.RandomState(42)
    network = TwoLayerNet(TwoLayerNet.init(784, 50, 10, 0.01, rng))
    batches = random_batches(rng, len(x_train), 100)
    return Trainer(network, SGD(0.1), batches, x_train, t_train, loss_after=True).train


def medians(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of one call of each, taken in turns."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            times[name].append(time.perf_counter() - began)
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=21, help="how often each is timed (default 21)")
    parser.add_argument(
        "--images",
        type=int,
        default=60_000,
        help="images to draw from (default 60,000)",
    )
    options = parser.parse_args()
    console = Console()

    draw = np.random.RandomState(1)
    # Four fifths of MNIST's pixels are 0.
    pixels = np.maximum(draw.randint(-1020, 256, size=(options.images, 784)), 0)
    x = pixels / 255
    t = np.eye(10)[draw.randint(10, size=options.images)]
    bridge.start()
    files = [str(file) for file in sorted((bundled("r_impl") / "R").glob("*.R"))]
    env = bridge.function(SETTING).keep(files=files, x=pixels, t=t)
    inside = bridge.function("function(env, code) eval(parse(text = code), new.env(parent = env))")

    steps = 20
    ways: dict[str, Callable[[], object]] = {}
    train = numpy_steps(x, t)
    ways["NumPy"] = lambda: train(steps)
    for name, code in STEPS.items():
        function = bridge.function(inside.keep(env=env, code=code))
        ways[name] = lambda function=function: function.keep(steps=steps)  # type: ignore[misc]
    found = medians(ways, options.rounds)
    table = Table("one step of 784-50-10, batch 100", "ms", "x NumPy", box=box.SIMPLE)
    for name, seconds in found.items():
        table.add_row(name, f"{1e3 * seconds / steps:.2f}", f"{seconds / found['NumPy']:.1f}")
    console.print(table)

    table = Table("in the step", "R", "µs", "NumPy µs", box=box.SIMPLE)
    shapes = {"H": (100, 50), "S": (100, 10)}
    arrays = {name: np.sin(np.arange(1, n * m + 1.0)).reshape(m, n).T.copy() for name, (n, m) in shapes.items()}
    arrays |= {"x": x, "X": x[:100], "W": np.sin(np.arange(1, 784 * 50 + 1.0)).reshape(50, 784).T.copy()}
    arrays["b"] = np.cos(np.arange(1, 51.0))
    repeat = 20
    for name, (written, faster, numpy) in IDIOMS.items():
        pieces: dict[str, Callable[[], object]] = {}
        for code in (written, faster):
            body = f"{SETUP}rng <- np_random_state(42)\nfunction() for (i in 1:{repeat}) {code}\n"
            made = bridge.function(inside.keep(env=env, code=body))
            pieces[code] = lambda made=made: made.keep()  # type: ignore[misc]
        pieces["NumPy"] = lambda numpy=numpy: [numpy(arrays) for _ in range(repeat)]  # type: ignore[misc]
        micro = {which: 1e6 * seconds / repeat for which, seconds in medians(pieces, options.rounds).items()}
        if name == "a batch drawn":
            micro[faster] /= 100
        table.add_row(name, Text(written), f"{micro[written]:.1f}", f"{micro['NumPy']:.1f}")
        table.add_row("", Text(faster), f"{micro[faster]:.1f}", "", end_section=True)
    console.print(table)


if __name__ == "__main__":
    main()
