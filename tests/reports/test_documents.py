"""The hand-written pages: the same lines in both languages, none of which fails, and what the prose says of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from parity.consoles.transcript import Language
from parity.fixture.read import read_fixture
from parity.reports.pages.directives import cases_to_type
from parity.reports.pages.documents import DIRECTIVES, Document, read_documents, subject_page
from parity.reports.pages.page_consoles import run_consoles

ROOT = Path(__file__).resolve().parents[2]
NUMBER = r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?"


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return read_documents(ROOT / "docs" / "pages", ["en", "ko"])


@pytest.fixture(scope="module")
def answers(documents: list[Document]) -> Mapping[str, Mapping[Language, list[tuple[str, str]]]]:
    """What each document's lines printed, in English: pairs of a line and its answer, by language."""
    english = [document for document in documents if document.language == "en"]
    _, shown = run_consoles([], english, packages={"deepscratch": ROOT / "r_impl"}, width=74)
    found: dict[str, dict[Language, list[tuple[str, str]]]] = {}
    for document, transcripts in zip(english, shown, strict=True):
        sides: dict[Language, list[tuple[str, str]]] = {"python": [], "r": [], "shell": []}
        for transcript in transcripts:
            sides[transcript.language] += [("\n".join(e.source), e.output) for e in transcript.entries]
        found[document.name] = sides
    return found


def test_every_page_is_there_in_both_languages_with_the_same_lines_and_marks(documents: list[Document]) -> None:
    names = {document.name for document in documents}
    assert {"chapter-5", "exact", "softmax-regression"} <= names
    for name in names:
        english, korean = [d for d in documents if d.name == name]
        assert {english.language, korean.language} == {"en", "ko"}
        assert [p for p in english.parts if p.kind != "prose"] == [p for p in korean.parts if p.kind != "prose"], name
        for document in (english, korean):
            for part in document.parts:
                if part.kind in DIRECTIVES:
                    fixture = read_fixture(ROOT / "fixtures" / f"{part.word}.json")
                    lines = [line.removeprefix("case: ") for line in filter(None, part.content.split("\n"))]
                    named = {line for line in lines if not line.startswith(("value: ", "call: ", "extent: "))}
                    assert named <= {case.id for case in fixture.cases}


def test_no_line_fails(
    documents: list[Document], answers: Mapping[str, Mapping[Language, list[tuple[str, str]]]]
) -> None:
    """Apart from those that are there to fail."""
    for name, sides in answers.items():
        (document,) = [one for one in documents if (one.name, one.language) == (name, "en")]
        meant = "\n".join(part.content for part in document.parts if part.word == "raises")
        typed = max(map(len, sides.values()))
        assert typed > 1 or name == "trace" or not document.blocks, name
        for entries in sides.values():
            for line, output in entries:
                fails = re.search(r"^(Traceback|Error|\w*Error:)|Warning", output, re.MULTILINE)
                assert not fails or line.rstrip() in meant, (name, line)


def test_no_case_that_a_page_types_fails_or_names_a_place_of_this_machine() -> None:
    """As the usual page, or the one beside the fixture, asks for them."""
    paths = [path for path in sorted((ROOT / "fixtures").glob("*/*.json")) if "_whole" not in path.stem]
    fixtures = [fixture for fixture in map(read_fixture, paths) if not fixture.on_request]
    pages = [page for fixture in fixtures if (page := subject_page(fixture, fixture.name, "en"))]
    subjects, _ = run_consoles(
        fixtures, [], packages={"deepscratch": ROOT / "r_impl"}, width=74, cases=cases_to_type(pages)
    )
    typed = 0
    for fixture, subject in zip(fixtures, subjects, strict=True):
        for consoles in [subject.main, *subject.cases.values()]:
            if consoles is None or any(call.raises for call in consoles.case.calls):
                continue
            for transcript in (consoles.python, consoles.r):
                typed += 1
                assert not [e.source for e in transcript.entries if e.failed], (fixture.name, transcript.language)
                assert str(ROOT) not in transcript.text, (fixture.name, transcript.language)
    assert typed > 200


