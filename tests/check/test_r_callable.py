"""An R function as a Python callable."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import parity


def test_arguments_go_by_position_and_by_name() -> None:
    quantile = parity.r("stats::quantile")
    x = np.array([1.0, 2.0, 3.0, 4.0])
    assert quantile(x, 0.5).tolist() == [2.5]
    assert quantile(x, probs=[0.25, 0.5], type=1).tolist() == [1.0, 2.0]


def test_a_name_with_dots_is_written_with_underscores_or_as_it_is() -> None:
    mean = parity.r("function(x, na.rm = FALSE) mean(x, na.rm = na.rm)")
    assert np.isnan(mean([1.0, np.nan])[0])
    assert mean([1.0, np.nan], na_rm=True).tolist() == [1.0]
    assert mean([1.0, np.nan], **{"na.rm": True}).tolist() == [1.0]
    with pytest.raises(TypeError, match=r"got na\.rm twice"):
        mean([1.0], na_rm=True, **{"na.rm": True})


def test_underscores_that_the_function_itself_has_stay() -> None:
    f = parity.r("function(n_rows, n.rows = 0) c(n_rows, n.rows)")
    assert f(n_rows=3.0).tolist() == [3.0, 0.0]


def test_a_name_that_no_formal_takes_is_an_error_unless_dots_take_it() -> None:
    with pytest.raises(TypeError, match="takes no y; expected one of x"):
        parity.r("function(x) x")(y=1)
    assert parity.r("function(...) names(list(...))")(y_z=1).tolist() == ["y_z"]


def test_files_packages_and_expressions() -> None:
    assert parity.r("port.R::twice")(1.5).tolist() == [3.0]
    assert parity.r("base::sum")([1, 2]).tolist() == [3]
    assert parity.r("function(a, b) a - b")(b=1.0, a=3.0).tolist() == [2.0]
    assert parity.r("function(x) twice(x)", r_source="port.R")(1.5).tolist() == [3.0]


def test_what_comes_back() -> None:
    assert parity.r("function() NULL")() is None
    listed = parity.r("function() list(a = 1:2, b = 'u')")()
    assert {name: value.tolist() for name, value in listed.items()} == {"a": [1, 2], "b": ["u"]}
    plain = parity.r("function() c(u = 1.5)")()
    assert type(plain) is np.ndarray
    named = parity.r("function() c(u = 1.5)", labels=True)()
    assert named.names == (("u",),)


def test_errors_warnings_and_output_come_through(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(parity.RError, match="x is bad") as raised:
        parity.r("port.R::refuse")(1.5)
    assert "port.R" in raised.value.where
    with pytest.warns(RuntimeWarning, match="x is odd") as caught:
        assert parity.r("port.R::complain")(1.5).tolist() == [3.0]
    assert caught[0].filename == __file__
    parity.r("function() cat('heard\\n')")()
    assert capsys.readouterr().out == "heard\n"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (3, "r: 3 is no R function"),
        ("", "r: '' is no R function"),
        ("stats::none", "r: R has no function none"),
        ("none.at.all::f", "r: R could not load none.at.all"),
        ("none.R::f", "r: there is no file none.R"),
        ("port.R::none", "r: R has no function none; expected one of"),
        ("function(x", "r: R cannot evaluate 'function(x'"),
    ],
)
def test_what_is_no_r_function_is_a_sentence(code: str, told: str) -> None:
    with pytest.raises(parity.CheckError) as raised:
        parity.r(code)
    assert told in str(raised.value)


def test_what_has_no_counterpart_names_the_argument() -> None:
    with pytest.raises(parity.CheckError, match="argument 1: an object has no counterpart"):
        parity.r("base::sum")(object())
    with pytest.raises(parity.CheckError, match="x: an object has no counterpart"):
        parity.r("base::sum")(x=object())


def test_another_thread_is_told_so() -> None:
    total = parity.r("base::sum")
    raised: list[BaseException] = []

    def elsewhere() -> None:
        try:
            total([1.0])
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert "R runs in the thread that started it" in str(raised[0])
