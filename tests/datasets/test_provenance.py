"""No figure without a source, no table without a use, and all of it small."""

import csv
import json
import re
from pathlib import Path

import pytest

from grading.datasets import FOLDER
from sputnik_moment import data

ROOT = FOLDER.parent
RESOURCES = data.package()["resources"]
every_table = pytest.mark.parametrize("resource", RESOURCES, ids=[r["name"] for r in RESOURCES])


def text_of_lessons_and_library():
    lessons = ROOT.glob("solutions/*/*.md")
    library = (p for p in ROOT.glob("sputnik_moment/**/*.py") if p.name != "data.py")
    return "\n".join(path.read_text(encoding="utf-8") for path in (*lessons, *library))


def test_every_table_is_used_or_listed_as_extra():
    used = set(
        re.findall(r"data\.(?:load|card)\(\s*['\"](\w+)['\"]", text_of_lessons_and_library())
    )
    idle = [r["name"] for r in RESOURCES if r["name"] not in used and not r.get("extra")]
    assert idle == [], "Use them in a lesson, or say in the package, under 'extra', why they stay."


def test_all_together_are_under_three_megabytes():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 3_000_000


@every_table
def test_every_table_says_where_it_is_from_and_what_it_allows(resource):
    assert resource["sources"]
    for source in resource["sources"]:
        assert source["title"].strip()
        assert source.get("path", "https://").startswith(("https://", "http://"))
    assert resource["licenses"]
    for licence in resource["licenses"]:
        assert licence["name"]
        assert licence["title"].strip()
        assert licence["allows"].endswith(".")
    for part in ("title", "description", "confidence"):
        assert resource[part].strip()
    for part in ("crossChecks", "caveats"):
        assert resource[part]
        assert all(text.strip() for text in resource[part])


@every_table
def test_every_field_is_described_and_every_figure_has_a_unit(resource):
    for field in resource["schema"]["fields"]:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", field["name"])
        assert field["description"].strip()
        name = (resource["name"], field["name"])
        counts = {"id", "label", "clause_order", "condition_order", "met", "seed", "epoch"}
        if field["type"] in ("number", "integer") and field["name"] not in counts:
            assert field.get("unit"), name


@every_table
def test_every_row_with_a_source_column_fills_it(resource):
    fields = {field["name"] for field in resource["schema"]["fields"]}
    columns = fields & {"source", "source_title", "source_repository", "citation", "rests_on"}
    for column in columns - {"citation"} if resource["name"] == "export_timeline" else columns:
        empty = data.load(resource["name"])[column].isna()
        if resource["name"] != "sputnik_claim_codes":
            assert not empty.any(), f"{resource['name']}: {column} is empty in some rows"


@every_table
def test_nothing_rests_on_memory_alone(resource):
    with (FOLDER / resource["path"]).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for column in ("confidence", "source_confidence"):
                assert "memory" not in row.get(column, "")
            assert "from memory" not in " ".join(value or "" for value in row.values())


def test_the_text_is_plain_and_utf_8():
    for path in FOLDER.iterdir():
        content = path.read_bytes()
        assert b"\r" not in content, f"{path.name} has Windows line ends"
        assert not content.startswith(b"\xef\xbb\xbf"), f"{path.name} starts with a byte mark"
        text = content.decode("utf-8")
        assert not re.search(r"\b(just|simply|obviously)\b", prose(path, text)), path.name


def prose(path: Path, text: str) -> str:
    """Our own sentences; addresses and short quotations may hold any word."""
    text = re.sub(r"https?://\S+", "", text)
    return "" if path.name == "opinion.csv" else text.lower()


def test_prices_say_that_they_are_for_teaching():
    closes = next(r for r in RESOURCES if r["name"] == "market_closes")
    assert "not for trading" in closes["description"]
    assert "LicenseRef-unknown" in {licence["name"] for licence in closes["licenses"]}
    assert "Epoch AI" in json.dumps(next(r for r in RESOURCES if r["name"] == "ai_models"))
