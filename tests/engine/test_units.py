# ruff: noqa: E501
"""The parts of the engine by themselves: values, frames, static analysis, marks, files."""

from __future__ import annotations

import collections
import copy
import datetime as dt
import decimal
import fractions
import json
import os
import random
import subprocess
import sys
import typing

import comm
import ipywidgets
import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ipykernel.compiler import get_tmp_hash_seed, murmur2_x86
from nbgrader import utils
from nbgrader.preprocessors import IgnorePattern, LimitOutput

from grading.engine import generators
from grading.engine.assignment import (
    Cell,
    Notebook,
    Settings,
    idle_cells,
    import_statements,
    names_made,
    names_wanted,
)
from grading.engine.files import TEMPORARY, Folder, is_plain_path, is_shared, named_in
from grading.engine.marks import partial_credit
from grading.engine.sanitise import checksum, has_failed, limit_outputs
from grading.engine.shell import leave_widgets_unheard, murmur2
from grading.engine.submission import read as read_submission
from grading.engine.values import BadValue, CannotCross, Decoder, Encoder
from grading.engine.wire import HEADER, MAGIC, Channel, Closed, TimedOut, WireError, pair, parse


class Pair(typing.NamedTuple):
    number: int
    letter: str


def refuse(value):
    raise CannotCross(str(type(value)))


def there_and_back(value):
    encoder = Encoder(refuse)
    tree = json.loads(json.dumps(encoder.encode(value), allow_nan=False))
    return Decoder(bytes(encoder.blob), refuse).decode(tree)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
    | st.dates() | st.datetimes() | st.complex_numbers(allow_nan=False) | st.fractions()
    | st.timedeltas(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple)
    | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)  # fmt: skip


@given(PLAIN)
def test_plain_values_cross_unchanged(value):
    back = there_and_back(value)
    assert back == value and type(back) is type(value)


