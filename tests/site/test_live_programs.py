"""What a page runs in the browser, run here: how values are brought together, and that nothing agrees by default."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity.reports.pages.files import PagesError
from parity.reports.site.live import assets, run

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(run.__file__).with_name("run.R")


def typed(lines: str, before: str = "", sources: dict[str, str] | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run.run(lines, before, sources or {}, []))
    return answer


def doubles(*values: float, path: str = "", extents: Sequence[int] = ()) -> dict[str, Any]:
    return {
        "path": path,
        "kind": "double",
        "extents": [*(extents or [len(values)])],
        "bytes": np.array(values, "<f8").tobytes(),
    }


def judged(*sent: dict[str, Any], stopped: bool = False, rtol: float = 1e-12, atol: float = 1e-15) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run.judge(sent, stopped, rtol, atol, "en"))
    return told


def test_what_a_console_would_show_is_shown_and_nothing_else() -> None:
    assert typed("x = 3\nx + 1\nNone\nprint('said')\n'a'") == {"said": "4\nsaid\n'a'", "error": ""}
    assert typed("y", before="y = 2\nprint('unseen')\n5")["said"] == "2"
    answer = typed("1 + 1\nx = (")
    assert "SyntaxError: '(' was never closed" in answer["error"]


def test_each_run_is_a_new_console() -> None:
    typed("z = 1")
    assert "NameError" in typed("z")["error"]


def test_values_agree_by_their_places_and_a_matrix_by_columns() -> None:
    typed("import numpy as np\nnp.array([[1, 2, 3], [4, 5, 6]])")
    assert judged(doubles(1, 4, 2, 5, 3, 6, extents=(2, 3)))["agree"]
    assert not judged(doubles(1, 2, 3, 4, 5, 6, extents=(2, 3)))["agree"]
    told = judged(doubles(1, 4, 2, 5, 3, 7, extents=(2, 3)))["values"][0]
    assert (told["agree"], told["where"], told["there"]) == (False, ["[1, 2]", "[2, 3]"], ["6.0", "7.0"])


def test_a_side_that_stopped_agrees_with_nothing() -> None:
    typed("2.5")
    assert judged(doubles(2.5))["agree"]
    assert judged(doubles(2.5), stopped=True) == {"agree": False, "stopped": ["R"], "counts": [1, 1], "values": []}
    typed("2.5\n1 / 0")
    assert judged(doubles(2.5)) == {"agree": False, "stopped": ["Python"], "counts": [1, 1], "values": []}
    # What an earlier run showed is gone.
    typed("x = 1")
    assert judged(doubles(2.5)) == {"agree": False, "stopped": [], "counts": [0, 1], "values": []}


def test_where_one_side_shows_more_nothing_is_compared() -> None:
    typed("1.5\n2.5")
    assert judged(doubles(2.5)) == {"agree": False, "stopped": [], "counts": [2, 1], "values": []}
    typed("{}\n2.5")
    assert judged(doubles(2.5))["counts"] == [2, 1]


def test_a_value_is_what_it_was_when_it_was_shown() -> None:
    typed("import numpy as np\nx = np.array([1.5, 2.5])\nx\nx[0] = 9.5")
    assert judged(doubles(1.5, 2.5))["agree"]
    assert not judged(doubles(9.5, 2.5))["agree"]


def test_equal_values_under_other_names_do_not_agree() -> None:
    typed("{'a': 1.5, 'b': 2.5}")
    assert judged(doubles(1.5, path="a"), doubles(2.5, path="b"))["agree"]
    told = judged(doubles(1.5, path="a"), doubles(2.5, path="c"))
    assert [one.get("called") for one in told["values"]] == [None, ["b", "c"]]
    assert not told["agree"]
    # The same names in another order are the same values, if they are.
    assert judged(doubles(2.5, path="b"), doubles(1.5, path="a"))["agree"]
    assert not judged(doubles(1.5, path="b"), doubles(2.5, path="a"))["agree"]
    assert not judged(doubles(1.5, path="a"), doubles(2.5, path="a"))["agree"]
    # A tuple has places, not names.
    typed("(1.5, 2.5)")
    assert judged(doubles(1.5, path="dx"), doubles(2.5, path="dW"))["agree"]


def test_of_a_list_of_r_only_what_the_subject_is_compared_by_counts() -> None:
    typed("2.5\n{'dx': 1.5}")
    state = [{**doubles(2.5, path="out"), "of": 1}, {**doubles(7, path="rng$key"), "of": 1}]
    sent = [*state, {**doubles(1.5, path="dx"), "of": 2}]

    def judged_by(*names: str, values: Sequence[dict[str, Any]] = sent) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(run.judge(values, False, 1e-12, 1e-15, "en", names))
        return told

    assert judged_by()["counts"] == [2, 3]
    assert judged_by("out", "dx")["agree"]
    # A list that has none of the names is compared whole, and a result under another name is not left out.
    assert judged_by("dx")["counts"] == [2, 3]
    assert judged_by("out")["agree"]
    assert judged_by("out", "dx", values=[*state, {**doubles(1.5, path="dW"), "of": 2}])["values"][1]["called"]
    assert judged_by("out", "dx", values=state)["counts"] == [2, 1]
    assert not judged_by("out", values=[{**doubles(2.6, path="out"), "of": 1}, *sent[2:]])["agree"]


def test_a_zero_beside_values_that_agree_shows_nothing_by_itself() -> None:
    typed("0\n2.5")
    told = judged(doubles(0), doubles(2.5))
    assert [one["agree"] for one in told["values"]] == [False, True]
    assert told["values"][0]["hollow"]
    assert told["agree"]
    assert not judged(doubles(0), doubles(2.6))["agree"]


def test_what_fails_before_is_no_end() -> None:
    answer = typed("x + 1.5", before="x = 1\n1 / 0\nx = 2")
    assert answer == {"said": "3.5", "error": ""}


def test_na_is_no_nan_and_minus_zero_no_zero() -> None:
    typed("import numpy as np\nnp.array([1.0, np.nan])")
    na = struct.unpack("<d", struct.pack("<Q", 0x7FF00000000007A2))[0]
    sent = doubles(1.0, 0.0)
    assert judged({**sent, "bytes": struct.pack("<d", 1.0) + struct.pack("<Q", 0x7FF8000000000000)})["agree"]
    assert not judged({**sent, "bytes": struct.pack("<d", 1.0) + struct.pack("<d", na)})["agree"]
    typed("np = __import__('numpy')\nnp.array([1.0, -0.0])")
    assert not judged(doubles(1.0, 0.0))["agree"]


def test_agreement_that_shows_nothing_is_none() -> None:
    typed("import numpy as np\nnp.zeros(3)")
    told = judged(doubles(0, 0, 0))
    assert not told["agree"]
    assert told["values"][0]["hollow"]


def test_what_cannot_be_compared_is_said_and_does_not_agree() -> None:
    typed("object()")
    assert judged(doubles(1))["values"][0]["odd"] == ["Python", "object"]
    typed("2.5")
    odd = {"path": "f", "kind": "other", "class": "factor"}
    assert judged(odd)["values"][0] == {"agree": False, "name": "f", "odd": ["R", "factor"]}
    assert not judged({"path": "", "kind": "NULL"})["agree"]
    assert not judged({"path": "", "kind": "character", "extents": [1], "texts": ["2.5"]})["agree"]


def test_a_dict_and_a_tuple_are_as_many_values_as_they_have() -> None:
    shown = [*run.leaves({"a": 1.5, "b": (2, [3, 4.5]), "c": ["x", 1], "d": None})]
    assert [leaf.path for leaf in shown] == ["a", "b[0]", "b[1]", "c[0]", "c[1]", "d"]
    assert shown[2].value.tolist() == [3, 4.5]
    assert shown[5].value is None


def test_changed_code_takes_the_place_of_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "her_port.py").write_text("def double(x):\n    return 2 * x\n")
    monkeypatch.syspath_prepend(tmp_path)
    lines = "from her_port import double\ndouble(3)"
    changed = {"her_port": "def double(x):\n    return 3 * x\n"}
    assert json.loads(run.run(lines, "", changed, ["her_port"]))["said"] == "9"
    assert json.loads(run.run(lines, "", {}, ["her_port"]))["said"] == "6"


R_LINES = """
source("{program}")
local({
told <- function(...) cat(deparse(list(...), width.cutoff = 500L), sep = "\\n")
go <- function(lines, before = "", texts = "", names = "-") .parity$run(lines, before, texts, names, tempdir(), 60)
leaf <- function(x) .parity$leaves(x, "")[[1]]
a <- go("x <- 1\\nx + 1\\ninvisible(5)\\nwarning('w')\\nlist(p = 1:2, q = 'a')", before = "y <- 3\\nprint(7)")
told(a$said, a$error, vapply(a$values, `[[`, "", "path"), vapply(a$values, `[[`, "", "kind"))
told(go("z <- 1; stop('s')")$error, go("z")$error, go("x = (")$error != "")
told(leaf(c(1L, NA))$kind, leaf(c(TRUE, NA))$kind, leaf(c("a", NA))$kind, leaf(factor("a"))$kind, leaf(Sys.Date())$kind)
told(leaf(sum)$kind, leaf(NULL)$kind, leaf(matrix(1:6, 2))$extents, leaf(TRUE)$bytes, leaf(NA_real_)$bytes)
# A reader's own names are in nobody's way, and gone with the next run.
told(go("c", before = "c <- 37; list <- 1; .x <- 5; leaves <- 2")$said, go("exists('.x')")$said)
told(go("1", texts = "f <- 1", names = "file")$error, go("x", before = "x <- 2\\nstop('s')")$said, leaf(list())$class)
folder <- file.path(tempdir(), "mine", "R")
dir.create(folder, recursive = TRUE)
writeLines(c("f <- function() g()", "g <- function() 1"), file.path(folder, "a.R"))
.parity$package("mine", dirname(folder))
changed <- function(text) go("f()", texts = text, names = "mine")
told(changed("g <- function() 2; h <- 5")$said, changed("g <- function() 3; stop('half')")$error, go("f()")$said)
told(exists("h"), go("mine::f()")$said)
file <- file.path(tempdir(), "port.R")
writeLines(c("f <- function() g()", "g <- function() 1"), file)
lines <- sprintf("source('%s')\\nf()", file)
told(go(lines)$said, go(lines, texts = "g <- function() 2", names = "file")$said, go(lines)$said)
})
"""


def test_r_runs_lines_and_sends_values() -> None:
    script = R_LINES.replace("{program}", str(PROGRAM)).replace("\\\\", "\\")
    done = subprocess.run(["Rscript", "--vanilla", "-"], input=script, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        'list("[1] 2\\nWarning: w\\n$p\\n[1] 1 2\\n\\n$q\\n[1] \\"a\\"\\n", "", c("", "p", "q"), '
        'c("double", "integer", "character"))',
        'list("Error: s", "Error: object \'z\' not found", TRUE)',
        'list("double", "other", "other", "other", "other")',
        'list("other", "NULL", c(2, 3), as.raw(c(0x01, 0x00, 0x00, 0x00)), as.raw(c(0xa2, 0x07, 0x00, 0x00, 0x00, '
        "0x00, 0xf0, 0x7f)))",
        'list("[1] 37", "[1] FALSE")',
        'list("Error: the changed code of file was never read", "[1] 2", "empty list")',
        'list("[1] 2", "Error: half", "[1] 1")',
        'list(FALSE, "[1] 1")',
        'list("[1] 1", "[1] 2", "[1] 1")',
    ]


def test_every_subject_agrees_as_its_page_shows_it_but_for_what_is_meant_to_differ() -> None:
    command = [sys.executable, "-m", "tests.site.as_they_stand"]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    verdicts = json.loads(done.stdout)
    assert len(verdicts) > 130
    assert {name for name, wrong in verdicts.items() if wrong} == {"datasets/iris", "idioms/traps"}, verdicts


# --------------------------------------------------------------------------------------------------- fetching


@pytest.fixture
def npm(tmp_path: Path) -> Any:
    """In place of npm and node: packages with the files that matter, and a loader that fetches nothing."""
    lock = {"packages": {
        name: {"file_name": f"{name}.whl", "sha256": assets.hashlib.sha256(name.encode()).hexdigest(), "depends": needs}
        for name, needs in (("numpy", []), ("pandas", ["numpy", "pytz"]), ("pytz", []), ("scipy", ["numpy"]))
    }}  # fmt: skip
    files = {
        "webr": dict.fromkeys(("webr.js", "webr-worker.js", "R.js", "R.wasm", "webr.mjs", "repl/a.js", "vfs/b"), "x"),
        "pyodide": {**dict.fromkeys(("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"), "x"),
                    "console.html": "x", "pyodide-lock.json": json.dumps(lock)},
    }  # fmt: skip
    asked: list[Sequence[str]] = []

    def npm(command: Sequence[str], folder: Path) -> str:
        asked.append(command)
        if command[0] == "node":
            return ""
        name = command[-1].partition("@")[0]
        inside = folder / "made" / name
        for file, text in files[name].items():
            place = inside / ("dist" if name == "webr" else "") / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        with tarfile.open(folder / f"{name}.tgz", "w:gz") as archive:
            archive.add(inside, "package")
        return f"{name}.tgz\n"

    npm.asked = asked  # type: ignore[attr-defined]
    return npm


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in ("numpy", "pandas", "pytz"):
        (folder / f"{name}.whl").write_text(name)
    return folder


def test_a_folder_is_filled_with_what_a_page_needs(tmp_path: Path, npm: Any, wheels: Path) -> None:
    place = assets.fetch(tmp_path / "out", wheels, npm)
    names = sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    assert names == sorted([
        "versions.txt",
        *(f"pyodide/{name}" for name in ("numpy.whl", "pandas.whl", "pytz.whl", "pyodide.js", "pyodide.asm.js",
                                         "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")),
        *(f"webr/{name}" for name in ("webr.js", "webr-worker.js", "R.js", "R.wasm", "vfs/b")),
    ])  # fmt: skip
    assert assets.checked(place) == place
    assert [command[0] for command in npm.asked] == ["npm", "npm"]  # nothing else was fetched
    (place / "versions.txt").write_text("webr@0.5.0\n")
    with pytest.raises(PagesError, match="has not webr@"):
        assets.checked(place)
    assets.fetch(tmp_path / "anew", wheels, npm)
    place = tmp_path / "anew"
    (place / "pyodide" / "pytz.whl").unlink()
    with pytest.raises(PagesError, match=r"has no pyodide/pytz\.whl"):
        assets.checked(place)


def test_a_file_with_another_sum_is_refused(tmp_path: Path, npm: Any, wheels: Path) -> None:
    (wheels / "numpy.whl").write_text("something else")
    with pytest.raises(PagesError, match="its SHA-256 is another"):
        assets.fetch(tmp_path / "out", wheels, npm)
    assert not (tmp_path / "out").exists()


def test_what_pyodide_cannot_fetch_is_named(tmp_path: Path, npm: Any) -> None:
    with pytest.raises(PagesError, match=r"there is no numpy\.whl; expected Pyodide to fetch it; --wheels"):
        assets.fetch(tmp_path / "out", None, npm)
    assert npm.asked[-1][-2:] == ["numpy", "pandas"]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, npm: Any) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(PagesError, match="has something in it"):
        assets.fetch(tmp_path, None, npm)
    with pytest.raises(PagesError, match="expected a folder that `parity live` has filled"):
        assets.checked(tmp_path)


def test_what_npm_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "npm"
    program.write_text(
        "#!/bin/sh\necho notice >&2\necho 'npm error code E404' >&2\necho 'npm error not there' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(PagesError, match=r"npm pack webr@.* failed: npm error code E404; npm error not there"):
        assets.fetch(tmp_path / "out")


def test_without_npm_it_is_said_where_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(PagesError, match=r"npm is not there; it comes with Node.js, or with pip install"):
        assets.fetch(tmp_path / "out")
