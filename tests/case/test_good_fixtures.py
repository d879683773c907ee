"""What a good fixture becomes: each kind of value bit for bit, what cases inherit, and where names come from."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity.case.model import Derivatives, FunctionReference, Printed, Tolerance
from parity.case.read import find_fixtures, read_fixture

DERIVATIVES = {"call": "forward", "of": "out", "along": "dout", "pairs": {"x": "dx"}}
FORWARD: dict[str, Any] = {"do": "forward", "with": {"x": [1, 2]}, "returns": "out"}
BACKWARD: dict[str, Any] = {"do": "backward", "with": {"dout": [1, -2]}, "returns": "dx"}
TOP: dict[str, Any] = {
    "about": {"en": "Scale"},
    "source": "by hand",
    "python": "mymodule:Scale",
    "r": "mypackage::Scale",
    "tolerance": {"rtol": 1e-12, "atol": 0},
    "cases": [{"id": "one", "calls": [FORWARD, BACKWARD]}],
}


def fixture(folder: Path, **changes: Any) -> Path:
    path = folder / "scale.json"
    path.write_text(json.dumps({**TOP, **changes}), encoding="utf-8")
    return path


def value(folder: Path, written: str, *, integers: tuple[str, ...] = (), name: str = "v") -> Any:
    """The value that `written`, as JSON text, becomes as an argument."""
    text = json.dumps({**TOP, "integers": list(integers), "cases": [{"id": "a", "make": {"@": 0}, "calls": [FORWARD]}]})
    path = folder / "value.json"
    path.write_text(text.replace('"@": 0', f'"{name}": {written}'), encoding="utf-8")
    return read_fixture(path).cases[0].make[name]


def bits(number: float) -> int:
    return int(struct.unpack("<Q", struct.pack("<d", number))[0])


# -- numbers ---------------------------------------------------------------------------------------------------

NUMBERS = [
    ("1", 0x3FF0000000000000),
    ("0.1", 0x3FB999999999999A),
    ("-0.0", 0x8000000000000000),
    ("-0", 0x8000000000000000),
    ("0", 0),
    ("5e-324", 1),
    ("1.7976931348623157e308", 0x7FEFFFFFFFFFFFFF),
    ('"NaN"', 0x7FF8000000000000),
    ('"NA"', 0x7FF00000000007A2),
    ('"Inf"', 0x7FF0000000000000),
    ('"-Inf"', 0xFFF0000000000000),
]


@pytest.mark.parametrize(("written", "expected"), NUMBERS)
def test_scalar_is_a_float_of_the_very_bits(written: str, expected: int, tmp_path: Path) -> None:
    number = value(tmp_path, written)
    assert type(number) is float
    assert bits(number) == expected


def test_array_of_the_very_bits(tmp_path: Path) -> None:
    array = value(tmp_path, "[" + ", ".join(written for written, _ in NUMBERS) + "]")
    assert array.dtype == np.float64
    assert array.view(np.uint64).tolist() == [expected for _, expected in NUMBERS]
    only_words = value(tmp_path, '[["NA", "NaN"], ["Inf", "NA"]]')
    assert [hex(n) for n in only_words.view(np.uint64).ravel()] == [
        "0x7ff00000000007a2",
        "0x7ff8000000000000",
        "0x7ff0000000000000",
        "0x7ff00000000007a2",
    ]


def test_negative_zero_beside_a_hyphen_in_text(tmp_path: Path) -> None:
    assert value(tmp_path, '{"a": "2020-0", "b": -0, "c": 10}') == {"a": "2020-0", "b": 0.0, "c": 10.0}
    assert math.copysign(1, value(tmp_path, '{"a": "2020-0", "b": -0}')["b"]) == -1


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ("[]", (0,)),
        ("[[]]", (1, 0)),
        ("[[], []]", (2, 0)),
        ("[1]", (1,)),
        ("[[1]]", (1, 1)),
        ("[[1, 2, 3], [4, 5, 6]]", (2, 3)),
        ("[[[1], [2]], [[3], [4]], [[5], [6]]]", (3, 2, 1)),
    ],
)
def test_shapes(written: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    array = value(tmp_path, written)
    assert array.shape == shape
    assert array.dtype == np.float64
    assert array.ravel().tolist() == list(range(1, array.size + 1))
    whole = value(tmp_path, written, integers=("v",))
    assert whole.shape == shape
    assert whole.dtype == np.int64


def test_arrays_cannot_be_written_to(tmp_path: Path) -> None:
    for written in ("[1, 2]", '["NA"]', "[true]", '["a"]', '{"rand": [2], "seed": 1}'):
        array = value(tmp_path, written)
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[0]


def test_integers(tmp_path: Path) -> None:
    whole = value(tmp_path, "7", integers=("v",))
    assert (type(whole), whole) == (int, 7)
    assert type(value(tmp_path, "7.0", integers=("v",))) is int
    assert value(tmp_path, "[-2147483647, 2147483647]", integers=("v",)).tolist() == [-2147483647, 2147483647]
    assert type(value(tmp_path, "7", integers=("w",))) is float


def test_integers_go_by_the_last_name(tmp_path: Path) -> None:
    inner = value(tmp_path, '{"ids": [1], "w": [1], "deep": {"ids": 2}}', integers=("ids",))
    assert (inner["ids"].dtype, inner["w"].dtype, type(inner["deep"]["ids"])) == (np.int64, np.float64, int)
    items = value(tmp_path, '{"list": [1, [2, 3]]}', integers=("v",))
    assert type(items[0]) is int
    assert items[1].dtype == np.int64


def test_other_kinds(tmp_path: Path) -> None:
    assert value(tmp_path, "true") is True
    assert value(tmp_path, "null") is None
    assert value(tmp_path, '"nan"') == "nan"
    flags = value(tmp_path, "[[true], [false]]")
    assert (flags.dtype, flags.tolist()) == (np.bool_, [[True], [False]])
    words = value(tmp_path, '["하나", "two"]')
    assert (words.dtype.kind, words.tolist()) == ("U", ["하나", "two"])
    function = value(tmp_path, '{"function": {"python": "a.b:f", "r": "p::f.g"}}')
    assert function == FunctionReference("a.b:f", "p::f.g")


def test_lists_and_named_lists(tmp_path: Path) -> None:
    items = value(tmp_path, '{"list": [[1, 2], 3, "a", {"x": [[1]]}]}')
    assert [type(item) for item in items] == [np.ndarray, float, str, dict]
    assert items[3]["x"].shape == (1, 1)
    assert value(tmp_path, '{"list": []}') == []
    assert value(tmp_path, "{}") == {}


# -- draws -----------------------------------------------------------------------------------------------------


def test_draws_are_numpys(tmp_path: Path) -> None:
    state = np.random.RandomState(7)
    assert np.array_equal(value(tmp_path, '{"randn": [4, 3], "seed": 7}'), state.randn(4, 3))
    state = np.random.RandomState(4294967295)
    assert np.array_equal(value(tmp_path, '{"rand": [5], "seed": 4294967295}'), state.rand(5))
    state = np.random.RandomState(0)
    drawn = state.randint(2, 9, (6,))
    whole = value(tmp_path, '{"randint": [6], "low": 2, "high": 9, "seed": 0}', integers=("v",))
    assert (whole.dtype, whole.tolist()) == (np.int64, drawn.tolist())
    assert value(tmp_path, '{"randint": [6], "low": 2, "high": 9, "seed": 0}').dtype == np.float64


def test_known_numbers_of_the_legacy_stream(tmp_path: Path) -> None:
    # MT19937 seeded with 0, as printed in many a tutorial of NumPy.
    assert value(tmp_path, '{"randn": [2], "seed": 0}').tolist() == [1.764052345967664, 0.4001572083672233]
    assert value(tmp_path, '{"rand": [], "seed": 0}') == 0.5488135039273248


def test_scale_then_shift(tmp_path: Path) -> None:
    drawn = np.random.RandomState(3).randn(2, 2)
    assert np.array_equal(value(tmp_path, '{"randn": [2, 2], "seed": 3, "scale": 0.1, "shift": -2}'), drawn * 0.1 + -2)


def test_a_stream_goes_on_in_the_order_of_the_file(tmp_path: Path) -> None:
    make = {
        "random": {"W": {"randn": [3], "seed": 5}, "b": {"randn": [2]}},
        "v": {"rand": [2]},
        "inner": {"random": {"c": {"rand": []}}, "l": {"list": [{"rand": [1]}, {"rand": [1], "seed": 9}]}},
        "last": {"rand": [1]},
    }
    made = read_fixture(fixture(tmp_path, cases=[{"id": "a", "make": make, "calls": [FORWARD]}])).cases[0].make
    assert list(made) == ["W", "b", "v", "inner", "last"]
    # An odd number of normal draws: the polar method keeps a second value for the next one.
    state = np.random.RandomState(5)
    assert np.array_equal(made["W"], state.randn(3))
    assert np.array_equal(made["b"], state.randn(2))
    assert np.array_equal(made["v"], state.rand(2))
    inner: Any = made["inner"]
    assert (type(inner["c"]), inner["c"]) == (float, state.rand())
    assert np.array_equal(inner["l"][0], state.rand(1))
    state = np.random.RandomState(9)
    assert np.array_equal(inner["l"][1], state.rand(1))
    assert np.array_equal(made["last"], state.rand(1))


def test_drawing_leaves_numpys_own_stream_alone(tmp_path: Path) -> None:
    np.random.seed(1)
    value(tmp_path, '{"rand": [5], "seed": 7}')
    assert np.random.rand() == np.random.RandomState(1).rand()


# -- what a fixture says ---------------------------------------------------------------------------------------


def test_everything_said_once(tmp_path: Path) -> None:
    (tmp_path / "port.R").write_text("")
    differs = {"id": "d", "reason": {"ko": "이유"}, "pairs": ["gradient-r"], "names": ["dx"]}
    case = {
        "id": "하나",
        "note": {"en": "note", "ko": "메모"},
        "expected_by": "hand",
        "printed": {"decimals": 8},
        "tolerance": {"rtol": 1e-9, "atol": 0, "because": {"en": "rounding"}},
        "differs": differs,
        "make": {"a": 2},
        "r_make": {"a": [2]},
        "python_make": {"a": {"list": []}},
        "calls": [
            {
                **FORWARD,
                "returns": ["out", "cache"],
                "updates": ["x"],
                "compare": ["grads.W1"],
                "expect": {"out": [2, 4]},
            },
            {**BACKWARD, "raises": {"python": "no", "r": "nein"}},
        ],
    }
    watch = [{"text": {"en": "w"}, "python": ["1 + 1"]}]
    path = fixture(
        tmp_path, cases=[case], derivatives=DERIVATIVES, formula=["a x"], watch=watch, r="Scale", r_source=["port.R"]
    )
    read = read_fixture(path)
    assert (read.path, read.name, read.source) == (path, "scale", {"en": "by hand", "ko": "by hand"})
    assert (read.python, read.r, read.r_source) == ("mymodule:Scale", "Scale", (tmp_path / "port.R",))
    assert read.about == {"en": "Scale", "ko": "Scale"}  # the language not written is filled from the other
    assert read.formula == ("a x",)
    assert (read.watch[0].text, read.watch[0].python, read.watch[0].r) == ({"en": "w", "ko": "w"}, ("1 + 1",), ())
    one = read.cases[0]
    assert (one.id, one.note, one.expected_by) == ("하나", {"en": "note", "ko": "메모"}, "hand")
    assert one.printed == Printed(decimals=8)
    assert one.tolerance == Tolerance(1e-9, 0.0, {"en": "rounding", "ko": "rounding"})
    assert type(one.tolerance.atol) is float
    assert one.differs is not None
    assert (one.differs.id, one.differs.pairs, one.differs.names) == ("d", ("gradient-r",), ("dx",))
    assert one.differs.reason["en"] == "이유"
    assert one.made_with("r")["a"].tolist() == [2.0]
    assert one.made_with("python")["a"] == []
    first, second = one.calls
    assert (first.returns, first.updates, first.compare) == (("out", "cache"), ("x",), ("grads.W1",))
    assert first.expect["out"].tolist() == [2.0, 4.0]  # type: ignore[union-attr]
    assert second.raises == {"python": "no", "r": "nein"}
    assert second.returns == ("dx",)
    assert one.derivatives == Derivatives("forward", "out", "backward", "dout", {"x": "dx"})


def test_where_things_come_from_in_either_form(tmp_path: Path) -> None:
    both = {"en": "a book", "ko": "책"}
    beside = {"title": {"en": "t"}, "source": {"ko": "글"}, "columns": {"step": [1]}}
    calls = [{**FORWARD, "expect": {"out": [2, 4]}}]
    case = {"id": "a", "make": {"a": 2}, "expected_by": {"ko": "손 계산"}, "beside": beside, "calls": calls}
    read = read_fixture(fixture(tmp_path, source=both, cases=[case, {**case, "id": "b", "expected_by": "hand"}]))
    assert read.source == both
    assert [of.authority for of in read.cases] == [
        {"en": "손 계산", "ko": "손 계산"},
        {"en": "hand", "ko": "hand"},
    ]
    assert [of.expected_by for of in read.cases] == ["손 계산", "hand"]
    assert read.cases[0].beside is not None
    assert read.cases[0].beside.source == {"en": "글", "ko": "글"}


def test_the_least_that_a_fixture_says(tmp_path: Path) -> None:
    read = read_fixture(fixture(tmp_path, cases=[{"id": "a", "calls": [{"do": "call", "returns": "out"}]}]))
    case = read.cases[0]
    assert (case.make, case.note, case.printed, case.derivatives, case.differs) == ({}, {}, None, None, None)
    assert (case.authority, case.expected_by) == ({}, None)
    assert (case.calls[0].arguments, case.calls[0].raises) == ({}, {})
    assert case.tolerance == Tolerance(1e-12, 0.0)


def test_what_cases_inherit(tmp_path: Path) -> None:
    own = {**DERIVATIVES, "gradient": "forward"}
    del own["along"]
    cases = [
        {"id": "inherits", "calls": [FORWARD, BACKWARD]},
        {"id": "one call", "calls": [FORWARD]},
        {"id": "none", "note": {"en": "a kink"}, "derivatives": None, "calls": [FORWARD, BACKWARD]},
        {"id": "own", "derivatives": own, "calls": [FORWARD], "tolerance": {"rtol": 0, "atol": 1}},
    ]
    read = read_fixture(fixture(tmp_path, cases=cases, derivatives=DERIVATIVES))
    inherited = Derivatives("forward", "out", "backward", "dout", {"x": "dx"})
    assert [case.derivatives for case in read.cases] == [
        inherited,
        None,
        None,
        Derivatives("forward", "out", "forward", None, {"x": "dx"}),
    ]
    assert [case.tolerance for case in read.cases] == [Tolerance(1e-12, 0.0)] * 3 + [Tolerance(0.0, 1.0)]


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("fixtures/layers/affine.json", "layers/affine"),
        ("fixtures/old/fixtures/x.y.json", "x.y"),
        ("elsewhere/affine.json", "affine"),
        ("fixtures.json", "fixtures"),
    ],
)
def test_names(place: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(fixture(tmp_path).read_text())
    assert read_fixture(path).name == name
    monkeypatch.chdir(path.parent)
    assert read_fixture(Path(path.name)).name == name


def _incomplete(value: object, at: str = "$") -> list[str]:
    """Texts of a fixture that a reader of one of the languages would miss."""
    if isinstance(value, list):
        return [place for number, member in enumerate(value) for place in _incomplete(member, f"{at}[{number}]")]
    if not isinstance(value, dict):
        return []
    found = [at] if len({"en", "ko"} & value.keys()) == 1 else []
    found += [f"{at}.{key}" for key in ("source", "expected_by") if isinstance(value.get(key), str)]
    return found + [place for key, member in value.items() for place in _incomplete(member, f"{at}.{key}")]


def test_every_fixture_of_the_project_is_good_and_in_both_languages() -> None:
    folder = Path(__file__).parents[2] / "fixtures"
    found = find_fixtures([folder])
    assert found
    for path in found:
        assert read_fixture(path).name == path.relative_to(folder).with_suffix("").as_posix()
        document = json.loads(path.read_text(encoding="utf-8"))
        assert set(document["about"]) == {"en", "ko"}, path
        assert _incomplete(document) == [], path