def after(entries: list[tuple[str, str]], line: str) -> list[list[float]]:
    """The numbers that each entry of this line printed, the index at the head of R's lines left out."""
    printed = [output for typed, output in entries if typed == line]
    assert printed, line
    return [[float(n) for n in re.findall(NUMBER, re.sub(r"np\.float64|(?m:^\[\d+\])", "", p))] for p in printed]


def test_the_page_on_exact_mode_shows_what_it_says(
    answers: Mapping[str, Mapping[Language, list[tuple[str, str]]]],
) -> None:
    python, r = answers["exact"]["python"], answers["exact"]["r"]
    # Small steps bring two ways of writing together, large ones drive them apart; the two languages never part.
    assert after(python, "descend(0.1, 80)")[0][2] < 1e-15
    distances = []
    for steps in (10, 20, 40, 80):
        line = f"descend(1.9, {steps})"
        assert after(python, line) == after(r, line)
        distances.append(after(python, line)[0][2])
    assert distances[0] < 1e-14
    assert all(later > 1e3 * earlier for earlier, later in itertools.pairwise(distances))
    assert distances[-1] > 0.1
    (product,) = after(python, '["%.17g" % product for product in (wrap(a) @ wrap(b))[:, 4]]')
    assert after(r, 'sprintf("%.17g", (a %*% b)[, 5])') == [pytest.approx(product, rel=1e-14)]
    assert after(python, "wrap(m).sum(axis=0).tolist()")[0] == after(r, 'sprintf("%.17g", colSums(m))')[0]


def test_the_page_on_the_jacobian_shows_what_it_says(
    answers: Mapping[str, Mapping[Language, list[tuple[str, str]]]],
) -> None:
    python, r = answers["softmax-regression"]["python"], answers["softmax-regression"]["r"]
    for entries, right, printed, first in (
        (python, "right.dB.sum()", "printed.dB.sum()", "first.dB.sum()"),
        (r, "sum(right$dB)", "sum(printed$dB)", "sum(SoftmaxRegressionAsPrinted.backward(first)$dB)"),
    ):
        assert abs(after(entries, right)[0][0]) < 1e-15
        assert after(entries, printed)[0][0] == pytest.approx(-0.536436, abs=1e-6)
        assert abs(after(entries, first)[0][0]) < 1e-15
    # The numbers that the post prints after training come of the wrong Jacobian.
    assert after(python, "printed.pred")[-1] == [0.19477982, 0.19114482, 0.61407536]
    assert after(python, "right.pred")[-1] == [0.18341107, 0.18001516, 0.63657378]
    assert after(r, "trained$loss") == [[pytest.approx(0.45165495, abs=1e-6)], [pytest.approx(0.48763762, abs=1e-6)]]


def test_the_tutorial_names_each_slip_and_mends_it(
    answers: Mapping[str, Mapping[Language, list[tuple[str, str]]]],
) -> None:
    codes = ("degrees-of-freedom", "recycled", "margin", "fill-order", "quantile-type", "nothing that is known fits")
    told, mended = [], 0
    for line, output in answers["porting"]["python"]:
        if line.startswith("parity.check("):
            if "Disagreement" in output:
                told.append(output)
            else:
                mended += output == "True\n"
    assert mended == 5
    for code, output in zip(codes, told, strict=True):
        prose = " ".join(output.split())
        assert f"({code}, to the tolerance)" in prose or f"cause: {code}" in prose, output
        assert code == codes[-1] or " mend in R: " in prose or "or in R: " in prose, output
        explained = re.search(r"^  cause: (?:.*\n)+?(?=  repeat: )", output, re.MULTILINE)
        assert explained is not None, output
        assert max(map(len, explained[0].splitlines())) <= 80, output
