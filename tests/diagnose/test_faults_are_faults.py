"""The planted faults measure something: each is a disagreement by its mistake alone, and evidence tells whose."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import planted
import pytest

from parity.evidence import agreement
from parity.fixture.read import read_fixture
from parity.verify.case import verify
from parity.verify.results import CaseResult

FAULTS = planted.faults()

CAUSES = {
    *("transposed", "fill-order", "axes-permuted", "reversed", "rolled", "moved", "off-by-one", "extent", "border"),
    *("window", "tie", "sign", "factor", "sum-for-mean", "offset", "missing-term", "recycled", "margin", "epsilon"),
    *("logarithm", "degrees", "ignored-input", "ignored-cotangent", "accumulated", "integer-division", "overflow"),
    *("float32", "rounding", "missing-kind", "quantile-type", "ties", "degrees-of-freedom", "normal-or-t"),
    *("one-or-two-sided", "scale", "contrasts", "intercept", "standardised", "penalty", "component-sign"),
    *("component-order", "cox-ties", "rows-with-missing", "collinear", "sorted"),
}

each = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)


def verified(path: Path) -> CaseResult:
    result = verify(read_fixture(path))
    assert not result.misfits, result.misfits
    (case,) = result.cases
    return case


@each
def test_right_ports_agree(fault: planted.Fault, tmp_path: Path) -> None:
    case = verified(planted.plant(fault, tmp_path, right=True))
    assert case.ok, [finding.message for finding in case.findings if not finding.ok]
    assert case.count > 0


@each
def test_a_mistake_makes_them_disagree_and_evidence_tells_whose_it_is(fault: planted.Fault, tmp_path: Path) -> None:
    case = verified(planted.plant(fault, tmp_path))
    apart = [f for value in case.values for f in value.findings if f.kind == agreement.KIND and not f.ok]
    assert apart, "the sides agree"
    assert not case.problems, "an error is no silent difference"
    assert {f.subject for f in case.findings if not f.ok and f.kind != agreement.KIND} == {fault.wrong}


def test_there_are_as_many_as_are_measured() -> None:
    singles = [fault for fault in FAULTS if not fault.pair]
    assert len(singles) == 60
    assert len(FAULTS) - len(singles) == 10
    assert len({cause for fault in singles for cause in fault.causes}) >= 25
    assert min(Counter(fault.wrong for fault in FAULTS).values()) >= 30
    assert len({fault.id for fault in FAULTS}) == len(FAULTS)


def test_causes_are_codes() -> None:
    assert {code for fault in FAULTS for code in fault.causes | fault.also} <= CAUSES


def test_every_third_in_the_order_of_causes_is_held_out() -> None:
    for pairs in (False, True):
        group = [(fault.cause, fault.id, fault.held_out) for fault in FAULTS if fault.pair == pairs]
        assert [held_out for _, _, held_out in sorted(group)] == [i % 3 == 2 for i in range(len(group))]


def test_a_split_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'unseen'; expected seen or held_out"):
        planted.faults("unseen")
