"""PyDESeq2 as one would call it: counts, a design, a fit, a contrast."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator

import numpy as np
import pandas as pd
from pydeseq2.dds import DeseqDataSet
from pydeseq2.default_inference import DefaultInference
from pydeseq2.ds import DeseqStats


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def _data_set(data, design, without=(), **options):
    frame = pd.read_csv(data, index_col=0)
    one = DefaultInference(n_cpus=1)
    counts, samples = frame.drop(columns=["condition", "batch", *without]), frame[["condition", "batch"]]
    return DeseqDataSet(counts=counts, metadata=samples, design=design, inference=one, quiet=True, **options)


def size_factors(data, kind="ratio"):
    with _silent():
        fit = _data_set(data, "~condition")
        fit.fit_size_factors(fit_type=kind)
    return np.asarray(fit.obs["size_factors"])


def _tested(fit, cooks, filtered):
    test = DeseqStats(
        fit,
        contrast=["condition", "B", "A"],
        cooks_filter=cooks,
        independent_filter=filtered,
        inference=DefaultInference(n_cpus=1),
        quiet=True,
    )
    test.summary()
    names = {
        "mean": "baseMean",
        "lfc": "log2FoldChange",
        "se": "lfcSE",
        "statistic": "stat",
        "p": "pvalue",
        "adjusted": "padj",
    }
    return {name: test.results_df[column].to_numpy() for name, column in names.items()}


def deseq(data, design, fit_type="parametric", cooks=True, filtered=True):
    with _silent():
        fit = _data_set(data, design, fit_type=fit_type)
        fit.deseq2()
        tested = _tested(fit, cooks, filtered)
    columns = {"genewise": "genewise_dispersions", "trend": "fitted_dispersions", "dispersion": "dispersions"}
    return {**tested, **{name: fit.var[column].to_numpy() for name, column in columns.items()}}


def wald(data, design, dispersion, without=()):
    """The fold changes at a dispersion that is given, the same for all genes."""
    with _silent():
        fit = _data_set(data, design, without, refit_cooks=False)
        fit.fit_size_factors()
        fit.fit_genewise_dispersions()
        fit.var["dispersions"] = np.where(fit.var["non_zero"], dispersion, np.nan)
        fit.fit_LFC()
        fit.calculate_cooks()
        return _tested(fit, False, False)