@pytest.mark.parametrize(
    "value",
    [2**200, ..., {1, "a"}, frozenset((1, 2)), range(1, 9, 2), slice(1, None), dt.time(9, 30),
     decimal.Decimal("1.10"), fractions.Fraction(1, 3), bytearray(b"x"), np.float64(0.1),
     np.int8(-3), np.bool_(True), np.str_("x"), np.datetime64("2025-01-27"),
     pd.Timestamp("2025-01-27", tz="America/New_York"), pd.Timedelta("90min"), pd.Period("2025-01"),
     collections.Counter("abca"), collections.OrderedDict(b=1, a=2), pd.Interval(0, 1.5, "left"),
     collections.namedtuple("Point", "x y")(1, [2]), Pair(1, "b")],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_values_with_a_type_of_their_own(value):
    back = there_and_back(value)
    assert back == value and type(back) is type(value)


def test_containers_with_something_to_remember():
    queue = there_and_back(collections.deque([1, 2, 3], maxlen=3))
    queue.append(4)
    assert queue == collections.deque([2, 3, 4])
    groups = there_and_back(collections.defaultdict(list, {"a": [1]}))
    groups["b"].append(2)
    assert groups == {"a": [1], "b": [2]}


@pytest.mark.parametrize(
    "tree",
    [{"n": "f", "f": ["x, y=print('run')"], "v": [1]}, {"n": "a b", "f": ["x"], "v": [1]},
     {"n": "f", "f": ["x"], "v": [1, 2]}, {"n": "f", "f": "x", "v": 5}],
    ids=range(4),
)  # fmt: skip
def test_a_named_tuple_that_is_none(tree, capsys):
    with pytest.raises(BadValue):
        Decoder(b"", None).decode({"$": "namedtuple", **tree})
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_floats_that_json_does_not_have(value):
    np.testing.assert_equal(there_and_back(value), value)


@pytest.mark.parametrize(
    "array",
    [np.arange(6.0).reshape(2, 3), np.array(5), np.array([], int), np.array(["a", "bc"]),
     np.array([1, "a", None], object), np.array(["2025-01-27"], "M8[D]"), np.eye(3)[:, ::2],
     np.array([True]), np.array([1 + 2j])],
    ids=lambda array: array.dtype.str + str(array.shape),
)  # fmt: skip
def test_arrays(array):
    back = there_and_back(array)
    assert back.dtype == array.dtype and back.shape == array.shape and back.flags.writeable
    np.testing.assert_array_equal(back, array)


def table():
    return pd.DataFrame(
        {"n": [1, 2], "t": ["x", None], "c": pd.Categorical(["u", "v"], ordered=True),
         "d": pd.to_datetime(["2020-01-01", None]), "i": pd.array([1, None], dtype="Int64"),
         "z": pd.to_datetime(["2020-01-01", "2021-06-01"]).tz_localize("America/New_York"),
         "f": [1.5, np.nan], "o": [[1], {"a": 2}], "p": pd.period_range("2020", periods=2, freq="M")},
        index=pd.Index(["p", "q"], name="key"))  # fmt: skip


@pytest.mark.parametrize(
    "frame",
    [table(), table().drop(columns="o").set_index(["n", "t"]), pd.DataFrame(),
     pd.DataFrame(index=[1, 2]), pd.DataFrame([[1, 2]], columns=["a", "a"]),
     pd.DataFrame({"x": [1.0]}, index=pd.date_range("2025-01-27", periods=1, freq="D"))],
    ids=range(6),
)  # fmt: skip
def test_tables(frame):
    pd.testing.assert_frame_equal(there_and_back(frame), frame)


def test_series_and_indexes():
    series = table()["z"].rename(None)
    pd.testing.assert_series_equal(there_and_back(series), series)
    for index in (
        pd.RangeIndex(3, name="r"),
        pd.date_range("2025", periods=3, freq="B"),
        pd.interval_range(pd.Timestamp("2025"), periods=2, closed="both", name="i"),
        pd.CategoricalIndex(pd.cut([1, 5], [0, 2, 9])),
    ):
        pd.testing.assert_index_equal(there_and_back(index), index)


@pytest.mark.parametrize(
    "value",
    [object(), lambda: 0, type("F", (float,), {})(1), type("L", (list,), {})(), print, int,
     np.zeros(2).view(type("A", (np.ndarray,), {})), collections.defaultdict(lambda: 0),
     type("N", (collections.namedtuple("N", "x y"),), {})(1, 2),
     type("C", (collections.Counter,), {})("a")],
    ids=range(10),
)  # fmt: skip
def test_what_is_not_plain_data_is_no_data(value):
    with pytest.raises(CannotCross):
        there_and_back(value)


def test_a_list_that_holds_itself():
    value = []
    value.append(value)
    with pytest.raises(CannotCross):
        there_and_back(value)


@pytest.mark.parametrize(
    "tree",
    [{"$": "pickle"}, {"$": None}, {}, {"$": "array", "d": "|O", "s": [1], "b": [0, 8]},
     {"$": "array", "d": "<f8", "s": [2], "b": [0, 8]}, {"$": "bytes", "b": [0, 9]},
     {"$": "bytes", "b": [-1, 1]}, {"$": "bytes", "b": ["0", 1]}, {"$": "int", "v": "zz"},
     {"$": "array", "d": "<f8,<i4", "s": [1], "b": [0, 8]}, {"$": "float", "v": "1"},
     {"$": "dict", "v": [[[], 1]]}, {"$": "Timestamp", "v": 1, "u": "ns", "z": "../../etc/passwd"},
     {"$": "DataFrame", "c": [], "h": 1, "i": 2}, {"$": "set", "v": 3},
     {"$": "Series", "c": {"k": "cat", "v": 1}, "i": {"$": "RangeIndex", "v": [0, 1, 1], "n": 0},
      "n": None}],
    ids=str,
)  # fmt: skip
def test_a_lie_is_found_out(tree):
    with pytest.raises(BadValue):
        Decoder(bytes(8), refuse).decode(tree)


def test_nothing_of_the_engine_unpickles():
    from pathlib import Path

    import grading.engine

    for path in Path(grading.engine.__file__).parent.glob("*.py"):
        text = path.read_text()
        assert "import pickle" not in text and "pickle.load" not in text, path


# ------------------------------------------------------------------ frames


def channels(**options):
    one, other = pair()
    return Channel(one), Channel(other, **options)


def test_a_frame_arrives_whole():
    one, other = channels()
    one.send({"a": [1, "ü"]}, b"\0bytes")
    assert other.receive(1) == ({"a": [1, "ü"]}, b"\0bytes")


def test_frames_that_break_the_rules():
    for data in (b"x" * HEADER.size, HEADER.pack(MAGIC, 4, 0) + b"[1,]",
                 HEADER.pack(MAGIC, 2, 0) + b"[]", HEADER.pack(MAGIC, 2**31, 2**62)):  # fmt: skip
        one, other = channels()
        one.sock.sendall(data)
        with pytest.raises(WireError):
            other.receive(1)


def test_silence_and_departure():
    one, other = channels()
    with pytest.raises(TimedOut):
        other.receive(0.05)
    one.sock.sendall(HEADER.pack(MAGIC, 10, 0)[:7])
    one.close()
    with pytest.raises(Closed):
        other.receive(1)


@pytest.mark.parametrize("text", [b"NaN", b"[" * 100_000, b"1" * 10_000, b"\xff", b"{"])
def test_json_is_strict(text):
    with pytest.raises(WireError):
        parse(text)


# ------------------------------------------------------------------ what the course says


def test_names_that_an_answer_makes():
    source = (
        "a = 1\nb, (c, *d) = 1, (2, 3)\ndef f(x):\n    inner = 2\nclass K: pass\nframe['x'] = 1\n"
        "obj.part = 2\nitems.append(3)\nfor i in range(3):\n    n += i\nprint(a)\n%time q = 1\n"
        "with open('x') as handle: pass\n[z for z in a]\n"
    )
    assert names_made(source) >= set("abcdinf") | {"K", "frame", "obj", "items", "handle"}
    assert not names_made(source) & {"inner", "print", "z", "x", "open"}


def test_import_statements_are_found_next_to_magics():
    source = "%matplotlib inline\nimport numpy as np, math\nfrom pandas import Series\nx = 1"
    assert import_statements(source) == ["import numpy as np, math", "from pandas import Series"]
    assert import_statements("this is = no python") == []


def test_locked_cells_that_no_test_needs_are_idle():
    def cell(name, source, **facts):
        return Cell(name, "code", source, "", True, **facts)

    cells = [
        cell("data", "x = load()"),
        cell("seed", "np.random.seed(0)"),
        cell("figure", "fig = draw(x)\nwidgets.Explorer()"),
        cell("shown", "print(y)"),
        cell("setup", "setup()"),
        cell("magic", "%matplotlib inline"),
        cell("in-place", "x.sort()"),
        cell("test", "assert np.all(x == z)", grade=True, points=1),
    ]
    notebook = Notebook("n", None, {c.name: c for c in cells}, [c.name for c in cells])
    assert idle_cells(notebook) == ["figure", "shown"]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [("x = 1\ny = x + z", "z"), ("x = x + 1", "x"), ("def f():\n    return x\nx = 1", "x"),
     ("a, b = c, d\na + b", "cd"), ("x[0] = 1", "x"), ("x += 1", "x"), ("a = b = c", "c"),
     ("for i in y:\n    k = i\nk", "iky"), ("f = lambda: g\ng = 1", "fg"),
     ("if c:\n    x = 1\nx", "cx")],
)  # fmt: skip
def test_names_that_a_test_makes_for_itself_are_not_wanted_from_others(source, wanted):
    assert names_wanted(source) == set(wanted)


