"""Long runs on pages, plots and the terminal: what was found is said, and a name is never more than a name."""

from __future__ import annotations

import io
import json
import math
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from parity.consoles.transcript import Transcript
from parity.evidence.compare import Comparison, compare
from parity.evidence.finding import Finding
from parity.evidence.trajectory import Checkpoint, Departure, TrajectoryResult
from parity.fixture.model import Call, Case, Fixture, Tolerance, Trajectory
from parity.fixture.read import read_fixture
from parity.reports import pages as pages_module
from parity.reports import plots
from parity.reports.json_report import as_json
from parity.reports.pages import directives, write_pages
from parity.reports.pages.documents import Document
from parity.reports.pages.page_consoles import run_consoles
from parity.reports.terminal import print_report
from parity.reports.trajectories import differences, largest
from parity.verify.case import verify
from parity.verify.results import CaseResult, FixtureResult, Report, ValueResult

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>x</script>--]]>$\\frac{1}$ | ![a](http://b.c/d.png) \"'&_한글"


def ran(
    made: int = 100, *, steps: int = 100, every: int = 20, apart: float = 1e-15, **more: object
) -> TrajectoryResult:
    """A run by hand: a loss that falls as 1/step, R's a little above; W at each checkpoint 2 `apart` away."""
    python = tuple(1 / step for step in range(1, made + 1))
    places = range(every, made + 1, every)
    made_so = TrajectoryResult(
        "train", steps, made,
        tuple(Checkpoint(step, {"loss": apart, "params.W": 2 * apart, "accuracy": 0.0}) for step in places),
        {"loss": {"python": python, "r": tuple(value + apart for value in python)}},
        {"accuracy": dict.fromkeys(("python", "r"), tuple(step / 200 for step in places))},
        None,
    )  # fmt: skip
    return replace(made_so, **more)  # type: ignore[arg-type]


def case_of(run: TrajectoryResult, *, agree: bool = True, id: str = "a run", **more: object) -> CaseResult:
    comparison = compare(np.array([1.0, 2.0]), np.array([1.0, 2.0 if agree else 3.0]), rtol=1e-12, atol=0)
    value = ValueResult(run.call, "loss", (compared("loss", comparison),))
    return CaseResult(id, agree, (), (value,), trajectory=run, **more)  # type: ignore[arg-type]


def compared(name: str, comparison: Comparison) -> Finding:
    return Finding(
        "agreement", "python-r", "r", comparison.ok, 0, "train", name, count=comparison.count, comparison=comparison
    )


def fixture_of(path: Path, *cases: CaseResult, name: str = "training/run") -> Fixture:
    trajectory = Trajectory(100, 20, 20, series=("loss",))
    made = tuple(Case(c.id, {}, (Call("train", trajectory=trajectory),), Tolerance(1e-12, 1e-13)) for c in cases)
    return Fixture(path / "run.json", name, {"en": "A run", "ko": "학습"}, {"en": "a book"}, "nowhere:Run", "Run", made)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is run: these tests are about what was found."""

    def nothing(
        fixtures: Sequence[Fixture], documents: Sequence[Document], **_: object
    ) -> tuple[list[object], list[object]]:
        return [pages_module.SubjectConsoles() for _ in fixtures], [
            [Transcript("python", ())] * len(d.blocks) for d in documents
        ]

    monkeypatch.setattr(pages_module, "run_consoles", nothing)
    for name in ("python_source", "r_source"):
        monkeypatch.setattr(pages_module, name, lambda *_: "")


Write = Callable[..., dict[str, str]]


@pytest.fixture
def written(quick: None, tmp_path: Path) -> Write:
    def write(*cases: CaseResult, page: str = "", out: str = "out", **more: object) -> dict[str, str]:
        (tmp_path / "run.md").unlink(missing_ok=True)
        if page:
            (tmp_path / "run.md").write_text(f"# Run\n\n```trajectory\n```\n\n{page}\n\n```verdict\n```\n")
        fixture = fixture_of(tmp_path, *cases)
        result = FixtureResult(fixture.path, fixture.name, fixture.about, cases)
        write_pages([(fixture, result)], out=tmp_path / out, packages={}, versions={}, **more)  # type: ignore[arg-type]
        return {str(p.relative_to(tmp_path / out)): p.read_text("utf-8") for p in (tmp_path / out).rglob("*.*")}

    return write


# --------------------------------------------------------------------------------------------------- plots


def texts(svg: str) -> list[str]:
    return ["".join(t.itertext()) for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_plot_is_xml_and_the_same_each_time_and_its_text_is_text() -> None:
    svg = plots.trajectory_svg(ran(), rtol=1e-12, atol=1e-13)
    assert svg == plots.trajectory_svg(ran(), rtol=1e-12, atol=1e-13)
    assert svg != plots.trajectory_svg(ran(apart=1e-14), rtol=1e-12, atol=1e-13)
    shown = texts(svg)
    for words in ("loss", "Python", "R", "params.W", "accuracy", "allowed", "step", "| Python − R |", "1e-15", "0"):
        assert words in shown, words
    assert "date" not in svg.lower()
    assert "<metadata" not in svg
    assert not re.findall(r'(?:href|src)="(?!#)', svg)


def test_the_two_languages_differ_without_their_colours_and_the_colours_change_in_the_dark() -> None:
    svg = plots.trajectory_svg(ran(), rtol=1e-12, atol=1e-13)
    python = re.findall(r'style="([^"]*stroke: #0072b2[^"]*)"', svg)
    r = re.findall(r'style="([^"]*stroke: #d55e00[^"]*)"', svg)
    assert python
    assert r
    assert not any("dasharray" in style for style in python)
    assert all("dasharray" in style for style in r)
    used = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", svg.partition("<style>")[0]))
    # Whatever is drawn has its counterpart in the dark; else dark letters would stand on dark ground.
    dark = svg[svg.index("prefers-color-scheme: dark") :]
    for colour in used:
        assert f'fill: {colour}"' in dark, colour
    assert "#fdfdfc" in used


def test_a_name_is_shown_letter_by_letter() -> None:
    hostile = ran(series={HOSTILE: ran().series["loss"], "_hidden": ran().series["loss"]})
    shown = texts(plots.trajectory_svg(hostile, rtol=0, atol=1e-13))
    assert shown.count(HOSTILE) == 2  # above its curves and in the legend
    assert sum(words.endswith("_hidden") for words in shown) == 2


@pytest.mark.parametrize(
    "run",
    [
        ran(1, every=1),
        ran(apart=0.0),
        ran(series={}),
        ran(series={"loss": {"python": (1.0, math.nan, math.inf), "r": (1.0, 2.0, math.inf)}}),
        ran(series={"loss": {"python": (1.0, 2.0)}}, checkpoints=(Checkpoint(2, {}),)),
        ran(departure=Departure(39, 40, "params.W", (1, 2), 1e-9, 1e-13)),
        ran(series={}, scalars={}, checkpoints=(Checkpoint(20, {f"v{n}": 10.0**-n for n in range(20)}),)),
        ran(5000, steps=5000, every=100),
    ],
)
def test_whatever_a_run_holds_can_be_plotted(run: TrajectoryResult) -> None:
    svg = plots.trajectory_svg(run, rtol=1e-12, atol=1e-13)
    ElementTree.fromstring(svg)
    assert "nan" not in svg.lower().replace("prefers", "")
    assert len(svg) < 250_000
    assert ("step 40" in svg) == (run.departure is not None)


def test_no_peak_is_lost_from_a_long_series() -> None:
    numbers = [1e-16] * 10_001
    numbers[7777] = 3.0
    series = {"loss": {"python": tuple(numbers), "r": (1e-16,) * 10_001}}
    kept = plots._thinned([(s, d) for s, d in differences(ran(series=series), "loss")], both=False)
    assert (7778, pytest.approx(3.0)) in list(zip(*kept, strict=True))
    assert len(kept[0]) == 400


def test_pictures_of_classes_and_of_numbers() -> None:
    classes = ((0.0, 1.0, 1.0), (0.0, 0.0, 2.0))
    points = ((0.1, 0.2, 0.0), (0.3, 0.4, 1.0), (math.nan, 0.0, 1.0))
    both = {"python": classes, "r": classes}
    picture = plots.Picture("f", "regions", both, (-1, 1, -1, 1), {"python": points, "r": points})
    svg = plots.picture_svg(picture)
    assert svg == plots.picture_svg(picture)
    assert {"Python", "R"} <= set(texts(svg))
    assert "#cfe3f2" in svg
    # A matrix that is no set of classes is an image in the file itself.
    numbers = plots.picture_svg(replace(picture, images={"python": ((0.5, -1.25), (3.0, 1e9))}, points={}))
    assert "data:image/png" in numbers
    assert "R" not in texts(numbers)
    for drawn in (svg, numbers):
        ElementTree.fromstring(drawn)


# --------------------------------------------------------------------------------------------------- pages


def picture(call: str, value: str, *sides: tuple[tuple[float, ...], ...]) -> Callable[..., plots.Picture]:
    """In place of carrying the case out once more."""
    return lambda *_: plots.Picture(call, value, dict(zip(("python", "r"), sides, strict=True)))


PLOT = "```plot\ncase: a run\ncall: show\nvalue: map\n```"


def test_plots_lie_beside_the_pages_and_both_languages_show_the_same_file(
    written: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directives, "picture_of", picture("show", "map", ((0.0, 1.0),), ((0.0, 0.0),)))
    made = written(case_of(ran()), page=PLOT)
    for name in ("training-run-1.svg", "training-run-2.svg"):
        assert made[f"wiki/{name}"] == made[f"html/plots/{name}"]
        for language in ("en", "ko"):
            assert f"]({name})" in made[f"wiki/training-run.{language}.md"]
            page = made[f"html/{language}/training-run.html"]
            alts = dict(re.findall(r'<img src="([^"]+)" alt="([^"]+)"', page))
            assert (tmp_path / "out/html" / language / f"../plots/{name}").is_file()
            assert len(alts[f"../plots/{name}"]) > 20
    assert "1 of 2 cells differ" in made["wiki/training-run.en.md"]
    assert written(case_of(ran()), page=PLOT, out="again") == made


def test_without_matplotlib_the_page_says_so_in_one_line_and_all_else_stands(
    written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = written(case_of(ran()))
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    made = written(case_of(ran()), out="bare")
    assert set(whole) - set(made) == {"wiki/training-run-1.svg", "html/plots/training-run-1.svg"}
    for language in ("en", "ko"):
        before = whole[f"wiki/training-run.{language}.md"].split("\n")
        after = made[f"wiki/training-run.{language}.md"].split("\n")
        (changed,) = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
        assert changed[0].startswith("![")
        assert "`pip install 'parity-r[plots]'`" in changed[1]


def test_the_words_of_a_run_that_agrees(written: Write) -> None:
    made = written(case_of(ran()))
    page = made["wiki/training-run.en.md"]
    assert "100 steps, compared at 5 checkpoints: Python and R agree throughout" in page
    assert "The largest difference is 2e-15, in `params.W` at step 20." in page
    assert "| `params.W` | 2e-15 | 2e-15 | 20 |" in page
    assert "| `accuracy` | 0 | 0 | – |" in page
    assert "| 60 | 0.3 | 0.3 |" in page
    assert "A run · 100 steps, agree throughout, at most 2e-15 apart" in made["wiki/Home.en.md"]
    assert "100스텝, 처음부터 끝까지 일치, 최대 차이 2e-15" in made["wiki/Home.ko.md"]


def test_the_words_of_runs_that_part(written: Write) -> None:
    departure = Departure(39, 40, "params.W", (1, 2), 3e-9, 1e-13)
    parted = case_of(ran(departure=departure), agree=False)
    page = written(parted)["wiki/training-run.en.md"]
    assert "Python and R part by more than is allowed" in page
    assert "at step 40, in `params.W` `[1, 2]` · `[2, 3]`: 3e-09, where 1e-13 is allowed" in page
    # In a series the place is the step.
    in_series = written(case_of(ran(departure=replace(departure, name="loss", index=(9,))), agree=False))
    assert "at step 40, in `loss`: 3e-09" in in_series["wiki/training-run.en.md"]
    # No departure, and yet no agreement: a missing value, another shape, or NaN on one side.
    failing = written(case_of(ran(), agree=False))["wiki/training-run.en.md"]
    assert "do not agree" in failing
    assert "throughout" not in failing


def test_the_words_of_a_run_that_was_stopped(written: Write) -> None:
    page = written(case_of(ran(60)))["wiki/training-run.en.md"]
    assert "Stopped after 60 of 100 steps." in page
    assert "60 steps, compared at 3 checkpoints" in page
    assert "100 steps, compared" not in page
    nothing = ran(0, checkpoints=(), series={}, scalars={})
    made = written(case_of(nothing), out="nothing")
    assert "Stopped after 0 of 100 steps." in made["wiki/training-run.en.md"]
    assert "agree throughout" not in made["wiki/training-run.en.md"].split("## Verdict")[0]
    assert not [name for name in made if name.endswith(".svg")]


def test_a_printed_table_stands_at_its_steps(written: Write) -> None:
    table = (
        "As printed.\n\n```table\ncase: a run\n| step | accuracy | seconds |\n|---:|---:|---|\n"
        "| 20 | 0.125 | a |\n| 60 | 0.25 | b |\n| 150 | 0.5 | c |\n```"
    )
    page = written(case_of(ran()), page=table)["wiki/training-run.en.md"]
    assert page.count("`accuracy` Python") == 1
    head = "| Step | `accuracy` Python | `accuracy` R | `accuracy` printed | `seconds` printed |"
    rows = page[page.index(head) :].split("\n\n")[0].split("\n")[2:]
    assert rows == [
        "| 20 | 0.1 | 0.1 | 0.125 | a |",
        "| 40 | 0.2 | 0.2 | – | – |",
        "| 60 | 0.3 | 0.3 | 0.25 | b |",
        "| 80 | 0.4 | 0.4 | – | – |",
        "| 100 | 0.5 | 0.5 | – | – |",
        "| 150 | – | – | 0.5 | c |",
    ]
    assert "As printed." in page


def test_many_checkpoints_are_thinned_and_the_last_is_shown(written: Write) -> None:
    page = written(case_of(ran(every=1)))["wiki/training-run.en.md"]
    assert "One checkpoint in 5 is shown, and the last." in page
    assert "| 1 | 0.005 | 0.005 |\n| 6 | 0.03 | 0.03 |" in page
    assert "| 100 | 0.5 | 0.5 |" in page


def test_a_printed_table_without_steps_names_compared_values(written: Write) -> None:
    def single(name: str, python: float, r: float) -> ValueResult:
        return ValueResult("call", name, (compared(name, compare(r, python, rtol=1, atol=1)),))

    table = "| difference | printed |\n|---|---|\n| W1 | 4.25e-10 |\n| b1 | 2e-9 |"
    values = (single("difference.W1", 1.5e-10, 1.25e-10),)
    case = CaseResult("check", True, (), values, trajectory=ran())
    made = written(case, page=f"```table\ncase: check\n{table}\n```")["wiki/training-run.en.md"]
    assert "| `W1` | 1.5e-10 | 1.25e-10 | 4.25e-10 |\n| `b1` | – | – | 2e-09 |" in made


def test_nothing_of_a_run_becomes_markup(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    safe = written(case_of(ran()))
    run = ran(
        series={HOSTILE: ran().series["loss"]},
        scalars={HOSTILE: ran().scalars["accuracy"]},
        checkpoints=tuple(Checkpoint(step, {HOSTILE: 1e-15, f"{HOSTILE}.W": 1e-3}) for step in range(20, 101, 20)),
        departure=Departure(39, 40, f"{HOSTILE}.W", (0, 1), 1e-3, 1e-13),
        call=HOSTILE,
    )
    cell = HOSTILE.replace("|", "\\|")
    table = f"| step | {cell} | <b>\\| |\n|---|---|---|\n| 20 | {cell} | 2 |\n| 40 | 1 | {cell} |"
    plot = f"```plot\ncase: {HOSTILE}\ncall: {HOSTILE}\nvalue: {HOSTILE}\n```"
    monkeypatch.setattr(directives, "picture_of", picture(HOSTILE, HOSTILE, ((0.0, 1.0),), ((0.0, 1.0),)))
    page = f"```table\ncase: {HOSTILE}\n{table}\n```\n\n{plot}"
    made = written(case_of(run, id=HOSTILE, agree=False), page=page, out="hostile")
    for language in ("en", "ko"):
        page = made[f"html/{language}/training-run.html"]
        assert "<script" not in page
        assert set(re.findall(r'<img src="([^"]*)"', page)) == {
            "../plots/training-run-1.svg",
            "../plots/training-run-2.svg",
        }
        assert not re.search(r'(?:href|src)="http', page)
        assert page.count("<table>") == safe[f"html/{language}/training-run.html"].count("<table>")
        markdown = made[f"wiki/training-run.{language}.md"]
        outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", markdown)
        assert "<script" not in outside
        assert set(re.findall(r"(?<!\\)!\[.*?(?<!\\)\]\((.*?)\)", outside)) == {
            "training-run-1.svg",
            "training-run-2.svg",
        }
    for name, content in made.items():
        if name.endswith(".svg"):
            assert not list(ElementTree.fromstring(content).iter(f"{SVG}script"))


def test_a_document_can_show_a_run(written: Write, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/essay.en.md").write_text("# Essay\n\n```trajectory training/run\na run\n```\n")
    made = written(case_of(ran()), documents=tmp_path / "docs")
    assert "](training-run-1.svg)" in made["wiki/essay.en.md"]
    assert "agree throughout" in made["wiki/essay.en.md"]
    assert '<img src="../plots/training-run-1.svg"' in made["html/en/essay.html"]


def test_what_waits_to_be_named_is_listed_with_its_command(written: Write, tmp_path: Path) -> None:
    waiting = fixture_of(tmp_path, case_of(ran()), name="training/big | <b>")
    waiting = replace(waiting, on_request={"en": "Takes *hours*.", "ko": "몇 시간 걸린다."})
    made = written(case_of(ran()), on_request=[waiting])
    for page in ("wiki/Home.en.md", "wiki/Home.md"):
        assert r"**training/big \| &lt;b&gt;**: A run · Takes \*hours\*. · `parity pages " in made[page]
        assert "run.json --out training-big-b-pages`" in made[page]
    assert "몇 시간 걸린다." in made["html/ko/index.html"]
    assert "On request" not in written(case_of(ran()), out="none")["wiki/Home.en.md"]


# ------------------------------------------------------------------------------------------------ terminal


def printed(*cases: CaseResult, width: int | None = None) -> str:
    report = Report((FixtureResult(Path("run.json"), "training/run", {"en": "x"}, cases),))
    out = io.StringIO()
    print_report(report, Console(file=out, width=width or 80, force_terminal=width is not None, color_system=None))
    return out.getvalue()


def test_a_run_is_one_line_in_a_pipe() -> None:
    told = printed(case_of(ran()))
    assert (
        "\ntraining/run / a run: 100 steps, agree throughout; largest difference 2e-15 (params.W, step 20); "
        "at the end accuracy 0.5 in both\n" in told
    )
    assert "\x1b" not in told


def test_the_terminal_says_where_two_runs_part_and_where_they_end() -> None:
    departure = Departure(39, 40, "params.W", (3, 4), 2.3e-3, 1e-12)
    apart = {"accuracy": {"python": (0.5,), "r": (0.25,)}}
    told = printed(case_of(ran(departure=departure, scalars=apart), agree=False))
    assert "first beyond the tolerance at step 40 in params.W[3, 4] (R: [4, 5]): 0.0023, allowed 1e-12;" in told
    assert "at the end accuracy 0.5 (python), 0.25 (r)" in told
    assert "do not agree (see below)" in printed(case_of(ran(), agree=False))
    assert "stopped after 60 of 100 steps, agree throughout" in printed(case_of(ran(60)))
    assert "no difference at all" in printed(case_of(ran(apart=0.0, checkpoints=(Checkpoint(20, {"W": 0.0}),))))


def test_exact_mode_counts_bits_over_the_run() -> None:
    assert "100 steps, agree throughout; 17 bits differ over the whole run;" in printed(
        case_of(ran(bits={"loss": 17, "W": 0}))
    )
    assert "1 bit differs over the whole run" in printed(case_of(ran(bits={"loss": 1})))
    assert "0 bits differ" in printed(case_of(ran(bits={"loss": 0})))
    assert "training/run / a run / train loss: 17 bits of difference" in printed(case_of(ran(bits={"loss": 17})))


@pytest.mark.parametrize("width", [60, 80])
def test_a_run_is_wrapped_to_the_terminal(width: int) -> None:
    told = printed(case_of(ran(), id="아주 긴 이름을 가진 사례 [bold]하나[/]"), width=width)
    lines = told[told.index("training/run / ") :].split("\n\n")[0].split("\n")
    assert all(cell_len(line) <= width for line in lines), lines
    assert len(lines) > 1
    assert all(line.startswith("  ") for line in lines[1:])
    assert "[bold]하나[/]" in " ".join(line.strip() for line in lines)


# ---------------------------------------------------------------------------------------------------- JSON


def test_the_report_in_json_holds_the_run_and_stays_small() -> None:
    run = ran(10_001, steps=10_001, every=600, departure=Departure(6, 7, "loss", (6,), math.inf, 1e-12))
    report = Report((FixtureResult(Path("run.json"), "training/run", {"en": '[\n 1,\n 2\n] "x"'}, (case_of(run),)),))
    written = as_json(report)
    document = json.loads(written)
    (case,) = document["fixtures"][0]["cases"]
    assert case["trajectory"]["series"]["loss"]["r"] == list(run.series["loss"]["r"])
    assert case["trajectory"]["departure"]["error"] == "Inf"
    assert case["trajectory"]["checkpoints"][0] == {"step": 600, "differences": dict(run.checkpoints[0].differences)}
    assert document["fixtures"][0]["about"]["en"] == '[\n 1,\n 2\n] "x"'
    assert len(written) < 500_000
    assert written.count("\n") < 400


# ----------------------------------------------------------------------------------------- from end to end


def test_from_a_fixture_to_its_page(write: Callable[..., Path], tmp_path: Path) -> None:
    def descent(document: dict) -> None:
        del document["derivatives"]
        document["integers"] = ["after"]
        call = {"do": "train", "returns": "loss", "compare": ["p", "closeness"], "state": ["state"]}
        trajectory = {"steps": 50, "every": 20, "first": 1, "series": ["loss"]}
        document["cases"] = [
            {
                "id": "fifty steps",
                "make": {"start": [3, -1, 5], "lr": 0.1},
                "only": {"python": {"noise": 1e-6, "after": 30}},
                "tolerance": {"rtol": 0, "atol": 1e-4},
                "calls": [{**call, "trajectory": trajectory}],
            }
        ]

    fixture = read_fixture(write(descent, python="port:Descent", r="Descent"))
    result = verify(fixture)
    (case,) = result.cases
    assert case.ok
    assert case.trajectory is not None
    most = largest(case.trajectory)
    assert most is not None
    assert 1e-7 < most.largest < 1e-4
    ((shown,), _) = run_consoles([fixture], packages={}, width=74)
    assert shown.main is not None
    assert shown.main.steps == 5
    assert "train(steps=5)" in shown.main.python.text
    assert "train <- Descent.train(steps = 5L, " in shown.main.r.text
    assert "Error" not in shown.main.python.text + shown.main.r.text
    fixture.path.with_suffix(".md").write_text(
        "# Descent\n\n```console\n```\n\n```trajectory\n```\n\n```table\ncase: fifty steps\n| step | closeness |\n"
        "|---|---|\n| 1 | 0.25 |\n| 41 | 0.75 |\n```\n"
    )
    write_pages([(fixture, result)], out=tmp_path / "out", packages={}, versions={}, languages=("en",))
    page = (tmp_path / "out/wiki/square.en.md").read_text("utf-8")
    assert "| 41 | 0." in page
    assert " | 0.75 |" in page
    assert "The first 5 steps of the case **fifty steps**" in page
