"""torch as a referee of the layers over time, of words and of attention, in float64 and both languages.

torch is no requirement of the project; where it is not installed, these tests do not run. Of a GRU it has another form,
which the layer's own page and docstring tell: there its autograd judges the gradients of the book's formula.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from parity.fixture.read import read_fixture
from parity.verify.case import verify

pytest.importorskip("torch", reason="torch is not installed: pip install torch", exc_type=ImportError)

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

RECURRENT = {
    *(("forward", value) for value in ("hs", "h")),
    *(("backward", value) for value in ("dxs", "dWx", "dWh", "db", "dh")),
}
CELL = {("forward", "h_next"), *(("backward", value) for value in ("dx", "dh_prev", "dWx", "dWh", "db"))}
# What torch judges, what it gives, and what it must have been judged on at least: (call, value).
SUBJECTS: dict[str, tuple[str, set[tuple[str, str]]]] = {
    "layers/time_rnn": ("TimeRNN", RECURRENT),
    "layers/time_lstm": ("TimeLSTM", {*RECURRENT, ("forward", "c")}),
    "layers/time_gru": ("TimeGRU", RECURRENT),
    "layers/rnn": ("RNN", CELL),
    "layers/lstm": ("LSTM", {*CELL, ("forward", "c_next"), ("backward", "dc_prev")}),
    "layers/gru": ("GRU", CELL),
    "layers/time_bilstm": ("TimeBiLSTM", {("forward", "hs"), ("backward", "dxs"), ("backward", "grads.0")}),
    "layers/weight_sum": ("WeightSum", {("forward", "c"), ("backward", "dhs"), ("backward", "da")}),
    "layers/attention_weight": ("AttentionWeight", {("forward", "a"), ("backward", "dhs"), ("backward", "dh")}),
    "layers/attention": (
        "Attention",
        {("forward", "out"), ("forward", "attention_weight"), ("backward", "dhs"), ("backward", "dh")},
    ),
    "layers/time_attention": (
        "TimeAttention",
        {("forward", "out"), ("forward", "attention_weights"), ("backward", "dhs_enc"), ("backward", "dhs_dec")},
    ),
    "layers/embedding_dot": ("EmbeddingDot", {("forward", "out"), ("backward", "dh"), ("backward", "dW")}),
    "layers/time_affine": (
        "TimeAffine",
        {("forward", "out"), *(("backward", value) for value in ("dx", "dW", "db"))},
    ),
    "layers/embedding": ("Embedding", {("forward", "out"), ("backward", "dW")}),
    "layers/time_embedding": ("Embedding", {("forward", "out"), ("backward", "dW")}),
    "layers/layer_norm": (
        "LayerNorm",
        {("forward", "out"), *(("backward", value) for value in ("dx", "dgamma", "dbeta"))},
    ),
    "layers/gelu": ("GELU", {("forward", "out"), ("backward", "dx")}),
    "layers/scaled_dot_product_attention": (
        "ScaledDotProductAttention",
        {("forward", "out"), *(("backward", value) for value in ("dQ", "dK", "dV"))},
    ),
    "layers/multi_head_attention": (
        "MultiHeadAttention",
        {("forward", "out"), ("forward", "attention_weights"), ("backward", "dx"), ("backward", "grads.0")},
    ),
    "layers/time_softmax_with_loss": ("TimeSoftmaxWithLoss", {("forward", "loss"), ("backward", "dx")}),
    "optimizers/adamw": ("AdamW", {("update", "params.W"), ("update", "m.W"), ("update", "v.W")}),
}
# What torch does not give.
NOT_GIVEN = {"layers/scaled_dot_product_attention": {"A"}}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_torch_agrees_with_both_languages(subject: str, tmp_path: Path) -> None:
    name, least = SUBJECTS[subject]
    document: dict[str, Any] = json.loads((ROOT / "fixtures" / f"{subject}.json").read_text("utf-8"))
    cases = [case for case in document["cases"] if not any("raises" in call for call in case["calls"])]
    for case in cases:
        for call in case["calls"]:
            if "compare" in call:
                call["compare"] = [one for one in call["compare"] if one not in NOT_GIVEN.get(subject, ())]
    document["cases"] = cases
    document["referee"] = {"python": f"torch_sequences:{name}"}
    for package in ("python_impl", "r_impl"):
        (tmp_path / package).symlink_to(ROOT / package)
    place = tmp_path / "fixtures" / "room"
    place.mkdir(parents=True)
    for module in ("torch_images.py", "torch_vectors.py", "torch_sequences.py"):
        shutil.copy(HERE / module, place)
    path = place / f"{Path(subject).name}.json"
    path.write_text(json.dumps(document), "utf-8")
    results = list(verify(read_fixture(path)).cases)
    assert [(case.id, [f.message for f in case.findings if not f.ok][:2]) for case in results if not case.ok] == []
    judged = {
        (finding.call, finding.value)
        for case in results
        for finding in case.findings
        if finding.kind == "referee" and finding.count
    }
    assert judged >= least
