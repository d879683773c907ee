"""The cause of a failure in a terminal, on a page and in JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len

from parity.diagnose import Cause, Diagnosis, Difference, diagnose
from parity.diagnose.search import AGAIN, ALONE
from parity.evidence.compare import Comparison, compare
from parity.evidence.finding import Finding
from parity.reports.causes import cause_lines, reference, told, wrapped
from parity.reports.json_report import as_json
from parity.reports.pages import causes
from parity.reports.pages.labels import LABELS
from parity.verify.results import CaseResult, FixtureResult, Report, ValueResult

X = np.array([[1.5, 2.25, -3.0], [0.5, 7.0, 1.125], [4.0, -0.75, 2.5]])
TWO = Diagnosis(
    "transposed+sign",
    (
        Cause("transposed", {"en": "A is B's transpose", "ko": "전치이다"}, {"en": "left as it was", "ko": "그대로 두었다"}, {"r": "t(x)", "python": "x.T"}),
        Cause("sign", {"en": "the other sign", "ko": "부호가 반대이다"}, {"en": "a minus left out", "ko": "음의 부호"}, {}),
    ),
    0.997,
)  # fmt: skip


def finding(actual: np.ndarray = X.T, reference_: np.ndarray = X) -> Finding:
    comparison: Comparison = compare(actual, reference_, rtol=0, atol=0)
    return Finding(
        kind="agreement", pair="python-r", subject="r", ok=False, code="value", message="off by much",
        call="forward", value="out", comparison=comparison,
    )  # fmt: skip


def value(diagnosis: Diagnosis | None, **more: object) -> ValueResult:
    given = {"blame": "r", "index": (0, 1), "numbers": {"python": 2.25, "r": 0.5}, "diagnosis": diagnosis, **more}
    return ValueResult("forward", "out", (finding(),), **given)  # type: ignore[arg-type]


def case(id_: str, *values: ValueResult, **more: object) -> CaseResult:
    findings = tuple(one for of in values for one in of.findings)
    return CaseResult(id=id_, ok=False, findings=findings, values=values, **more)  # type: ignore[arg-type]


def fixture(*cases: CaseResult) -> FixtureResult:
    return FixtureResult(Path("affine.json"), "layers/affine", {"en": "x"}, cases)


DIAGNOSIS = diagnose(Difference(X.T, X, subject="r", standard="python"))


# ------------------------------------------------------------------------------------------------ a terminal


def test_a_cause_is_told_in_lines_of_its_own() -> None:
    assert list(cause_lines(value(DIAGNOSIS, blame="unknown"))) == [
        "cause: R matches Python after a transpose (transposed, to the tolerance)",
        "  a factor of a product was left untransposed, or the result is laid out the other way",
        "  mend in R: t(x)",
        "  or in Python: x.T",
    ]
    assert list(cause_lines(value(DIAGNOSIS)))[2:] == ["  mend in R: t(x)"]
    assert list(cause_lines(value(replace(DIAGNOSIS, about="python"))))[2:] == ["  mend in Python: x.T"]
    assert list(cause_lines(value(Diagnosis()))) == ["cause: nothing that is known fits"]
    assert list(cause_lines(value(None))) == []


def test_what_is_nearly_all_is_not_called_all() -> None:
    first = next(cause_lines(value(TWO)))
    assert first == "cause: A is B's transpose and the other sign (transposed+sign, explains 99 % of the difference)"


@pytest.mark.parametrize("width", [30, 78, 118])
def test_prose_is_wrapped_and_code_is_not(width: int) -> None:
    lines = list(cause_lines(value(DIAGNOSIS, blame="unknown"), width))
    prose = [line for line in lines if not re.match(r"  (mend|or) in ", line)]
    assert all(cell_len(line) <= width for line in prose)
    assert " ".join(line.strip() for line in lines) == " ".join(
        line.strip() for line in cause_lines(value(DIAGNOSIS, blame="unknown"))
    )
    assert all(line.startswith("  ") for line in lines[1:])


def test_words_are_wrapped_as_they_stand() -> None:
    assert list(wrapped("  one two three", 9, "    ")) == ["  one two", "    three"]
    assert list(wrapped("a  b", 80, "")) == ["a  b"]
    assert list(wrapped("", 80, "")) == [""]
    assert list(wrapped("한국어 낱말", 8, "  ")) == ["한국어", "  낱말"]


# ---------------------------------------------------------------------------------------------------- a page


@pytest.mark.parametrize(
    ("language", "sentence", "means", "mend"),
    [
        ("en", "**Cause: R matches Python after a transpose** (`transposed`, to the tolerance)", "What it usually means: a factor", "Mend in R: `t(x)`"),
        ("ko", "**원인: R의 결과를 전치하면 Python과 같다** (`transposed`, 허용 오차 안에서 맞음)", "흔한 이유: 행렬곱의 인수를", "R에서 고칠 코드: `t(x)`"),
    ],
)  # fmt: skip
def test_the_box_says_what_differs_who_is_wrong_by_what_and_why(
    language: str, sentence: str, means: str, mend: str
) -> None:
    box = causes.box(fixture(case("wiki", value(DIAGNOSIS, blamed_by="expected"))), LABELS[language], language)
    lines = box.split("\n")
    assert all(line.startswith(">") for line in lines)
    assert lines[0].startswith("> ✗ `forward` `out[0, 1]` (R: `out[1, 2]`) · wiki: Python `2.25`, R `0.5`. ")
    assert f"**{LABELS[language]['wrong_r']}** ({LABELS[language]['by_expected']})" in lines[0]
    assert lines[1] == lines[3] == ">"
    assert lines[2] == f"> {sentence}"
    assert lines[4].startswith(f"> {means}")
    assert lines[6:] == [f"> {mend}"]


def test_one_reason_is_given_once_and_what_is_left_is_counted() -> None:
    same = [case(f"c{n}", value(DIAGNOSIS)) for n in range(4)]
    others = [
        case(f"d{n}", value(DIAGNOSIS, blame=who)) for n, who in enumerate(("python", "both", "unknown", "unknown"))
    ]
    box = causes.box(fixture(*same, *others), LABELS["en"], "en")
    assert len(re.findall("✗", box)) == causes.MOST
    assert "in 4 cases" in box
    assert box.endswith("\n\n> 2 more failures stand with their cases below.")
    assert causes.box(fixture(*same, *others[:3]), LABELS["en"], "en").endswith(
        "> One more failure stands with its case below."
    )


def test_an_error_leads_the_page_too_and_nothing_leads_where_nothing_failed() -> None:
    error = Finding(kind="raises", pair="r", subject="r", ok=False, code="refused", message="too small", call="forward")
    failed = CaseResult(id="stops", ok=False, findings=(error,))
    assert causes.box(fixture(failed), LABELS["en"], "en") == "> ✗ stops: `r forward`: refused: too small"
    assert causes.box(fixture(CaseResult(id="fine", ok=True, findings=())), LABELS["en"], "en") == ""
    declared = replace(case("known", value(DIAGNOSIS), divergence="d"), ok=True)
    assert causes.box(fixture(declared), LABELS["en"], "en") == ""


def test_nothing_that_fits_is_said_in_both_languages() -> None:
    for language, words in (("en", "nothing that is known fits"), ("ko", "알려진 원인 가운데 맞는 것이 없다")):
        one = fixture(case("odd", value(Diagnosis())))
        assert causes.box(one, LABELS[language], language).endswith(f": {words}**")


def test_a_known_difference_shows_its_cause_and_how_to_be_rid_of_it() -> None:
    known = replace(case("known", value(DIAGNOSIS, blame="unknown"), divergence="layout"), ok=True)
    said = causes.of_case(known, LABELS["en"], "en", briefly=True)
    assert said.split("\n") == [
        "- `forward` `out`: **Cause: R matches Python after a transpose** (`transposed`, to the tolerance)",
        "  - What it usually means: a factor of a product was left untransposed, or the result is laid out the other way.",
        "  - To agree, in R: `t(x)`",
        "  - To agree, in Python: `x.T`",
    ]
    assert "\n" not in causes.of_case(case("wrong", value(DIAGNOSIS)), LABELS["en"], "en", briefly=True)
    assert "Mend in R" in causes.of_case(case("wrong", value(DIAGNOSIS)), LABELS["en"], "en", briefly=False)


def test_hostile_words_of_a_cause_stay_words() -> None:
    hostile = Cause("sign", {"en": "<b>*x*</b> | y", "ko": "x"}, {"en": "[a](b)", "ko": "x"}, {"r": "`x` | `y`"})
    box = causes.box(fixture(case("c", value(Diagnosis("sign", (hostile,), 1.0)))), LABELS["en"], "en")
    assert "<b>" not in box
    assert r"\*x\*" in box
    assert r"\[a\](b)" in box
    assert "`` `x` | `y` ``" in box


# ------------------------------------------------------------------------------------------------------ JSON


def test_codes_stand_in_the_json_report() -> None:
    document = json.loads(as_json(Report((fixture(case("c", value(DIAGNOSIS), value(Diagnosis()), value(None))),))))
    first, nothing, none = (one["diagnosis"] for one in document["fixtures"][0]["cases"][0]["values"])
    assert (first["code"], first["share"], first["causes"][0]["code"]) == ("transposed", 1.0, "transposed")
    assert set(first["causes"][0]) == {"code", "says", "means", "mend"}
    assert (nothing["code"], nothing["causes"]) == ("", [])
    assert none is None


CODES = """\
extent transposed fill-order axes-permuted reversed component-order rolled off-by-one sorted tie border window moved
quantile-type ties intercept cox-ties normal-or-t contrasts collinear one-or-two-sided component-sign standardised scale
indeterminate missing-kind sign degrees-of-freedom logarithm accumulated sum-for-mean factor recycled missing-term margin offset
integer-division overflow float32 rounding ignored-cotangent ignored-input rows-with-missing epsilon degrees penalty
"""


def test_no_code_goes_away() -> None:
    """Programs rely on them; a new one is added here."""
    assert {one.code for one in (*ALONE, *AGAIN)} == set(CODES.split())


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_list_of_causes_is_that_of_the_tables(language: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "pages" / f"causes.{language}.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (.*?) \| (.*?) \| (.*?) \|$", page, re.MULTILINE)
    lines = [(code, means, mends.get("python", ""), mends.get("r", "")) for code, means, mends in reference(language)]
    written = [(code, *(re.sub(r"\\(.)", r"\1", cell).strip("`") for cell in cells)) for code, *cells in rows]
    assert written == lines, "to write it anew: python docs/reference.py"


def test_told_is_nothing_where_nothing_was_to_be_explained() -> None:
    assert told(value(None)) is None
