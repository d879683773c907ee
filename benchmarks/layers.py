"""What the layers cost in R, against the book's way in NumPy: `python benchmarks/layers.py`.

Both languages compute on one core with values that each has already; forward and backward passes take turns, round by
round. What is measured is the time of the processor, which a busy machine does not lengthen. The table has medians, and
the ratio that a family may reach.
"""

from __future__ import annotations

import os

# Before NumPy and R load their BLAS, which read it once.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from parity import bridge
from parity.verify.suite import bundled
from python_impl.functions.col2im import col2im
from python_impl.functions.im2col import im2col
from python_impl.layers.affine import Affine
from python_impl.layers.batch_normalization_images import BatchNormalizationImages
from python_impl.layers.convolution import Convolution
from python_impl.layers.embedding import Embedding
from python_impl.layers.matmul import MatMul
from python_impl.layers.pooling import Pooling
from python_impl.layers.time_lstm import TimeLSTM
from python_impl.networks.simple_conv_net import SimpleConvNet


@dataclass(frozen=True)
class Timed:
    """One computation in both languages. `setup` and `code` are R, over the names of `values`; `code` is timed."""

    family: str
    name: str
    limit: float
    values: dict[str, Any]
    numpy: Callable[[], object]
    setup: str
    code: str


def drawn(*shape: int) -> np.ndarray:
    return np.random.RandomState(sum(shape)).randn(*shape)


def gemm() -> Iterator[Timed]:
    x, W, b, dout = drawn(100, 784), drawn(784, 100), drawn(100), drawn(100, 100)
    affine, matmul = Affine(W, b), MatMul(W)
    affine.forward(x)
    matmul.forward(x)
    values = {"x": x, "W": W, "b": b, "dout": dout}
    layers = (("Affine", affine, "W, b, x"), ("MatMul", matmul, "W, x"))
    for name, layer, arguments in layers:
        forward = f"{name}.forward({arguments})"
        yield Timed("GEMM", f"{name} forward, 100 x 784 x 100", 2, values, lambda at=layer: at.forward(x), "", forward)  # type: ignore[misc]
        backward = f"{name}.backward(pass, dout)"
        yield Timed(
            "GEMM", f"{name} backward", 2, values, lambda at=layer: at.backward(dout), f"pass <- {forward}", backward
        )  # type: ignore[misc]


def images() -> Iterator[Timed]:
    for shape, filters, pad in (((50, 1, 28, 28), (30, 1, 5, 5), 0), ((20, 16, 14, 14), (32, 16, 3, 3), 1)):
        x, W, b = drawn(*shape), drawn(*filters), drawn(filters[0])
        layer = Convolution(W, b, pad=pad)
        dout = drawn(*layer.forward(x).shape)
        col = im2col(x, *filters[2:], pad=pad)
        values = {"x": x, "W": W, "b": b, "dout": dout, "col": col}
        at = f"{shape} by {filters}"
        forward = f"Convolution.forward(W, b, x, pad = {pad})"
        size = f"{filters[2]}, {filters[3]}, pad = {pad}"
        yield Timed(
            "convolution", f"forward, {at}", 1.5, values, lambda layer=layer, x=x: layer.forward(x), "", forward
        )  # type: ignore[misc]
        yield Timed(
            "convolution",
            "backward",
            1.5,
            values,
            lambda layer=layer, dout=dout: layer.backward(dout),  # type: ignore[misc]
            f"pass <- {forward}",
            "Convolution.backward(pass, dout)",
        )
        yield Timed(
            "convolution",
            "im2col",
            1.5,
            values,
            lambda x=x, f=filters, pad=pad: im2col(x, *f[2:], pad=pad),  # type: ignore[misc]
            "",
            f"im2col(x, {size})",
        )
        yield Timed(
            "convolution",
            "col2im",
            1.5,
            values,
            lambda col=col, s=shape, f=filters, pad=pad: col2im(col, s, *f[2:], pad=pad),  # type: ignore[misc]
            "",
            f"col2im(col, dim(x), {size})",
        )
    x = drawn(50, 30, 24, 24)
    for size, stride in ((2, 2), (3, 2)):
        pooling = Pooling(size, size, stride)
        dout = drawn(*pooling.forward(x).shape)
        values = {"x": x, "dout": dout}
        forward = f"Pooling.forward(x, {size}, {size}, stride = {stride})"
        yield Timed(
            "pooling",
            f"forward, {size} x {size}, stride {stride}",
            3,
            values,
            lambda at=pooling: at.forward(x),  # type: ignore[misc]
            "",
            forward,
        )
        yield Timed(
            "pooling",
            "backward",
            3,
            values,
            lambda at=pooling, dout=dout: at.backward(dout),  # type: ignore[misc]
            f"pass <- {forward}",
            "Pooling.backward(pass, dout)",
        )
    gamma, beta, dout = drawn(30), drawn(30), drawn(*x.shape)
    norm = BatchNormalizationImages(gamma, beta)
    norm.forward(x)
    values = {"x": x, "gamma": gamma, "beta": beta, "dout": dout}
    forward = "BatchNormalizationImages.forward(gamma, beta, x)"
    yield Timed("batch norm", "forward, (50, 30, 24, 24)", 2, values, lambda: norm.forward(x), "", forward)
    backward = "BatchNormalizationImages.backward(pass, dout)"
    yield Timed("batch norm", "backward", 2, values, lambda: norm.backward(dout), f"pass <- {forward}", backward)