# ------------------------------------------------------------------ short functions of nbgrader's


def graded_cell(source="x", cell_type="code", **facts):
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    cell = make[cell_type](source)
    cell.metadata["nbgrader"] = nbformat.from_dict({"grade_id": "a", **facts})
    return cell


@pytest.mark.parametrize(
    "facts",
    [
        {"grade": True, "solution": False, "locked": False, "points": 2},
        {"grade": True, "solution": True, "locked": False, "points": 2.5},
        {"grade": False, "solution": True, "locked": False},
        {"grade": False, "solution": False, "locked": True},
        {"grade": True, "solution": False, "locked": True, "points": 1, "cell_type": "markdown"},
        {"solution": True},
    ],
)
def test_checksums_are_those_of_nbgrader(facts):
    cell = graded_cell("größer = 1\n", **facts)
    assert checksum(cell) == utils.compute_checksum(cell)


STREAM = {"output_type": "stream", "name": "stdout", "text": "1\n2\n3\n4\n"}
ERROR = {"output_type": "error", "ename": "E", "evalue": "", "traceback": list("abcdefgh")}
NOISE = {"output_type": "stream", "name": "stderr", "text": "Font warning\n"}
OUTPUTS = [[], [STREAM], [STREAM, NOISE, STREAM], [NOISE], [ERROR], [STREAM, STREAM, ERROR]]


