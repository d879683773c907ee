"""Code under test that fails oddly, or leaves things behind, is told of as it was and does not break the bridge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from parity import bridge


@pytest.fixture(autouse=True)
def nothing_left_over() -> Iterator[None]:
    bridge.take_messages()
    yield
    bridge.take_messages()


# -- bytes that are no text --------------------------------------------------------------------------------------------


def test_messages_with_bytes_that_are_no_utf8() -> None:
    with pytest.raises(bridge.RError) as caught:
        bridge.evaluate("f <- function(x) stop('caf\\xe9 noir'); f('\\xff')")
    assert caught.value.message == "caf\N{REPLACEMENT CHARACTER} noir"
    assert caught.value.call.startswith("f(")
    bridge.evaluate("warning('caf\\xe9')")
    assert bridge.take_messages() == (("caf\N{REPLACEMENT CHARACTER}",), "")
    with pytest.raises(bridge.RError) as caught:
        bridge.evaluate("x <- 'caf\\xe9'; Encoding(x) <- 'latin1'; stop(x)")
    assert caught.value.message == "café", "what has an encoding is read by it"
    with pytest.raises(bridge.RError) as caught:
        bridge.evaluate("x <- '\\xe9'; Encoding(x) <- 'bytes'; stop(x)")
    assert caught.value.message


# -- conditions --------------------------------------------------------------------------------------------------------


def test_an_error_has_the_classes_of_its_condition() -> None:
    with pytest.raises(bridge.RError) as caught:
        bridge.evaluate("stop('a')")
    assert caught.value.classes == ("simpleError", "error", "condition")
    with pytest.raises(bridge.RError) as caught:
        bridge.evaluate("stop(structure(class = c('custom', 'error', 'condition'), list(message = 'b', call = NULL)))")
    assert (caught.value.message, caught.value.classes) == ("b", ("custom", "error", "condition"))
    with pytest.raises(bridge.RError) as caught:
        bridge.evaluate("match.arg('z', c('x', 'y'))")
    assert caught.value.classes[-2:] == ("error", "condition")


def test_a_warning_has_the_classes_of_its_condition() -> None:
    bridge.evaluate(
        "warning('a'); warning(structure(class = c('deprecated', 'warning', 'condition'),"
        " list(message = 'b', call = NULL))); cat('out')"
    )
    assert bridge.take_conditions() == (
        (
            bridge.Condition(("simpleWarning", "warning", "condition"), "a"),
            bridge.Condition(("deprecated", "warning", "condition"), "b"),
        ),
        "out",
    )
    assert bridge.take_conditions() == ((), ""), "taken once"


def test_a_class_with_its_own_message() -> None:
    """Its method stands where the code under test does, which the bridge's own code can't see."""
    code = """
      conditionMessage.mine <- function(c) paste('mine:', c$detail)
      condition <- function(kind) structure(class = c('mine', kind, 'condition'), list(detail = 7, call = NULL))
      f <- function() { warning(condition('warning')); stop(condition('error')) }
      f()"""
    with pytest.raises(bridge.RError) as caught:
        bridge.evaluate(code, bridge.evaluate("new.env()"))
    assert (caught.value.message, caught.value.classes) == ("mine: 7", ("mine", "error", "condition"))
    assert bridge.take_messages()[0] == ("mine: 7",)


@pytest.mark.parametrize("message", ["stop('within')", "NULL", "list(1, 'b')", "structure('b', class = 'odd')"])
def test_a_message_that_is_none(message: str) -> None:
    with pytest.raises(bridge.RError):
        bridge.evaluate(
            f"conditionMessage.bad <- function(c) {message}\n"
            "stop(structure(class = c('bad', 'error', 'condition'), list(call = NULL)))",
            bridge.evaluate("new.env()"),
        )
    assert bridge.to_python(bridge.evaluate("1 + 1"))[0] == 2


def test_an_active_binding_that_fails() -> None:
    envir = bridge.evaluate("e <- new.env(); makeActiveBinding('a', function() stop('not now'), e); e$b <- 1; e")
    for read in (lambda: envir.element("a"), lambda: bridge.read(envir, ("b", "a"))):
        with pytest.raises(bridge.RError) as caught:
            read()
        assert caught.value.message == "not now"
        assert not any("parity" in line for line in caught.value.traceback)
    found = envir.element("b")
    assert found is not None
    assert bridge.to_python(found)[0] == 1
    with pytest.raises(bridge.RError, match="late"):
        bridge.evaluate("e <- new.env(); delayedAssign('p', stop('late'), assign.env = e); e").element("p")


# -- where -------------------------------------------------------------------------------------------------------------

PORT = """f <- function(a, b) {
  z <- 1
  a %*% b
}
g <- function(x) {
  if (x > 1) {
    stop("too large: ", x)
  }
  sqrt(x)
}
h <- function(x) vapply(x, g, 1)
k <- function(x) match.arg(x, c("u", "v"))
"""


@pytest.fixture
def port(tmp_path: Path) -> Path:
    path = tmp_path / "port.R"
    path.write_text(PORT, "utf-8")
    return path


@pytest.mark.parametrize(
    ("call", "line"),
    [("f(diag(2), diag(3))", 3), ("g(2)", 7), ("h(c(1, 2))", 7), ("k('w')", 12), ("g('a' + 1)", 6)],
)
def test_an_error_says_where(port: Path, call: str, line: int) -> None:
    envir = bridge.evaluate("new.env()")
    bridge.evaluate_file(port, envir)
    for _ in range(4):  # R compiles a function when it is called for the third time
        with pytest.raises(bridge.RError) as caught:
            bridge.evaluate(call, envir)
        assert caught.value.where == f"{port}:{line}"  # an argument is evaluated where it is used
    assert f"{port}:{line})" in str(caught.value)


def test_an_error_at_the_top_of_a_file_says_where(tmp_path: Path) -> None:
    path = tmp_path / "top.R"
    path.write_text("x <- 1\n\nlog('a')\n", "utf-8")
    with pytest.raises(bridge.RError, match="non-numeric argument") as caught:
        bridge.evaluate_file(path, bridge.evaluate("new.env()"))
    assert caught.value.where == f"{path}:3"
    assert not any("parity" in line for line in caught.value.traceback)
    with pytest.raises(bridge.RError) as caught:
        bridge.evaluate("stop('no file')")
    assert caught.value.where == ""


def test_a_syntax_error_names_the_file_and_has_lines(tmp_path: Path) -> None:
    path = tmp_path / "wrong.R"
    path.write_text("f <- function(x) {\n  x y\n}\n", "utf-8")
    with pytest.raises(bridge.RError) as caught:
        bridge.evaluate_file(path)
    assert caught.value.message.splitlines()[:2] == [f"{path}:2:5: unexpected symbol", "1: f <- function(x) {"]
    assert (caught.value.call, caught.value.traceback) == ("", ())


def test_a_file_that_names_another_relative_to_itself(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("42\n", "utf-8")
    path = tmp_path / "reads.R"
    path.write_text("가 <- scan('data.txt', quiet = TRUE)\n가\n", "utf-8")
    envir = bridge.evaluate("new.env()")
    before = Path.cwd()
    assert bridge.to_python(bridge.evaluate_file(path, envir, chdir=True)).tolist() == [42]
    assert Path.cwd() == before
    path.write_text("stop('x')", "utf-8")
    with pytest.raises(bridge.RError):
        bridge.evaluate_file(path, envir, chdir=True)
    assert Path.cwd() == before
    with pytest.raises(bridge.RError, match="cannot open"):
        bridge.evaluate_file(tmp_path / "nowhere.R")


# -- what is left in the global environment ----------------------------------------------------------------------------


@pytest.fixture
def masked() -> Iterator[None]:
    """Every function of base, as a function of the global environment that fails."""
    mask = bridge.evaluate(
        """function() {
          bad <- function(...) stop("masked")
          # An error of R itself looks up .handleSimpleError (which ls() leaves out) and `::` in the global environment.
          for (name in setdiff(ls(baseenv()), "::"))
            if (is.function(baseenv()[[name]])) assign(name, bad, envir = globalenv())
        }""",
        bridge.below_base(),
    )
    clear = bridge.function(
        "function() rm(list = ls(globalenv(), all.names = TRUE), envir = globalenv())", envir=bridge.below_base()
    )
    bridge.function(mask).keep()
    try:
        yield
    finally:
        clear.keep()


def test_the_bridge_does_not_see_the_global_environment(masked: None) -> None:
    own = bridge.below_base()
    f = bridge.function("function(x, y = 2, ...) c(x, y, length(list(...)))", envir=own)
    assert f(1.0).tolist() == [1, 2, 0]
    assert f(y=1.0, x=np.eye(2), z=None).tolist() == [1, 0, 0, 1, 1, 1]
    assert f.formals == {"x": False, "y": True, "...": True}
    got = bridge.to_python(bridge.evaluate("list(f = factor(c('u', 'v')), e = quote(a + b))", own), labels=True)
    assert got["f"].levels == ("u", "v")
    assert bridge.function("function(x) class(x)", envir=own)(got["e"]).tolist() == ["call"]
    assert bridge.versions()["r"].startswith("R version")
    envir = bridge.evaluate("e <- new.env(); e$a <- 1; e", own)
    assert bridge.read(envir, ("a",))["a"].tolist() == [1]
    fails = bridge.function("function(x, l) { warning('w'); stop('bad ', x) }", name="fails", envir=own)
    with pytest.raises(bridge.RError) as caught:
        fails(1.0, got["e"])
    assert caught.value.message == "bad 1"
    assert caught.value.call == "fails(1, quote(a + b))"
    assert caught.value.traceback[-1] == 'stop("bad ", x)'
    assert bridge.take_messages() == (("w",), "")
    with pytest.raises(bridge.RError, match="unexpected end of input"):
        bridge.evaluate("f <- (")
    with pytest.raises(bridge.RError, match="quit\\(\\) was called"):
        bridge.evaluate("quit()", own)


def test_methods_of_the_code_under_test_are_not_asked(masked: None) -> None:
    """An argument's own `length` or `dim` must not decide how a traceback is written."""
    own = bridge.below_base()
    bridge.function(
        "function() for (name in c('length', 'dim', 'is.na', 'as.character', 'format', '[[', '$'))"
        " assign(paste0(name, '.odd'), function(...) stop('asked'), envir = globalenv())",
        envir=own,
    ).keep()
    odd = bridge.evaluate("structure(list(1, 2), class = 'odd')", own)
    with pytest.raises(bridge.RError) as caught:
        bridge.function("function(x) stop('bad')", name="f", envir=own)(odd)
    assert (caught.value.message, caught.value.call) == ("bad", "f(<list 2>)")
