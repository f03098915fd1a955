"""The web edition: complete, folded, without broken links, on a desk and in a hand."""

import re
from urllib.parse import unquote, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe

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


def test_every_link_leads_somewhere_and_nothing_is_fetched_from_elsewhere(site):
    for page in pages(site):
        text = page.read_text("utf-8")
        for link in re.findall(r'(?:href|src)="([^"]+)"', text):
            address = urlparse(link)
            if address.scheme in ("https", "data"):
                continue
            target = page if not address.path else page.parent / unquote(address.path)
            assert target.exists(), f"{page.name}: {link}"
            if address.fragment and target.suffix == ".html":
                place = f'id="{unquote(address.fragment)}"'
                assert place in target.read_text("utf-8"), f"{page.name}: {link}"
        assert not re.findall(r'<(?:script|img|iframe)[^>]+src="https?:', text), page.name


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