@pytest.mark.parametrize("outputs", OUTPUTS)
@pytest.mark.parametrize("most", [-1, 1, 2, 5, 6, 7, 10, 100])
def test_outputs_are_limited_as_by_nbgrader(outputs, most):
    nb = nbformat.v4.new_notebook(cells=[graded_cell(), graded_cell(cell_type="markdown")])
    nb.cells[0].outputs = [nbformat.from_dict(one) for one in copy.deepcopy(outputs)]
    theirs = copy.deepcopy(nb)
    settings = Settings(ignore_pattern="warn", max_lines=most, max_traceback=most)
    limit_outputs(nb, settings)
    for step in (IgnorePattern(pattern="warn"), LimitOutput(max_lines=most, max_traceback=most)):
        theirs, _ = step.preprocess(theirs, {})
    assert nb == theirs
    assert [has_failed(cell) for cell in nb.cells] == [utils.has_failed(c) for c in theirs.cells]


@pytest.mark.parametrize(
    ("value", "points"),
    [(1, 1), (0, 0), (2.5, 2), (float("nan"), 0), (-1, 0), (np.float64(1.5), 1.5), (True, 2),
     ("1", 2), (None, 2), (float("inf"), 2), (decimal.Decimal("0.5"), 0.5), (np.bool_(False), 2)],
)  # fmt: skip
def test_partial_credit(value, points):
    assert partial_credit(value, 2.0)[0] == points


# ------------------------------------------------------------------ files


@pytest.mark.parametrize("name", ["a.txt", "a/b/c.txt", "..x", "-rf"])
def test_plain_paths(name):
    assert is_plain_path(name)


@pytest.mark.parametrize(
    "name", ["", "/etc/x", "../x", "a/../../x", "a//b", ".", "a\0b", "x" * 300]
)
def test_paths_that_climb(name):
    assert not is_plain_path(name)


def test_links_pipes_and_large_files_are_not_read(tmp_path):
    folder = tmp_path / "ps"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "one.ipynb").write_text("{}")
    (folder / "deep" / "er" / "x.txt").write_text("x")
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "two.ipynb").symlink_to(folder / "one.ipynb")
    os.mkfifo(folder / "pipe")
    with (folder / "big.ipynb").open("wb") as file:
        file.truncate(21 * 2**20)
    (folder / "__pycache__").mkdir()
    read = read_submission(folder, "ada", "ps", ["__pycache__"])
    assert set(read.notebooks) == {"one"} and set(read.files) == {"deep/er/x.txt"}
    assert set(read.bad) == {"two", "big"} and len(read.problems) == 3
    (tmp_path / "away").symlink_to(folder)
    assert read_submission(tmp_path / "away", "ada", "ps", []).problems


