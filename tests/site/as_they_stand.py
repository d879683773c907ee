"""The lines of every subject's case, as a page shows them, through the programs that run them in a browser: here by
this Python and an R of its own. Prints what each verdict was, as JSON by subject."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from parity import bridge
from parity.consoles.case_lines import session_case
from parity.fixture.read import read_fixture
from parity.reports.pages.directives import PageSubject
from parity.reports.pages.page_consoles import run_consoles
from parity.reports.site import live
from parity.reports.site.live import run

ROOT = Path(__file__).resolve().parents[2]


def leaf(sent: dict[str, Any]) -> dict[str, Any]:
    """As the page hands it on: a vector of one text as that text, bytes as they are."""
    texts = {key: str(sent[key][0]) for key in ("path", "kind", "class") if key in sent}
    more = {"bytes": sent["bytes"].tobytes()} if "bytes" in sent else {}
    return {**sent, **texts, "of": int(sent["of"][0]), **more}


def main() -> None:
    paths = [path for path in sorted((ROOT / "fixtures").glob("*/*.json")) if "_whole" not in path.stem]
    fixtures = [one for one in map(read_fixture, paths) if not one.on_request and session_case(one) is not None]
    consoles, _ = run_consoles(fixtures, packages={"deepscratch": ROOT / "r_impl"}, width=74)
    # Above the folder in which R is left by each run.
    bridge.evaluate_file(Path(run.__file__).with_name("run.R"))
    bridge.function(".parity$package")("deepscratch", str(ROOT / "r_impl"))
    verdicts = {}
    for fixture, of in zip(fixtures, consoles, strict=True):
        assert of.main is not None
        [(_, known)] = live._sources([PageSubject(fixture, None, fixture.name, of, "", "")])  # type: ignore[arg-type]
        folder = str(fixture.path.parent.resolve())
        python = json.loads(run.run("\n".join(of.main.python.lines), "", {}, [], folder))
        r = bridge.function(".parity$run")("\n".join(of.main.r.lines), "", "", "-", folder, 60)
        sent, stopped = [leaf(one) for one in r["values"] or []], bool(r["error"][0])
        tolerance = float(known["rtol"]), float(known["atol"])
        told = json.loads(run.judge(sent, stopped, *tolerance, "en", known["names"]))
        wrong = [str(one.get("message") or one) for one in told["values"] if not one["agree"] and not one.get("hollow")]
        errors = [said for said in (python["error"], str(r["error"][0])) if said]
        verdicts[fixture.name] = "" if told["agree"] else "; ".join([*errors, *wrong]) or str(told["counts"])
    print(json.dumps(verdicts))


if __name__ == "__main__":
    main()
