"""Calling R: arguments, handles, errors, warnings, output, and what is refused."""

from __future__ import annotations

import pickle
import threading
from typing import Any

import numpy as np
import pytest

from parity import bridge


@pytest.fixture(autouse=True)
def nothing_left_over() -> None:
    bridge.take_messages()


# -- arguments ---------------------------------------------------------------------------------------------------------


def test_positional_and_named_arguments() -> None:
    f = bridge.function("function(a, b = 10, ...) c(a = a, b = b, n = length(list(...)))")
    assert f(1.0).tolist() == [1, 10, 0]
    assert f(b=1.0, a=2.0).tolist() == [2, 1, 0]
    assert f(1.0, 2.0, 3.0, other=4.0).tolist() == [1, 2, 2]
    assert f(2.0, b=1.0).tolist() == [2, 1, 0]
    assert f(1.0).tolist() == [1, 10, 0], "an argument of an earlier call is not remembered"


def test_missing_is_missing_and_null_is_not() -> None:
    f = bridge.function("function(x) if (missing(x)) 'missing' else if (is.null(x)) 'NULL' else 'given'")
    assert [f()[0], f(None)[0], f(x=None)[0], f(x=0)[0]] == ["missing", "NULL", "NULL", "given"]


def test_formals() -> None:
    assert bridge.function("function(x, w = NULL, ..., n) 1").formals == {
        "x": False,
        "w": True,
        "...": True,
        "n": False,
    }
    assert bridge.function("function() 1").formals == {}
    assert "..." in bridge.function("sum").formals
    assert bridge.function("function(가, 나 = 1) 1").formals == {"가": False, "나": True}


def test_r_argument_names_that_are_no_python_names() -> None:
    f = bridge.function("function(`x y`, 가, na.rm) c(`x y`, 가, na.rm)")
    assert f(**{"가": 1.0, "na.rm": 2.0, "x y": 3.0}).tolist() == [3, 1, 2]


def test_whole_results_are_handed_on() -> None:
    forward = bridge.function("function(x) list(out = x, model = function(y) x + y, empty = NULL)").keep(np.arange(3.0))
    backward = bridge.function("function(forward, d) forward$model(d)")
    assert backward(forward, 1.0).tolist() == [1, 2, 3]
    out = forward.element("out")
    assert out is not None
    assert bridge.to_python(out).tolist() == [0, 1, 2]
    assert forward.element("nothing") is None
    assert forward.element("mod") is None, "names are not completed"
    empty = forward.element("empty")
    assert empty is not None
    assert bridge.to_python(empty) is None


def test_elements_of_an_environment_and_of_no_container() -> None:
    envir = bridge.evaluate("e <- new.env(); e$a <- 1; e")
    found = envir.element("a")
    assert found is not None
    assert bridge.to_python(found).tolist() == [1]
    assert envir.element("sum") is None
    assert bridge.evaluate("1").element("a") is None


def test_evaluate_in_an_environment() -> None:
    envir = bridge.evaluate("new.env()")
    bridge.evaluate("inside <- 3; inside", envir)
    assert bridge.to_python(bridge.evaluate("inside * 2", envir)).tolist() == [6]
    assert not bridge.to_python(bridge.evaluate("exists('inside')"))[0]
    assert bridge.to_python(bridge.evaluate("")) is None


def test_a_closure_keeps_the_argument_it_was_made_with() -> None:
    add = bridge.function("function(x) function(y) x + y")
    first, second = add.keep(np.array([1.0])), add.keep(np.array([10.0]))
    assert [bridge.function(f)(1.0)[0] for f in (first, second)] == [2, 11]


def test_python_arrays_are_not_changed_by_r() -> None:
    sent = np.arange(1000.0)
    got = bridge.function("function(x) { x[1] <- 99; x }")(sent)
    assert sent[0] == 0
    assert got[0] == 99


def test_a_function_can_be_an_argument() -> None:
    square = bridge.function("function(x) x^2")
    assert bridge.function("function(f, x) f(x)")(square, 3.0).tolist() == [9]
    assert bridge.function("function(l, x) l$f(x)")({"f": square}, 3.0).tolist() == [9]


def test_what_is_no_function() -> None:
    with pytest.raises(bridge.ConversionError, match="`1 \\+ 1` is no R function: it is double"):
        bridge.function("1 + 1")


# -- errors ------------------------------------------------------------------------------------------------------------


def test_an_error_has_message_call_and_traceback() -> None:
    outer = bridge.function("function(x) { inner <- function(m) stop('나쁜 값: ', m); inner(x[1, 1]) }", name="outer")
    with pytest.raises(bridge.RError) as caught:
        outer(np.eye(2))
    error = caught.value
    assert error.message == "나쁜 값: 1"
    assert error.call == "inner(x[1, 1])"
    assert error.traceback == ("outer(<double 2x2>)", "inner(x[1, 1])", 'stop("나쁜 값: ", m)')
    assert str(error) == "나쁜 값: 1 (in inner(x[1, 1]))"
    assert bridge.take_messages() == ((), ""), "nothing is printed"
    assert outer.formals == {"x": False}, "the bridge still works"


