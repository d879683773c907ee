"""Memory, garbage collection, start-up, interrupts: each in a process of its own where it must be."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from parity import bridge
from parity.bridge import starting

ROOT = Path(bridge.__file__).parents[1]


def python(code: str, timeout: float = 60, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        # R_HOME is set here by the R that runs in this process.
        env={
            **{k: v for k, v in os.environ.items() if k != "R_HOME"},
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
            **environment,
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
    )


def output(code: str, timeout: float = 60, **environment: str) -> str:
    done = python(code, timeout, **environment)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


# -- memory ------------------------------------------------------------------------------------------------------------


def test_results_outlive_rs_collector_and_later_calls() -> None:
    f = bridge.function("function(n) as.numeric(seq_len(n))")
    kept = {n: f(n) for n in (3, 1000, 50_000)}
    handle = bridge.evaluate("list(a = as.numeric(1:1000))")
    for _ in range(3):
        bridge.evaluate("invisible(gc()); x <- lapply(1:50, function(i) numeric(10000) - 1); rm(x)")
    for n, array in kept.items():
        assert array.tolist() == list(range(1, n + 1))
    assert bridge.function("function(l) sum(l$a)")(handle)[0] == 500_500


def test_r_can_not_change_a_result() -> None:
    envir = bridge.evaluate("new.env()")
    bridge.evaluate("state <- as.numeric(1:5000); get.it <- function() state; set <- function() state[1] <<- -1", envir)
    got = bridge.function(bridge.evaluate("get.it", envir))()
    bridge.function(bridge.evaluate("set", envir))()
    assert got[0] == 1
    assert bridge.to_python(bridge.evaluate("state[1]", envir))[0] == -1


@pytest.mark.parametrize("size", [3, 5000])
def test_results_are_read_only(size: int) -> None:
    got = bridge.function("function(x) x * 2")(np.ones(size))
    with pytest.raises(ValueError, match="read-only"):
        got[0] = 1


def test_slots_are_given_back() -> None:
    r = bridge._ready()
    f = bridge.function("function(x) list(x, x + 1)")
    f(np.zeros(1000))
    gc.collect()
    before = r.slots.in_use
    for _ in range(5000):
        f(np.zeros(1000))
        bridge.evaluate("1")
    held = [f(np.zeros(1000)) for _ in range(100)]
    assert r.slots.in_use >= before + 100
    del held
    gc.collect()
    assert r.slots.in_use <= before + 2


@pytest.mark.slow
def test_many_calls_do_not_grow_the_process() -> None:
    grown = output("""
        import numpy as np
        from parity import bridge
        def rss():
            return int(open('/proc/self/statm').read().split()[1]) * 4
        f = bridge.function("function(x, names, l) list(x = x, names = names, l = l)")
        bad = bridge.function("function(x) stop(x)")
        x, names = np.zeros((10, 20)), np.array(['a', '가'])
        def work(n):
            for i in range(n):
                f(x, names=names, l={'a': [1.0, 'b', None], 'd': np.zeros((2, i % 50))})
                try: bad('x')
                except bridge.RError: pass
                if i % 100 == 0: bridge.evaluate('warning(1); gc()'); bridge.take_messages()
        work(1500)
        before = rss()
        work(3000)
        print(rss() - before)
        """)
    assert int(grown) < 1500, "kB over 3,000 rounds: a leak of one vector a round would be ten times this"


# Each collection goes through all that R holds: its usual packages and its compiler take ten times as long as our own.
SMALL_HEAP = {"R_DEFAULT_PACKAGES": "utils", "R_ENABLE_JIT": "0"}


@pytest.mark.slow
def test_everything_survives_gctorture() -> None:
    """R collects at every allocation: whatever is not rooted is gone, and is overwritten at once."""
    got = output(
        """
        import numpy as np
        from parity import bridge
        f = bridge.function("function(x, ...) x")
        named = bridge.function("function(a, b) list(a = a, b = b)", name="named")
        results = bridge.evaluate("list(c(1L, NA), 1:600, quote(a), raw(9), c('한', NA), list(가 = matrix(1:6, 2)))")
        torture = bridge.function("gctorture")
        late = np.arange(24.0).reshape(2, 3, 4)
        torture(True)
        for rounds in range(5):
            x = late[:, ::-1] + rounds
            assert np.array_equal(f(x), x)
            assert np.array_equal(f(x.astype(int)), x)
            assert np.array_equal(f(x > 3, x, np.zeros((rounds, 5))), x > 3)
            strings = np.array([["p", "한"], ["q", "r"]])
            sent = {"가": [1, None, "b", {"c": strings}], "z": True}
            got = named(b=np.full((rounds + 1, 2), 7.0), a=sent)
            assert np.array_equal(got["b"], np.full((rounds + 1, 2), 7.0)), got
            assert got["a"]["가"][3]["c"].tolist() == strings.tolist()
            assert got["a"]["가"][2].tolist() == ["b"] and got["a"]["z"].tolist() == [True]
            kept = named.keep(np.ones(700) * rounds, "s")
            assert named(kept, kept)["b"]["a"].sum() == 700 * rounds
            assert bridge.to_python(kept.element("b")).tolist() == ["s"]
            na, sequence, symbol, raw, texts, nested = bridge.to_python(results)
            assert np.isnan(na[1]) and sequence.sum() == 180300 and raw.tolist() == [0] * 9
            assert texts.tolist() == ["한", None] and nested["가"].tolist() == [[1, 3, 5], [2, 4, 6]]
            assert isinstance(f(symbol), bridge.RValue)
        torture(False)
        print("survived")
        """,
        timeout=120,
        **SMALL_HEAP,
    )
    assert got == "survived\n"


@pytest.mark.slow
def test_labels_and_conditions_survive_gctorture() -> None:
    got = output(
        """
        import numpy as np
        from parity import bridge
        labelled = bridge.evaluate(
            "list(n = c(a = 1, 가 = NA), m = matrix(1:4, 2, dimnames = list(r = c('a', 'b'), NULL)),"
            " t = table(c(1, 1)), f = factor(c('u', NA)), o = factor(c('u', 'v'), ordered = TRUE),"
            " d = as.Date(c('2024-02-29', NA)), s = as.POSIXct('2024-07-01', tz = 'Asia/Seoul'),"
            " h = as.difftime(c(a = 1.5), units = 'hours'), g = structure(rep_len(1:3, 200),"
            " levels = c('x', 'y', 'z'), class = 'factor'))"
        )
        same = bridge.function("identical", name="same")
        made = bridge.function(
            "function(x) list(n = c(a = x), f = structure(1:2, levels = c(x, 'v'), class = 'factor'))"
        )
        fails = bridge.function("function(x) { warning('w', x); stop(x) }")
        envir = bridge.evaluate("e <- new.env(); e$a <- c(b = 1); e")
        torture = bridge.function("gctorture")
        torture(True)
        for rounds in range(2):
            got = bridge.to_python(labelled, labels=True)
            assert got["n"].names == (("a", "가"),) and got["m"].axes == ("r", "")
            assert got["g"].codes[198:].tolist() == [0, 1]
            assert same(labelled, got)[0]
            kept, values = made.keep_and_read(("f", "n"), "가" + str(rounds))
            assert values["f"].levels == ("가" + str(rounds), "v") and values["n"].names == (("a",),)
            assert bridge.read(envir, ("a",), labels=True)["a"].names == (("b",),)
            try: fails("가" + str(rounds))
            except bridge.RError as error: assert error.message == "가" + str(rounds) and "simpleError" in error.classes
            conditions, _ = bridge.take_conditions()
            assert conditions == (bridge.Condition(("simpleWarning", "warning", "condition"), "w가" + str(rounds)),)
        torture(False)
        print("survived")
        """,
        timeout=120,
        **SMALL_HEAP,
    )
    assert got == "survived\n"


# -- start-up ----------------------------------------------------------------------------------------------------------


def test_importing_starts_nothing() -> None:
    assert output("import sys, parity.bridge; print('rpy2' in sys.modules)") == "False\n"


def test_start_twice_is_once() -> None:
    running = bridge._ready()
    bridge.start()
    assert bridge._ready() is running


def test_the_users_startup_files_and_locale_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / ".Rprofile").write_text("cat('PROFILE'); message('PROFILE'); from.profile <- 1; options(digits = 3)\n")
    (tmp_path / ".Renviron").write_text("FROM_RENVIRON=1\n")
    code = f"""
        import os
        os.chdir({str(tmp_path)!r})
        names = ["HOME", "LANG", "LC_ALL", "LC_CTYPE", "R_PROFILE", "R_PROFILE_USER", "R_ENVIRON", "R_ENVIRON_USER"]
        before = [os.environ.get(name) for name in names]
        from parity import bridge
        bridge.evaluate("cat('가', sort(c('b', 'A', 'a')), exists('from.profile'), Sys.getenv('FROM_RENVIRON'), pi)")
        print(bridge.take_messages()[1])
        print(before == [os.environ.get(name) for name in names])
        """
    for settings in ({}, {"LC_ALL": "C"}, {"LC_ALL": "xx_YY.UTF-8"}, {"LANG": "ko_KR.UTF-8", "LANGUAGE": "ko"}):
        got = output(code, HOME=str(tmp_path), **settings)
        assert got == "가 a A b FALSE  3.141593\nTrue\n"


@pytest.mark.parametrize("answers", [True, False])
def test_r_in_python_has_the_environment_of_any_r(answers: bool) -> None:
    """No other R is started for it; where the script `R` does not answer, rpy2 starts its own."""
    names = "R_HOME R_SHARE_DIR R_INCLUDE_DIR R_DOC_DIR R_ARCH R_LIBS_SITE R_PLATFORM R_PAPERSIZE"
    values = f"Sys.getenv(strsplit('{names}', ' ')[[1]])"
    rscript = ["Rscript", "--vanilla", "-e", f"writeLines({values})"]
    clean = {"PATH": os.environ["PATH"]}
    theirs = subprocess.run(rscript, env=clean, capture_output=True, text=True, check=True).stdout
    ours = output(
        f"""
        import os, subprocess
        for name in [name for name in os.environ if name.startswith("R_")]:
            del os.environ[name]
        commands, run = [], subprocess.run
        def recorded(command, *more, **others):
            commands.append(command)
            return run(command, *more, **others)
        subprocess.run = recorded
        from parity import bridge
        from parity.bridge import starting
        if not {answers}:
            starting._front_end = lambda home: {{}}
        bridge.start()
        assert any("-e" in command for command in commands) is not {answers}, commands
        print(*bridge.to_python(bridge.evaluate({values!r})), sep="\\n")
        """
    )
    assert theirs.splitlines()[0] == bridge.versions()["home"]
    assert ours == theirs


def test_a_home_without_the_script_says_nothing(tmp_path: Path) -> None:
    assert starting._front_end(tmp_path) == {}


def test_no_rpy2_is_said_with_the_remedy() -> None:
    got = output("""
        import sys
        sys.modules["rpy2"] = None
        from parity import bridge
        try: bridge.start()
        except bridge.RUnavailable as error: print(error)
        """)
    assert got.startswith("rpy2 is not installed")
    assert "pip install rpy2-rinterface" in got


@pytest.mark.parametrize("environment", [{"PATH": "/nonexistent"}, {"R_HOME": "/nonexistent"}], ids=str)
def test_no_r_is_said_with_the_remedy(environment: dict[str, str]) -> None:
    got = output(
        """
        from parity import bridge
        try: bridge.function("sum")
        except bridge.RUnavailable as error: print(error)
        """,
        **environment,
    )
    assert got.startswith("R is not found: ")
    assert "apt install r-base-core" in got


def test_rpy2_built_for_another_r_is_said_with_the_remedy() -> None:
    got = output("""
        import sys, types
        import rpy2.situation
        broken = types.ModuleType("rpy2.rinterface_lib.openrlib")
        class Finder:
            def find_spec(self, name, path=None, target=None):
                if name == "rpy2.rinterface":
                    raise ImportError("libR.so: undefined symbol: R_getVar")
        sys.meta_path.insert(0, Finder())
        from parity import bridge
        try: bridge.start()
        except bridge.RUnavailable as error: print(error)
        """)
    assert got.startswith("rpy2 can't load R: ImportError: libR.so: undefined symbol: R_getVar")
    assert "3.6.5" in got


# -- Ctrl-C ------------------------------------------------------------------------------------------------------------

INTERRUPTED = """
    import os, signal, threading, time
    from parity import bridge
    calls = []
    def handler(number, frame):
        calls.append(number)
        raise KeyboardInterrupt("from our handler")
    signal.signal(signal.SIGINT, handler)
    bridge.start()
    assert signal.getsignal(signal.SIGINT) is handler
    for code in {codes!r}:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()
        try: bridge.evaluate(code)
        except KeyboardInterrupt as error: print(error, time.monotonic() - began < 3)
    print(calls == [signal.SIGINT] * len(calls), bridge.to_python(bridge.evaluate("1 + 1")).tolist())
    """


def test_ctrl_c_stops_r_and_is_not_lost() -> None:
    codes = [
        "repeat x <- 1",
        "f <- function() for (i in 1:1e9) i; f()",
        "Sys.sleep(20)",
        "repeat cat('x')",
        "tryCatch(repeat x <- 1, error = function(e) 1)",
    ]
    got = output(INTERRUPTED.format(codes=codes))
    assert got == "from our handler True\n" * len(codes) + "True [2.0]\n"


def test_ctrl_c_in_python_after_r_has_started() -> None:
    got = output("""
        import os, signal
        from parity import bridge
        bridge.start()
        try: os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt: print("raised")
        """)
    assert got == "raised\n"
