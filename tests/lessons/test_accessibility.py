"""What a reader with a screen reader, a keyboard or other eyes for colour needs of a lesson's text.

Rendered pages are tested with axe-core in tests/browser and tests/site; the palette and alt texts
in tests/figures; labels, readouts and errors in words in tests/widgets and tests/feedback.
"""

import itertools
import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from sputnik_moment import data, figures

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "lessons" / "en").glob("*/*.ipynb"))
CODE = [*(ROOT / "solutions").glob("*/*.md"), *(ROOT / "sputnik_moment").rglob("*.py")]
VAGUE = {"here", "click here", "link", "this", "this link", "more", "read more", "download"}
LITERAL_COLOUR = re.compile(r"""color\w*=["']([#\w]+)["']""")
# White fills a shape with an edge or lies between two; matplotlib's grey has 3.9 to 1 on white.
COLOURS = {*figures.PALETTE.values(), "white", "grey"}
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.parent.name)


def page(path):
    """The prose of a lesson as one HTML tree."""
    notebook = nbformat.read(path, as_version=4)
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    markdown = MarkdownIt("commonmark").enable("table")
    return BeautifulSoup("\n".join(map(markdown.render, texts)), "html.parser")


def assert_links_lead_somewhere(tree):
    for link in tree.find_all("a", href=True):
        text = link.get_text(" ", strip=True)
        assert text.lower() not in VAGUE and len(text) > 2, link
        assert not text.startswith("http"), f"{text}: say what is there, not its address"


@every_lesson
def test_headings_are_a_tree_with_one_root(path):
    headings = page(path).find_all(re.compile("^h[1-6]$"))
    levels = [int(heading.name[1]) for heading in headings]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))
    assert all(heading.get_text(strip=True) for heading in headings)


@every_lesson
def test_links_images_and_tables_of_the_prose_speak(path):
    tree = page(path)
    assert_links_lead_somewhere(tree)
    for image in tree.find_all("img"):
        figures.check_alt(image.get("alt"))
    for table in tree.find_all("table"):
        names = [cell.get_text(strip=True) for cell in table.find_all("th")]
        assert names and all(names), f"a table has a column without a name: {names}"


@pytest.mark.parametrize("name", data.names())
def test_cards_of_datasets_have_named_rows_and_links(name):
    tree = BeautifulSoup(data.card(name)._repr_html_(), "html.parser")
    assert_links_lead_somewhere(tree)
    for row in tree.find_all("tr"):
        assert row.th["scope"] == "row" and row.th.get_text(strip=True)


def test_charts_use_the_palette_that_everybody_can_tell_apart():
    used = {colour for path in CODE for colour in LITERAL_COLOUR.findall(path.read_text("utf-8"))}
    assert used and used <= COLOURS, sorted(used - COLOURS)