def test_the_hash_of_a_submission_sees_content_not_times(tmp_path):
    path = tmp_path / "one.ipynb"
    path.write_text("a")
    first = read_submission(tmp_path, "ada", "ps", []).hash()
    os.utime(path, (1, 1))
    assert read_submission(tmp_path, "ada", "ps", []).hash() == first
    path.write_text("b")
    assert read_submission(tmp_path, "ada", "ps", []).hash() != first


# --- What IPython sees ------------------------------------------------------------------------


@given(st.text())
def test_cells_are_named_as_a_kernel_names_them(source):
    assert murmur2(source.encode()) == murmur2_x86(source, get_tmp_hash_seed())


def play_with_widgets():
    """Return what can be seen of some widgets: texts, values, what observers were told."""
    slider = ipywidgets.IntSlider(value=3, max=9, description="lag")
    double = ipywidgets.IntText(style={"description_width": "9em"})
    choice = ipywidgets.Dropdown(options={"one": 1, "two": 2}, layout={"width": "12em"})
    ipywidgets.dlink((slider, "value"), (double, "value"), lambda value: 2 * value)
    told = []
    slider.observe(lambda change: told.append((change["old"], change["new"])), "value")
    slider.value = 50
    choice.index = 1
    box = ipywidgets.VBox([slider, double, choice])
    shown = box._repr_mimebundle_()["text/plain"]
    box.close()
    return shown, told, slider.value, double.value, choice.value, choice.get_state("index")


def test_widgets_that_nobody_hears_look_and_work_the_same(monkeypatch):
    sent = []
    publish = comm.DummyComm.publish_msg
    keep = lambda self, kind, **message: sent.append(kind) or publish(self, kind, **message)  # noqa: E731
    monkeypatch.setattr(comm.DummyComm, "publish_msg", keep)
    monkeypatch.setattr(ipywidgets.Widget, "open", ipywidgets.Widget.open)
    expected = play_with_widgets()
    assert "comm_msg" in sent
    sent.clear()
    leave_widgets_unheard()
    assert play_with_widgets() == expected
    assert "comm_msg" not in sent


def test_commands_do_not_build_the_grammar_of_international_addresses():
    """It takes longer than all else that a command loads."""
    probe = "import grading.__main__, nbgrader.api, sys; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert "'jsonschema'" in done.stdout
    assert "rfc3987_syntax.syntax_helpers" not in done.stdout


@pytest.mark.parametrize(
    ("name", "shared"),
    [("out.csv", True), ("a/b.TXT", True), (f"{TEMPORARY}tmpx1/in.json", True), ("helper.py", False),
     ("model.pkl", False), ("array.npy", False), ("../out.csv", False), ("/etc/x.txt", False),
     (f"{TEMPORARY}../etc/x.txt", False), (f"{TEMPORARY}/x.txt", False), ("", False), (3, False), ("a\0.csv", False)],
)  # fmt: skip
def test_only_files_of_data_cross(name, shared):
    assert is_shared(name) is shared


def test_the_files_that_a_test_names():
    source = (
        "open('a.txt')\npd.read_csv('b.csv' if x else f'{y}.csv')\nimport c\n'd.py', 3, b'e.csv'"
    )
    assert named_in(source) == {"a.txt", "b.csv"}
    assert named_in("not python (") == set()


