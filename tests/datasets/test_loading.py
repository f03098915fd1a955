"""data.load, data.card and data.package."""

import copy
import html
import re
import subprocess
import sys
import time

import pandas as pd
import pytest

from sputnik_moment import data


def entry(name):
    return next(r for r in data.package()["resources"] if r["name"] == name)


@pytest.mark.parametrize("name", data.names())
def test_every_table_has_the_types_of_its_schema(name):
    frame = data.load(name)
    fields = {f["name"]: f["type"] for f in entry(name)["schema"]["fields"]}
    if "date" in fields and fields["date"] == "date":
        assert isinstance(frame.index, pd.DatetimeIndex)
        assert frame.index.name == "date"
        assert frame.index.is_monotonic_increasing
        del fields["date"]
    else:
        assert list(frame.index) == list(range(len(frame)))
    assert list(frame.columns) == list(fields)
    for column, kind in fields.items():
        dtype = frame[column].dtype
        if kind == "number":
            assert dtype == "float64"
        elif kind == "integer":
            assert dtype in ("int64", "Int64")
            assert (dtype == "Int64") == frame[column].isna().any()
        elif kind == "boolean":
            assert dtype in ("bool", "boolean")
        elif kind == "date":
            assert dtype.kind == "M"
        else:
            assert pd.api.types.is_string_dtype(frame[column].dropna())


def test_the_market_table_is_a_long_frame():
    closes = data.load("market_closes")
    assert len(closes) == 29_426
    assert closes["ticker"].nunique() == 36
    assert closes.loc["2025-01-27"].query("ticker == 'NVDA'")["close"].item() == 118.42


def test_a_frame_is_ones_own():
    spoilt = data.load("market_closes")
    spoilt["close"] = 0.0
    del spoilt["adj_close"]
    fresh = data.load("market_closes")
    assert (fresh["close"] > 0).all()
    assert "adj_close" in fresh


def test_loading_is_fast():
    """Under 100 ms of processor time when read from disk: other work may go on beside."""

    def seconds():
        data._read.cache_clear()
        start = time.process_time()
        data.load("market_closes")
        return time.process_time() - start

    assert min(seconds() for _ in range(5)) < 0.1


def test_an_unknown_name_lists_the_known_ones_and_the_nearest():
    with pytest.raises(data.UnknownDataset) as error:
        data.load("market_close")
    message = str(error.value)
    assert "'market_close'" in message
    assert "Did you mean 'market_closes'?" in message
    assert all(name in message for name in data.names())


@pytest.mark.parametrize("name", ["", "zzzzzz", None, 3, ["market_closes"], "../market_closes"])
def test_odd_names_are_refused_kindly(name):
    for ask in (data.load, data.card):
        with pytest.raises(data.UnknownDataset, match="The datasets are"):
            ask(name)


@pytest.mark.parametrize("name", data.names())
def test_every_card_says_what_from_where_and_what_is_wrong(name):
    card = data.card(name)
    resource = entry(name)
    page = html.unescape(re.sub("<[^>]+>", "", card._repr_html_()))
    for text in (str(card).replace("`", ""), page):
        assert resource["title"] in text
        assert resource["sources"][0]["title"].replace("`", "") in text
        assert resource["caveats"][0].replace("`", "") in text
        assert f"{len(data.load(name)):,} rows" in text
    assert len(str(card)) < 9_000, "a card must fit on a screen or two"


def test_many_columns_are_folded_so_that_the_faults_of_the_data_are_in_sight():
    page = data.card("launches")._repr_html_()
    folded = page.split("<details>")[1].split("</details>")[0]
    assert folded.startswith("<summary>11 columns: show them</summary>")
    assert "Name of the payload" in folded
    assert "Explorer 1" in page and "Explorer 1" not in folded


def test_a_card_cannot_be_a_way_in_for_markup():
    resource = entry("tickers")
    resource["description"] = "<script>alert(1)</script>"
    resource["sources"] = [{"title": "<b>x</b>", "path": "javascript:alert(1)"}]
    page = data.Card(resource, rows=1)._repr_html_()
    assert "<script>" not in page
    assert "<b>" not in page
    assert "href" not in page


def test_a_run_of_like_columns_is_told_once():
    shown = [field["name"] for field in data.columns(entry("digits"))]
    assert shown == ["id", "label", "pixel_00 ... pixel_77"]


def test_the_package_is_a_copy():
    before = copy.deepcopy(data.package())
    data.package()["resources"].clear()
    assert data.package() == before
    assert [r["name"] for r in before["resources"]] == data.names()


def test_the_student_core_is_enough():
    """Loading needs pandas and no package of the instructor's or the tests' extras."""
    script = (
        "import sys; from sputnik_moment import data; [data.load(n) for n in data.names()]; "
        "data.card('chips'); "
        "print([m for m in ('frictionless', 'rich', 'typer', 'sklearn') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_missing_folder_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "__file__", str(tmp_path / "sputnik_moment" / "data.py"))
    data._folder.cache_clear()
    with pytest.raises(FileNotFoundError, match="Install the course again"):
        data._folder()
    data._folder.cache_clear()


def test_a_wheel_has_the_datasets_inside(tmp_path, monkeypatch):
    inside = tmp_path / "sputnik_moment"
    (inside / "datasets").mkdir(parents=True)
    (inside / "datasets" / "datapackage.json").write_text("{}")
    monkeypatch.setattr(data, "__file__", str(inside / "data.py"))
    data._folder.cache_clear()
    assert data._folder() == inside / "datasets"
    data._folder.cache_clear()
