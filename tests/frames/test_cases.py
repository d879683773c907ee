"""Frames through a whole case: what agrees, and that no planted fault does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parity.fixture.read import read_fixture
from parity.reports.json_report import as_json
from parity.reports.terminal import failures
from parity.subjects.worker import WorkerOptions
from parity.verify.case import Options, verify
from parity.verify.results import CaseResult, FixtureResult, Report
from tests.frames.conftest import PEOPLE, Both, said, wrong

ID = {"key": ["id"]}
COLUMNS = list(PEOPLE["frame"])


def test_a_frame_comes_back_as_it_went(both: Both) -> None:
    case = both()
    assert case.ok
    counted = {finding.value: finding.count for finding in case.findings if finding.kind == "agreement"}
    assert counted == {"out": 4, **{f"out.{name}": 4 for name in COLUMNS}}


@pytest.mark.parametrize("wrapped", ['c("tbl_df", "tbl", "data.frame")', 'c("data.table", "data.frame")'])
def test_what_inherits_from_a_data_frame_is_one(both: Both, wrapped: str) -> None:
    assert both(r=f"structure(d, class = {wrapped})").ok
    assert wrong(both(r=f"structure(d[-1, ], class = {wrapped})")) == {"out": "rows"}


def test_rows_in_another_order_agree_by_their_key_alone(both: Both) -> None:
    assert both(r="d[c(4, 2, 1, 3), ]", join=ID).ok
    by_position = both(r="d[c(4, 2, 1, 3), ]")
    assert wrong(by_position).keys() == {f"out.{name}" for name in COLUMNS}
    assert "rows are matched by position" in said(by_position, "out.took")
    assert "the same values in another order: a key would join the rows" in said(by_position, "out.id")
    ordered = both(r="d[c(4, 2, 1, 3), ]", join={**ID, "order": True})
    assert wrong(ordered) == {"out": "order"}
    assert said(ordered, "out") == "row id=1 stands before id=3 where python has them the other way round"


def test_columns_in_another_order_count_only_where_order_does(both: Both) -> None:
    swapped = "d[c(2, 1, 3:length(d))]"
    assert both(r=swapped, join=ID).ok
    assert both(r=swapped).ok
    assert wrong(both(r=swapped, join={**ID, "order": True})) == {"out": "order"}


@pytest.mark.parametrize(
    ("python", "r", "code", "message"),
    [
        ("d", "d[-2, ]", "rows", "python alone has a row: id=1"),
        ("d", "d[0, ]", "rows", "python alone has 4 rows: id=3; id=1; id=2 and 1 more"),
        ("d.iloc[1:]", "d[-2, ]", "rows", "r alone has a row: id=3, and python alone has a row: id=1"),
        ("d", "d[c(1:4, 2), ]", "key", "r has 2 rows with the key id=1, so that rows cannot be joined by id"),
        ("d.assign(id=d['id'] + 10)", "d", "rows", "no key of r is one of python"),
        ("d.iloc[:0]", "d[0, ]", "vacuous", "no row to compare"),
        ("d[['id']].iloc[:0]", "d", "rows", "r alone has 4 rows: id=3; id=1; id=2 and 1 more"),
        ("d", "{ d$id <- as.character(d$id); d }", "key", "the key id is character where python has integer"),
        ("d.drop(columns='id')", "d", "key", "python has no column id, by which rows are joined"),
    ],
)
def test_rows_that_one_side_alone_has(both: Both, python: str, r: str, code: str, message: str) -> None:
    case = both(python, r, join=ID)
    assert not case.ok
    assert wrong(case)["out"] == code
    assert said(case, "out").startswith(message)


FAULTS = {
    "NaN became NA": ("{ d$age[2] <- NA; d }", "age", "class", "in row id=1: NA where python has NaN"),
    "NA became NaN": ("{ d$age[3] <- NaN; d }", "age", "class", "in row id=2: NaN where python has NA"),
    "-0 became 0": ("{ d$age[4] <- 0; d }", "age", "class", "in row id=7: 0.0 where python has -0.0"),
    "a number": ("{ d$age[1] <- 31.5 + 1e-6; d }", "age", "value", "in row id=3: off by 1e-06"),
    "all NaN": ("{ d$age <- NaN; d }", "age", "class", "in row id=3: NaN where python has 31.5"),
    "a whole number": ("{ d$children[3] <- 3L; d }", "children", "value", "in row id=2: off by 1"),
    "NA filled": ("{ d$children[2] <- 0L; d }", "children", "class", "in row id=1: 0.0 where python has NA"),
    "doubles": ("{ d$children <- d$children + 0; d }", "children", "type", "double where python has integer; every"),
    "a truth": ("{ d$married[4] <- FALSE; d }", "married", "value", "in row id=7: False where python has True"),
    "NA is FALSE": ("{ d$married[2] <- FALSE; d }", "married", "class", "in row id=1: False where python has NA"),
    "numbers": ("{ d$married <- as.integer(d$married); d }", "married", "type", "integer where python has logical"),
    "a text": ("{ d$name[1] <- 'ada'; d }", "name", "value", "in row id=3: 'ada' where python has 'Ada'"),
    "'NA' is no NA": ("{ d$name[2] <- 'NA'; d }", "name", "class", "in row id=1: 'NA' where python has NA"),
    "NA for ''": ("{ d$name[3] <- NA; d }", "name", "class", "in row id=2: NA where python has ''"),
    "a factor": ("{ d$name <- factor(d$name); d }", "name", "type", "factor where python has character; the texts are"),
    "a level renamed": ("{ levels(d$group)[3] <- 'x'; d }", "group", "levels", "level 'x' where python has 'w'"),
    "a used level renamed": ("{ levels(d$group)[2] <- 'x'; d }", "group", "value", "in row id=3: 'x' where python"),
    "levels in another order": (
        "{ d$group <- factor(d$group, levels = c('u', 'v', 'w')); d }", "group", "levels",
        "level 'u' where python has 'v', the one of number 0, the same levels in another order",
    ),
    "a level dropped": ("{ d$group <- droplevels(d$group); d }", "group", "levels", "2 levels where python has 3"),
    "an ordered factor": (
        "{ d$group <- factor(d$group, levels(d$group), ordered = TRUE); d }", "group", "levels",
        "an ordered factor where python has a factor without order",
    ),
    "a day": ("{ d$born[1] <- d$born[1] + 1; d }", "born", "value", "in row id=3: 1980-03-01 where python has 1980-02"),
    "numbers for days": ("{ d$born <- unclass(d$born); d }", "born", "type", "double where python has time"),
    "one time in another zone": (
        "{ d$seen[1] <- d$seen[1] + 5 * 3600; d }", "seen", "value",
        "in row id=3: 2024-03-01T15:00:00 where python has 2024-03-01T10:00:00; 1 of 4 rows differs; 5 hours apart, "
        "as in another time zone",
    ),
    "told as if in UTC": (
        "{ d$seen <- as.POSIXct(format(d$seen), tz = 'UTC'); d }", "seen", "value", "in row id=3: 2024-03-01T05:00:00",
    ),
    "minutes for hours": (
        "{ units(d$took) <- 'mins'; d$took <- d$took / 60; d }", "took", "value",
        "in row id=1: off by 7.08e+03, allowed 7.2e-09 (seconds); 3 of 4 rows differ",
    ),
    "no spans": ("{ d$took <- as.numeric(d$took); d }", "took", "type", "double where python has spans of time"),
    "a column gone": ("{ d$took <- NULL; d }", "took", "missing", "r gave no out.took"),
    "a column more": ("{ d$more <- 1; d }", "more", "missing", "python gave no out.more"),
    "a column renamed": ("{ names(d)[2] <- 'Age'; d }", "Age", "missing", "python gave no out.Age"),
    "a matrix": ("{ d$took <- matrix(1, 4, 2); d }", "took", "type", "a column of 2 axes cannot be compared"),
    "a list": ("{ d$took <- list(1, 2, 3, 4); d }", "took", "type", "a column that is a list cannot be compared"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("keyed", [True, False], ids=["by key", "by position"])
def test_a_planted_fault_is_found(both: Both, fault: str, keyed: bool) -> None:
    r, column, code, message = FAULTS[fault]
    case = both(r=r, join=ID if keyed else None)
    found = {finding.value: finding for finding in case.findings if not finding.ok}
    assert found[f"out.{column}"].code == code
    assert found.keys() <= {f"out.{column}", "out.age"}  # and nothing else, but what was renamed
    if keyed:
        assert found[f"out.{column}"].message.startswith(message)


@pytest.mark.parametrize(
    "python",
    [
        "d.drop(index=1)",
        "d.assign(age=np.nan)",
        "d.assign(age=d['age'].fillna(0))",
        "d.assign(children=d['children'].astype('float64'))",
        "d.assign(group=d['group'].cat.rename_categories({'w': 'x'}))",
        "d.assign(group=d['group'].astype('str'))",
        "d.assign(seen=d['seen'].dt.tz_localize(None))",
        "d.assign(born=d['born'] + pd.Timedelta('1h'))",
        "d.assign(took=d['took'] * 2)",
        "d.assign(name=d['name'].fillna('NA'))",
        "pd.concat([d, d.iloc[:1]])",
        "d.assign(age=d['age'].abs())",
    ],
)
def test_a_fault_of_python_is_found(both: Both, python: str) -> None:
    assert not both(python).ok


def test_types_and_missing_numbers_may_be_let_go(both: Both) -> None:
    changed = "d.assign(children=d['children'].astype('float64'), name=d['name'].astype('category'))"
    python = f"{changed}[['id', 'children', 'name']]"
    r = "d[c('id', 'children', 'name')]"
    assert wrong(both(python, r, join=ID)) == {"out.children": "type", "out.name": "type"}
    loose = {**ID, "types": False}
    assert wrong(both(python, r, join=loose)) == {"out.children": "class"}
    assert both(python, r, join={**loose, "nan_is_na": True}).ok
    other = "{ d$children[3] <- 3L; d[c('id', 'children', 'name')] }"
    assert wrong(both(python, other, join={**loose, "nan_is_na": True})) == {"out.children": "value"}
    gone = "{ d$children[3] <- NA; d[c('id', 'children', 'name')] }"
    assert wrong(both(python, gone, join={**loose, "nan_is_na": True})) == {"out.children": "class"}


def test_a_key_of_several_columns(both: Both) -> None:
    frame = {
        "frame": {
            "g": {"factor": ["a", "a", "b", None]},
            "n": [1.0, "NA", 1.0, "NaN"],
            "x": [1.5, 2.5, 3.5, 4.5],
        },
        "key": ["g", "n"],
    }
    key = {"key": ["g", "n"]}
    assert both(r="d[4:1, ]", frame=frame, join=key).ok
    case = both(r="{ d$x[3] <- 0; d[4:1, ] }", frame=frame, join=key)
    assert wrong(case) == {"out.x": "value"}
    assert next(f.where for f in case.findings if not f.ok) == "out[g='b', n=1].x"
    assert wrong(both(r="{ d$n[4] <- NA; d }", frame=frame, join=key)) == {"out": "rows"}  # NaN is no NA in a key


def test_rows_by_their_names(both: Both) -> None:
    python = "d[['age']].set_axis(list('abcd'))"
    r = "data.frame(age = d$age, row.names = letters[1:4])"
    turned = f"{r}[c(2, 1, 3, 4), , drop = FALSE]"
    assert both(python, r).ok
    assert wrong(both(python, turned)) == {"out": "names", "out.age": "class"}
    assert "the same names in another order: the key 'row.names' joins them" in said(both(python, turned), "out")
    assert both(python, turned, join={"key": ["row.names"]}).ok
    case = both(python, f"{{ x <- {turned}; x['d', 1] <- 1; x }}", join={"key": ["row.names"]})
    assert next(f.where for f in case.findings if not f.ok) == "out[row.names='d'].age"


def test_a_named_index_is_a_column_as_R_has_it(both: Both) -> None:
    python = "d.groupby('group', observed=True)[['children']].sum()"
    r = "aggregate(children ~ group, d, sum)"
    assert both(python, r, join={"key": ["group"]}).ok
    assert wrong(both(python, r.replace("sum", "max"), join={"key": ["group"]})) == {}
    more = "aggregate(children ~ group, d, function(x) sum(x) + 1L)"
    assert wrong(both(python, more, join={"key": ["group"]})) == {"out.children": "value"}


def test_a_dict_of_columns_meets_a_data_frame(both: Both) -> None:
    python = "{'id': d['id'].to_numpy(), 'age': d['age'].to_numpy()}"
    assert both(python, "d[c(3, 1, 2, 4), c('id', 'age')]", join=ID).ok
    assert wrong(both(python, "{ d$age[1] <- 1; d[c('id', 'age')] }", join=ID)) == {"out.age": "value"}
    assert not both("[1.0, 2.0]", "d").ok
    assert wrong(both("d['age'].to_numpy()", "d")) == {"out": "type"}


def test_what_is_nothing_throughout_shows_nothing(both: Both) -> None:
    none = {"frame": {"id": [1.0, 2.0], "x": ["NA", "NA"], "y": [1.0, 2.0]}, "key": ["id"]}
    assert wrong(both(frame=none, join=ID)) == {"out.x": "vacuous"}
    constant = {"frame": {"id": [1.0, 2.0], "x": [3.0, 3.0]}, "key": ["id"]}
    assert wrong(both(frame=constant, join=ID)) == {"out": "vacuous"}
    beside = {"frame": {"id": [1.0, 2.0], "x": [3.0, 3.0], "y": [1.0, 2.0]}, "key": ["id"]}
    assert both(frame=beside, join=ID).ok


def test_a_tolerance_that_takes_a_column_for_one_value_shows_nothing(both: Both) -> None:
    small = {"frame": {"id": [1.0, 2.0, 3.0], "x": [1e-9, 2e-9, 3e-9], "y": [1.0, 2.0, 5.0]}}
    assert both(frame=small, join=ID).ok
    loose = {"tolerance": {"rtol": 0, "atol": 1e-8}}
    assert wrong(both(frame=small, join=ID, case=loose)) == {"out.x": "vacuous"}
    assert both(frame=small, join=ID, case={"tolerance": {"rtol": 0, "atol": 1.4}}).findings
    keys_alone = both(frame=small, join=ID, case={"tolerance": {"rtol": 0, "atol": 1.5}})
    assert wrong(keys_alone) == {"out.x": "vacuous"}


def test_numbers_that_are_written_down_may_be_whole(both: Both) -> None:
    truth = {"frame": {"id": [1, 2, 3, 7], "children": [None, 2, 0, 1]}, "key": ["id"]}
    columns = "c('id', 'children')"
    assert both("d[['id', 'children']]", f"d[{columns}]", expect={"out": truth}).ok
    off = {"frame": {"id": [1, 2, 3, 7], "children": [None, 2, 0, 2]}, "key": ["id"]}
    assert wrong(both("d[['id', 'children']]", f"d[{columns}]", expect={"out": off})) == {"out.children": "value"}


def test_nan_in_a_key_may_be_na(both: Both) -> None:
    frame = {"frame": {"k": [1.0, "NaN"], "x": [1.5, 2.5]}}
    r = "{ d$k[2] <- NA; d[2:1, ] }"
    assert wrong(both(r=r, frame=frame, join={"key": ["k"]})) == {"out": "rows"}
    assert both(r=r, frame=frame, join={"key": ["k"], "nan_is_na": True}).ok


def test_a_frame_has_no_derivative(write: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("import pandas as pd\ndef f(x):\n    return pd.DataFrame({'y': 2 * x})\n")
    (tmp_path / "mine.R").write_text("f <- function(x) data.frame(y = 2 * x)\n")

    def change(document: dict[str, Any]) -> None:
        derivatives = {"call": "call", "of": "out", "gradient": "call", "along": None, "pairs": {"x": "out"}}
        document.update(python="mine:f", r="f", r_source=["mine.R"], derivatives=derivatives)
        calls = [{"do": "call", "with": {"x": [1.0, 2.5]}, "returns": "out"}]
        document["cases"] = [{"id": "one", "make": {}, "calls": calls}]

    (case,) = verify(read_fixture(write(change))).cases
    codes = {finding.code for finding in case.findings if not finding.ok}
    assert codes
    assert "internal" not in codes


@pytest.mark.parametrize(("by", "ok"), [("1", True), ("1.5", False)])
def test_a_frame_along_a_trajectory(write: Any, tmp_path: Path, by: str, ok: bool) -> None:
    (tmp_path / "mine.py").write_text(
        "import pandas as pd\nclass T:\n    def __init__(self, a): self.a = a\n    def run(self, steps):\n"
        "        self.a = self.a + steps\n        return pd.DataFrame({'a': self.a, 'g': ['u', 'v']})\n"
    )
    (tmp_path / "mine.R").write_text(
        f"T.run <- function(steps, a, last = a) {{\n  last <- last + steps * {by}\n"
        "  list(out = data.frame(a = last, g = c('u', 'v')), last = last)\n}\n"
    )

    def change(document: dict[str, Any]) -> None:
        del document["derivatives"]
        document.update(python="mine:T", r="T", r_source=["mine.R"])
        run = {"do": "run", "returns": "out", "state": ["last"], "trajectory": {"steps": 4, "every": 2}}
        document["cases"] = [{"id": "one", "make": {"a": [1, 2.5]}, "calls": [run]}]

    (case,) = verify(read_fixture(write(change))).cases
    assert case.ok is ok
    if not ok:
        assert wrong(case)["out"] == "value"
        assert said(case, "out").startswith("a: in row ")


def test_a_frame_is_expected(both: Both) -> None:
    short = {"frame": {name: PEOPLE["frame"][name] for name in ("id", "group", "born")}, "key": ["id"]}
    names = "['id', 'group', 'born']"
    good = both(f"d[{names}]", "d[c('id', 'group', 'born')]", expect={"out": short})
    assert good.ok
    assert {f.pair for f in good.findings if f.value == "out.born"} == {"python-r", "python-expected", "r-expected"}
    case = both(f"d[{names}]", "{ d$born[1] <- NA; d[4:1, c('id', 'group', 'born')] }", expect={"out": short})
    assert {(f.pair, f.value, f.code) for f in case.findings if not f.ok} == {
        ("python-r", "out.born", "class"),
        ("r-expected", "out.born", "class"),
    }
    assert next(value.blame for value in case.values if not value.ok) == "r"


def test_a_column_is_expected_by_its_path(both: Both) -> None:
    assert both(expect={"out.age": [31.5, "NaN", "NA", -0.0]}).ok
    case = both(expect={"out.age": [31.5, "NaN", "NA", 1.0]})
    assert {(f.pair, f.value) for f in case.findings if not f.ok} >= {("r-expected", "out.age")}


def test_a_frame_that_is_changed_in_place_is_found(both: Both) -> None:
    case = both("    d.loc[0, 'age'] = 31.5 + 1\n    return d.assign(age=[31.5, np.nan, 0, -0.0])[['id']]", "d['id']")
    assert {finding.code for finding in case.findings if not finding.ok} == {"argument changed"}
    assert both("    d = d.copy()\n    d['more'] = 1\n    return d[['id']]", "d['id']").ok


def test_another_frame_the_second_time_is_not_repeatable(both: Both) -> None:
    r = "{ d$id[1] <- as.integer(Sys.getpid() + (n <<- n + 1L)); d }"
    case = both(r=f"if (!exists('n')) n <<- 0L\n{r}")
    assert "R gave another answer the second time: out of call has another column id" in {
        finding.message for finding in case.findings if finding.code == "not repeatable"
    }


def test_a_difference_is_declared_as_any_other(both: Both) -> None:
    differs = {
        "id": "rows",
        "reason": "R drops a row",
        "what": [{"pairs": ["python-r"], "names": ["out"], "kind": "rows"}],
    }
    assert both(r="d[-1, ]", case={"differs": differs}, join=ID).ok
    assert not both(r="d", case={"differs": differs}, join=ID).ok
    assert not both(r="{ d$age[4] <- 1; d[-1, ] }", case={"differs": differs}, join=ID).ok


def test_in_processes_of_their_own(both: Both) -> None:
    options = Options(isolated=WorkerOptions())
    assert both(options=options).ok
    assert wrong(both(r="{ levels(d$group)[3] <- 'x'; d[-1, ] }", options=options, join=ID)) == {
        "out": "rows",
        "out.group": "levels",
    }


# -- reports -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def reported(tmp_path: Path) -> Callable[[CaseResult], tuple[str, str]]:
    def report(case: CaseResult) -> tuple[str, str]:
        result = FixtureResult(tmp_path / "people.json", "people", {}, (case,))
        return "\n".join(failures(result, case)), as_json(Report((result,)))

    return report


def test_the_report_names_row_and_column(both: Both, reported: Callable[[CaseResult], tuple[str, str]]) -> None:
    text, document = reported(both(r="{ d$name[1] <- 'ada'; d[4:1, ] }", join=ID))
    assert "people / one / call / out\\[id=3].name" in text
    assert "python  'Ada'      r  'ada'" in text
    assert '"where": "out[id=3].name"' in document
    text, _ = reported(both(r="{ d$name[1] <- 'ada'; d }"))
    assert "people / one / call / out.name[0]  (R: out$name[1])" in text
    text, _ = reported(both(r="{ d$took <- NULL; d }"))
    assert "r is wrong" in text
    assert "r gave no out.took" in text


def test_exact_mode_counts_the_bits_of_columns(both: Both) -> None:
    case: Any = both(r="{ d$age[1] <- 31.5 * (1 + 2^-52); d }", options=Options(exact=True))
    bits = {value.name: value.bits for value in case.values}
    assert bits["out.age"] == 1
    assert bits["out.id"] == 0
    assert bits["out"] is None
