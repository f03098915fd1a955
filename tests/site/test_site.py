"""The web edition: complete, folded, without broken links, on a desk and in a hand."""

import re
from urllib.parse import unquote, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe

from grading.site import pages as source_pages
from grading.site.__main__ import build

LINKS = re.compile(r'<(a|link|script|img)\b[^>]*?(?:href|src)="([^"]+)"')
LESSONS = source_pages.ROOT / "lessons" / "en"
LESSON = "01-ripples/ripples.html"
WIDTHS = {"desktop": 1280, "phone": 390}
# What axe-core finds in the theme's and the highlighter's parts, which are not ours.
NOT_OURS = ("color-contrast", "region", "landmark-unique")


def pages(site):
    made = ("genindex.html", "search.html")
    return [path for path in sorted(site.rglob("*.html")) if path.name not in made]


def test_there_is_a_page_for_every_lesson_the_start_and_the_glossary(site):
    names = {path.relative_to(site).as_posix() for path in pages(site)}
    assert names == {"index.html", "glossary.html", LESSON}


def test_a_lesson_is_executed_with_its_answers_folded(site):
    text = (site / LESSON).read_text("utf-8")
    folded = re.findall(r"<details.*?</details>", text, flags=re.DOTALL)
    assert len(folded) == 3 and all("Show the model answer" in one for one in folded)
    assert sum("● Right" in one or "Right (" in one for one in text.splitlines()) >= 3
    assert "The pond is 64 metres long." in text
    assert "planted marker" not in text and "check.report()" not in text


def test_a_lesson_begins_with_its_launch_button(site):
    text = (site / LESSON).read_text("utf-8")
    assert (
        'href="https://mybinder.org/v2/gh/someone/ripples/HEAD'
        '?urlpath=lab/tree/lessons/en/01-ripples/ripples.ipynb"' in text
    )


def test_the_start_page_has_the_course_map_and_formulas_need_no_script(site):
    assert "compute a distance from a speed" in (site / "index.html").read_text("utf-8")
    lesson = (site / LESSON).read_text("utf-8")
    assert "<math" in lesson and not re.search(r"<script[^>]+mathjax", lesson, re.IGNORECASE)


def broken_links(site):
    """Links of all pages to files or places that are not there, and what comes from elsewhere."""
    found = []
    for page in pages(site):
        text = page.read_text("utf-8")
        for tag, link in LINKS.findall(text):
            address = urlparse(link)
            if address.scheme in ("http", "https", "data"):
                found += [link] if tag != "a" and address.scheme != "data" else []
                continue
            target = page if not address.path else page.parent / unquote(address.path)
            place = f'id="{unquote(address.fragment)}"'
            inside = address.fragment and target.suffix == ".html"
            if not target.exists() or (inside and place not in target.read_text("utf-8")):
                found.append(f"{page.name}: {link}")
    return found


def test_every_link_leads_somewhere_and_nothing_is_fetched_from_elsewhere(site):
    assert broken_links(site) == []


def test_the_text_of_every_lesson_becomes_a_page_without_warnings(tmp_path, monkeypatch):
    """Not executed here: that all cells run is tested elsewhere, and takes minutes."""
    monkeypatch.setattr(source_pages, "executed", lambda notebook: notebook)
    assert build(tmp_path / "site") == 0
    assert broken_links(tmp_path / "site") == []
    assert len(pages(tmp_path / "site")) == 2 + len(list(LESSONS.glob("*/*.ipynb")))


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_pages_fit_and_run_quietly(site, address, browser, width):
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    trouble = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda one: one.type == "error" and trouble.append(str(one.location)))
    page.on("requestfailed", lambda request: trouble.append(request.url))
    for path in pages(site):
        page.goto(f"{address}/{path.relative_to(site).as_posix()}")
        for fold in page.locator("details").all():
            fold.evaluate("e => e.open = true")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path.name} is {wide} pixels wider than the page"
        found = Axe().run(page, context="article").response["violations"]
        ours = [rule["id"] for rule in found if rule["id"] not in NOT_OURS]
        assert ours == [], (path.name, ours)
    context.close()
    assert [one for one in trouble if "favicon.ico" not in one] == []