def networks() -> Iterator[Timed]:
    x, t = drawn(50, 1, 28, 28), np.random.RandomState(3).randint(10, size=50)
    net = SimpleConvNet(SimpleConvNet.init())

    def step() -> None:
        grads = net.gradient(x, t)
        for name, grad in grads.items():
            net.params[name] -= 0.01 * grad

    yield Timed(
        "network",
        "a step of SimpleConvNet, 50 images",
        2,
        {"x": x, "t": t},
        step,
        "params <- SimpleConvNet.init()$params",
        "params <- SGD.update(params, SimpleConvNet.gradient(params, x, t)$grads)$params",
    )


def sequences() -> Iterator[Timed]:
    """The book's sizes for Penn Treebank: 20 places, 35 words, 100 units."""
    xs, dhs = drawn(20, 35, 100), drawn(20, 35, 100) / 10
    Wx, Wh, b = drawn(100, 400) / 10, drawn(100, 401)[:, 1:] / 10, drawn(400)
    lstm = TimeLSTM(Wx, Wh, b)
    lstm.forward(xs)
    values = {"xs": xs, "dhs": dhs, "Wx": Wx, "Wh": Wh, "b": b}
    forward, backward = "TimeLSTM.forward(Wx, Wh, b, xs)", "TimeLSTM.backward(pass, dhs)"
    yield Timed("sequence", "TimeLSTM forward, 20 x 35 x 100", 2.3, values, lambda: lstm.forward(xs), "", forward)
    yield Timed(
        "sequence", "TimeLSTM backward", 2.3, values, lambda: lstm.backward(dhs), f"pass <- {forward}", backward
    )
    idx, W, dout = np.random.RandomState(1).randint(10_000, size=700), drawn(10_000, 100), drawn(700, 100)
    embedding = Embedding(W)
    embedding.forward(idx)
    values = {"idx": idx, "W": W, "dout": dout}
    forward, backward = "Embedding.forward(W, idx)", "Embedding.backward(pass, dout)"
    yield Timed("embedding", "Embedding forward, 700 of 10,000", 3, values, lambda: embedding.forward(idx), "", forward)
    yield Timed(
        "embedding", "Embedding backward", 3, values, lambda: embedding.backward(dout), f"pass <- {forward}", backward
    )


FAMILIES: tuple[Callable[[], Iterator[Timed]], ...] = (gemm, images, networks, sequences)

SOURCE = """
function(files) {
  env <- new.env(parent = baseenv())
  for (file in files) sys.source(file, envir = env, keep.source = FALSE)
  env
}
"""
PREPARE = """
function(package, values, setup, code) {
  env <- list2env(values, parent = package)
  eval(parse(text = setup), env)
  list(env = env, code = compiler::compile(parse(text = code)[[1]], env))
}
"""
RUN = "function(prepared) { eval(prepared$code, prepared$env); NULL }"


def medians(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of the processor for one call of each, taken in turns."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        for _ in range(3):
            way()
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.process_time()
            way()
            times[name].append(time.process_time() - began)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=21, help="how often each is timed (default 21)")
    parser.add_argument("--family", help="only this one")
    options = parser.parse_args()
    bridge.start()
    files = [str(file) for file in sorted((bundled("r_impl") / "R").glob("*.R"))]
    package = bridge.function(SOURCE).keep(files=files)
    prepare, run = bridge.function(PREPARE), bridge.function(RUN)
    table = Table("family", "", "R ms", "NumPy ms", "R / NumPy", "at most", "", box=box.SIMPLE)
    for one in (timed for family in FAMILIES for timed in family()):
        if options.family not in (None, one.family):
            continue
        kept = prepare.keep(package=package, values=one.values, setup=one.setup, code=one.code)
        seconds = medians({"R": lambda kept=kept: run(prepared=kept), "NumPy": one.numpy}, options.rounds)  # type: ignore[misc]
        ratio = seconds["R"] / seconds["NumPy"]
        milliseconds = [f"{1e3 * seconds[name]:.2f}" for name in ("R", "NumPy")]
        within = "" if ratio <= one.limit else "over"
        table.add_row(one.family, one.name, *milliseconds, f"{ratio:.2f}", f"{one.limit:g}", within)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
