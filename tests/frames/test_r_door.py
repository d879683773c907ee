"""Data frames from a session of R that holds its functions against Python's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PYTHON = """
def same(d):
    return d

def as_double(d):
    return d.assign(n=d["n"].astype("float64"))

def dtypes(d):
    return ["text" if str(kind) in ("str", "object") else str(kind) for kind in d.dtypes]
"""

R = """
for (file in list.files("{root}/r_parity/R", pattern = "[.]R$", full.names = TRUE)) source(file)
d <- data.frame(
  id = c(3L, 1L, 2L), n = c(1L, NA, 4L), x = c(1.5, NaN, NA), s = c("a", NA, "\u00e9"), g = factor(c("u", NA, "v")),
  on = as.Date(c("2020-01-01", NA, "2021-02-03")), at = .POSIXct(c(0, NA, 3600), tz = "Asia/Seoul"),
  l = c(TRUE, NA, FALSE), took = as.difftime(c(1.5, NA, 2), units = "hours")
)
ok <- function(f, python, ..., key = "id") {{
  result <- check_parity(f, paste0("mine:", python), d = d, key = key, ...)
  cat(python, result$ok, "\n")
  if (!result$ok) print(result)
}}
ok(function(d) d[3:1, ], "same")
ok(function(d) {{ d$n[1] <- 2L; d }}, "same")
ok(function(d) {{ d$took[1] <- 1.25; d }}, "same")
ok(function(d) d, "as_double")
kinds <- c("int64", "Int64", "float64", "text", "category", "datetime64[s]", "datetime64[s, Asia/Seoul]", "boolean")
ok(function(d) as.list(c(kinds, "timedelta64[ns]")), "dtypes", key = NULL)
"""


def test_frames_of_an_R_session(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(PYTHON, "utf-8")
    (tmp_path / "session.R").write_text(R.format(root=ROOT), "utf-8")
    environment = {**os.environ, "PARITY_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        ["Rscript", "session.R"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    verdicts = [line.strip() for line in ran.stdout.splitlines() if line.rstrip().endswith(("TRUE", "FALSE"))]
    assert verdicts == ["same TRUE", "same FALSE", "same FALSE", "as_double FALSE", "dtypes TRUE"], ran
    assert "out[id=3].n" in ran.stdout
    assert "off by 900, allowed" in ran.stdout
    assert "double where r has integer" in ran.stdout or "integer where python has double" in ran.stdout