def test_two_folders_are_kept_alike(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (("kept.csv", "course"), ("new.csv", "first")):
        (tmp_path / name).write_text(text)
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    here = Folder()
    here.note("kept.csv")
    found, blob = here.changed(["new.csv", "kept.csv", "link.csv", "missing.csv"])
    assert found == {"new.csv": [0, 5]} and blob == b"first"
    assert here.changed(["new.csv"]) == ({}, b"")
    (tmp_path / "new.csv").unlink()
    assert here.changed(["new.csv"]) == ({"new.csv": None}, b"")

    there = Folder(keep=["kept.csv"])
    there.put({**found, "kept.csv": [0, 5]}, blob)
    assert (tmp_path / "new.csv").read_text() == "first"
    assert (tmp_path / "kept.csv").read_text() == "course"
    assert there.changed(["new.csv"]) == ({}, b"")
    there.put({"new.csv": None}, b"")
    assert not (tmp_path / "new.csv").exists()


@pytest.mark.parametrize(
    "found",
    [{"../x.csv": [0, 1]}, {"x.py": [0, 1]}, {"x.csv": [0, 9]}, {"x.csv": [-1, 1]}, [], None,
     {"x.csv": [0]}, {"x.csv": ["0", "1"]}],
    ids=str,
)  # fmt: skip
def test_files_that_are_none(found, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, TypeError)):
        Folder().put(found, b"x")
    assert not list(tmp_path.iterdir()) and not list(tmp_path.parent.glob("x.*"))


def generator(name):
    if name == "Random":
        return random.Random(3)
    if name == "RandomState":
        return np.random.RandomState(3)
    return np.random.Generator(getattr(np.random, name)(3))


@pytest.mark.parametrize("name", ["Random", "RandomState", "PCG64", "PCG64DXSM", "MT19937"])
def test_a_generator_goes_on_where_the_other_is(name):
    here = generator(name)
    there = generators.build(json.loads(json.dumps(generators.state(here))))
    one, other = generators.Shared(), generators.Shared()
    one.add(0, here)
    other.add(0, there)
    draw = (lambda it: it.gauss(0, 1)) if name == "Random" else (lambda it: it.normal())
    first = draw(here)
    other.follow(json.loads(json.dumps(one.moved())))
    assert one.moved() == {} == other.moved() and draw(generator(name)) == first
    assert [draw(here) for _ in range(3)] == [draw(there) for _ in range(3)]


@pytest.mark.parametrize(
    ("name", "change"),
    [("MT19937", lambda s: s["state"].update(pos=700)), ("MT19937", lambda s: s["state"].update(pos=-5)),
     ("MT19937", lambda s: s["state"].update(key=[0] * 624)),
     ("MT19937", lambda s: s["state"].update(key=[1] * 623)),
     ("MT19937", lambda s: s["state"]["key"].__setitem__(5, 2**32)),
     ("RandomState", lambda s: s["state"].update(pos=2**31 - 5)),
     ("RandomState", lambda s: s.update(gauss=float("inf"))), ("RandomState", lambda s: s.update(has_gauss=2)),
     ("RandomState", lambda s: s.update(gauss="1")), ("PCG64", lambda s: s["state"].update(inc=2)),
     ("PCG64", lambda s: s["state"].update(state=2**128)), ("PCG64", lambda s: s["state"].update(state="1")),
     ("PCG64", lambda s: s.update(has_uint32=-1)), ("PCG64", lambda s: s.clear()),
     ("Random", lambda s: s.__setitem__(2, float("nan"))), ("Random", lambda s: s[1].__setitem__(624, 700)),
     ("Random", lambda s: s[1].pop()), ("Random", lambda s: s.pop())],
    ids=range(18),
)  # fmt: skip
def test_a_state_that_is_none(name, change):
    """NumPy would read outside its memory, or draw for ever."""
    made = generator(name)
    shared, before = generators.Shared(), generators.state(made)
    shared.add(0, made)
    told = copy.deepcopy(before)
    change(told["state"])
    for moved in (
        {"0": told},
        {"1": before},
        {"0": None},
        [],
        {"0": {**before, "generator": "SFC64"}},
    ):
        with pytest.raises(ValueError, match="state of a generator"):
            shared.follow(moved)
    assert generators.state(made) == before