def test_errors_of_r_itself() -> None:
    with pytest.raises(bridge.RError, match="non-conformable arguments") as caught:
        bridge.function("function(a, b) a %*% b", name="mul")(np.eye(2), np.eye(3))
    assert caught.value.call == "a %*% b"
    with pytest.raises(bridge.RError, match='argument "x" is missing'):
        bridge.function("function(x) x")()
    with pytest.raises(bridge.RError, match="unused argument"):
        bridge.function("function(x) x")(y=1)
    with pytest.raises(bridge.RError, match="could not find function"):
        bridge.evaluate("no.such.function(1)")


def test_a_call_with_an_empty_argument() -> None:
    with pytest.raises(bridge.RError, match="out of bounds") as caught:
        bridge.function("function(x) x[9, ]", name="row")(np.eye(2))
    assert (caught.value.call, caught.value.traceback) == ("x[9, ]", ("row(<double 2x2>)",))


def test_a_deep_traceback_is_abridged() -> None:
    with pytest.raises(bridge.RError) as caught:
        bridge.function("function(n) if (n == 0) stop('deep') else sys.function()(n - 1)", name="down")(300)
    traceback = caught.value.traceback
    assert len(traceback) == 60
    assert traceback[0] == "down(300)"
    assert traceback[20] == "..."
    assert traceback[-1] == 'stop("deep")'


def test_errors_at_the_top_level_have_no_call() -> None:
    with pytest.raises(bridge.RError) as caught:
        bridge.evaluate("x <- 1\nstop('at the top')")
    assert (caught.value.message, caught.value.call) == ("at the top", "")
    with pytest.raises(bridge.RError, match="unexpected end of input") as caught:
        bridge.evaluate("f <- function(x) {")
    assert (caught.value.call, caught.value.traceback) == ("", ())


def test_errors_that_r_handles_are_none_of_ours() -> None:
    assert bridge.function("function() tryCatch(stop('a'), error = function(e) 'handled')")()[0] == "handled"
    assert bridge.function("function() { try(stop('a'), silent = TRUE); 1 }")()[0] == 1


def test_on_exit_runs_after_an_error() -> None:
    envir = bridge.evaluate("new.env()")
    with pytest.raises(bridge.RError):
        bridge.evaluate("f <- function() { on.exit(done <<- TRUE); stop('x') }; done <- FALSE; f()", envir)
    assert bridge.to_python(bridge.evaluate("done", envir))[0]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("f <- function(n) f(n + 1); f(1)", "too close to the limit|nested too deeply"),
        ("numeric(1e13)", "cannot allocate"),
        ("quit()", "quit\\(\\) was called"),
        ("base::q('no', 3)", "quit\\(\\) was called"),
        ("invokeRestart('abort')", "without an error message"),
        ("stop(structure(class = c('odd', 'error', 'condition'), list(message = c('a', 'b'), call = NULL)))", "a\nb"),
    ],
)
def test_drastic_errors(code: str, message: str) -> None:
    with pytest.raises(bridge.RError, match=message):
        bridge.evaluate(code)
    assert bridge.take_messages() == ((), "")
    assert bridge.to_python(bridge.evaluate("1 + 1"))[0] == 2


def test_an_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(bridge.RError("m", "f(x)", ("f(x)", "stop(m)"))))
    assert (error.message, error.call, error.traceback) == ("m", "f(x)", ("f(x)", "stop(m)"))


def test_a_long_argument_is_not_written_out() -> None:
    with pytest.raises(bridge.RError) as caught:
        bridge.function("function(x, l, f) stop('x')", name="g")(np.zeros(10**6), l=[1, 2], f=bridge.function("sum"))
    assert caught.value.call == "g(<double 1000000>, l = <list 2>, f = <function>)"


# -- warnings and output -----------------------------------------------------------------------------------------------


def test_warnings_are_captured(capfd: pytest.CaptureFixture[str]) -> None:
    got = bridge.function("function(x) { warning('조심'); log(x) }")(-1.0)
    assert np.isnan(got[0])
    assert bridge.take_messages() == (("조심", "NaNs produced"), "")
    assert bridge.take_messages() == ((), ""), "taken once"
    assert capfd.readouterr() == ("", "")


def test_warnings_before_an_error_are_kept() -> None:
    with pytest.raises(bridge.RError):
        bridge.evaluate("warning('first'); stop('then')")
    assert bridge.take_messages()[0] == ("first",)


def test_warnings_that_r_handles_suppresses_or_turns_into_errors() -> None:
    bridge.evaluate("suppressWarnings(as.integer('a')); tryCatch(warning('b'), warning = function(w) 1)")
    bridge.evaluate("o <- options(warn = -1); warning('c'); options(o)")
    assert bridge.take_messages() == ((), "")
    try:
        with pytest.raises(bridge.RError, match=r"\(converted from warning\) d"):
            bridge.evaluate("options(warn = 2); warning('d')")
    finally:
        bridge.evaluate("options(warn = 0)")


def test_the_function_goes_on_after_a_warning() -> None:
    assert bridge.function("function() { warning('a'); 'went on' }")()[0] == "went on"


def test_console_output_is_captured_in_order(capfd: pytest.CaptureFixture[str]) -> None:
    bridge.evaluate("cat('한글\\n'); message('to stderr'); print(1:3); cat('\\xe9\\n'); flush(stdout())")
    assert bridge.take_messages() == ((), "한글\nto stderr\n[1] 1 2 3\n\N{REPLACEMENT CHARACTER}\n")
    assert capfd.readouterr() == ("", "")


def test_nobody_answers_questions(capfd: pytest.CaptureFixture[str]) -> None:
    assert bridge.to_python(bridge.evaluate("readline('name? ')"))[0] == ""
    assert bridge.to_python(bridge.evaluate("f <- function() { browser(); 3 }; f()"))[0] == 3
    assert not bridge.to_python(bridge.evaluate("interactive()"))[0]
    assert capfd.readouterr() == ("", "")


# -- refused -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (np.array([2**31]), "2147483648 is beyond R's integers"),
        (np.array([-(2**31)]), "is R's NA"),
        (np.array([-(2**31)], dtype=np.int32), "is R's NA"),
        (np.array([2**32 - 1], dtype=np.uint32), "beyond R's integers"),
        (2**31, "beyond R's integers"),
        (-(2**31), "is R's NA"),
        (np.int64(2**40), "beyond R's integers"),
        (np.array([1], dtype=np.uint64), "uint64"),
        (np.array([1, None]), "object"),
        (np.array([1j], dtype=np.clongdouble), "clongdouble|complex256"),
        (np.array(["2020-01-01"], dtype="M8[ps]"), "datetime64 in units of 'ps'"),
        (np.array(["NaT"], dtype="M8"), "without a unit"),
        (np.array([1], dtype="m8[s]"), "timedelta64"),
        (np.zeros(2, dtype=[("a", "f8")]), "no counterpart"),
        (np.zeros(2, dtype=np.longdouble), "no counterpart"),
        (np.ma.masked_array([1.0, 2.0], mask=[True, False]), "masked"),
        ({1, 2}, "set"),
        (print, "builtin_function_or_method"),
        (object(), "object"),
        ({1: 2}, "non-empty strings, not 1"),
        ({"": 2}, "non-empty strings"),
        ("a\0b", "NUL"),
        ("\ud800", "not valid Unicode"),
        (np.array(["a\0b"]), "NUL"),
    ],
    ids=lambda value: "an object" if type(value) is object else repr(value),
)
def test_refused_on_the_way_to_r(value: Any, why: str) -> None:
    identity = bridge.function("identity")
    for nested in (value, [value], {"a": [1, {"b": value}]}):
        with pytest.raises(bridge.ConversionError, match=why):
            identity(nested)
    assert identity(1)[0] == 1, "the bridge still works"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("list(a = 1, 2)", "element 2 of an R list has no name"),
        ("list(a = 1, a = 2)", "two elements named 'a'"),
        ("matrix(list(1, 2), 1)", "list with dim"),
        ("x <- '\\xe9'; Encoding(x) <- 'bytes'; x", "neither UTF-8 nor Latin-1"),
    ],
)
def test_refused_on_the_way_to_python(code: str, why: str) -> None:
    with pytest.raises(bridge.ConversionError, match=why):
        bridge.to_python(bridge.evaluate(code))
    with pytest.raises(bridge.ConversionError, match=why):
        bridge.function("identity")([bridge.evaluate(code)])


def test_more_than_memory_is_an_error_and_no_crash() -> None:
    with pytest.raises(bridge.RError, match="cannot allocate"):
        bridge.function("length")(np.broadcast_to(1.0, (400_000, 1_000_000)))


def test_another_thread_is_refused() -> None:
    f, value = bridge.function("function(x) x"), bridge.evaluate("list(a = 1)")
    failures: list[str] = []

    def work() -> None:
        for call in (
            lambda: f(1),
            lambda: f.keep(1),
            lambda: bridge.evaluate("1"),
            lambda: bridge.function("sum"),
            lambda: bridge.to_python(value),
            lambda: value.element("a"),
            bridge.take_messages,
            bridge.versions,
        ):
            try:
                call()
            except bridge.RThreadError as error:
                failures.append(str(error))
        repr(value)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(failures) == 8
    assert "one thread" in failures[0]
    assert f(1)[0] == 1


def test_versions() -> None:
    found = bridge.versions()
    assert found["r"].startswith("R version ")
    assert found["mode"] in {"API", "ABI"}
    assert found["rpy2"][0].isdigit()
    assert {"blas", "lapack", "home", "locale"} <= set(found)
