"""The web edition: complete, folded, without broken links, on a desk and in a hand."""

import re
import shutil
from urllib.parse import unquote, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe

from grading.builder import release
from grading.site import pages as source_pages
from grading.site.__main__ import build

LINKS = re.compile(r'<(a|link|script|img)\b[^>]*?(?:href|src)="([^"]+)"')
COURSE = source_pages.ROOT / "tests" / "builder" / "course"
LESSONS = source_pages.ROOT / "lessons" / "en"
LESSON = "01-ripples/ripples.html"
# Opens every fold and waits until it is there: folds fade in, and a pale text has no contrast.
UNFOLD = """async () => {
    document.querySelectorAll('details').forEach(one => one.open = true);
    await Promise.all(document.getAnimations().map(one => one.finished));
}"""
VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
}
every_view = pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
# What axe-core finds in the theme's parts, which are not ours: its two sidebars have no names.
NOT_OURS = {("landmark-unique", ".sidebar-drawer")}


def pages(site):
    return [path for path in sorted(site.rglob("*.html")) if path.name != "search.html"]


def test_there_is_a_page_for_every_lesson_the_start_and_the_glossary(site):
    names = {path.relative_to(site).as_posix() for path in pages(site)}
    assert names == {"index.html", "glossary.html", LESSON}


def test_a_lesson_is_executed_with_its_answers_folded(site):
    text = (site / LESSON).read_text("utf-8")
    folded = re.findall(r"<details.*?</details>", text, flags=re.DOTALL)
    assert len(folded) == 3 and all("Show the model answer" in one for one in folded)
    assert sum("● Right" in one or "Right (" in one for one in text.splitlines()) >= 3
    assert "The pond is 64 metres long." in text


def test_a_lesson_that_stops_says_what_to_do_and_leaves_the_pages(tmp_path, capfd):
    shutil.copytree(COURSE, tmp_path, dirs_exist_ok=True)
    release.install(root=tmp_path)
    (path,) = tmp_path.glob("lessons/en/*/*.ipynb")
    path.write_text(path.read_text("utf-8").replace("from sputnik", "raise KeyError #", 1), "utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("as before")
    assert build(tmp_path / "site", root=tmp_path) == 1
    said = capfd.readouterr().err
    assert "stops with KeyError" in said and "make lessons" in said
    assert (tmp_path / "site" / "index.html").read_text() == "as before"


def test_what_is_for_doing_or_for_marks_is_not_on_a_page(site):
    text = (site / LESSON).read_text("utf-8")
    assert "planted marker" not in text and "HIDDEN TESTS" not in text
    assert "check.report()" not in text
    assert "Nothing stored yet" not in text


def test_no_hidden_test_of_the_course_is_on_a_page(texts):
    for path in LESSONS.glob("*/*.ipynb"):
        page = (texts / path.parent.name / f"{path.stem}.html").read_text("utf-8")
        assert "HIDDEN TESTS" not in page and "BEGIN SOLUTION" not in page
        lines = (source_pages.ROOT / "solutions" / path.parent.name / f"{path.stem}.md").read_text()
        hidden = re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN", lines, flags=re.DOTALL)
        shown = re.sub("<.*?>", "", page)
        for line in (one.strip() for one in "".join(hidden).splitlines()):
            assert not line.startswith("assert") or line not in shown, line


def test_a_lesson_begins_with_its_launch_button(site):
    text = (site / LESSON).read_text("utf-8")
    assert (
        'href="https://mybinder.org/v2/gh/someone/ripples/HEAD'
        '?urlpath=lab/tree/lessons/en/01-ripples/ripples.ipynb"' in text
    )
    assert 'class="launch' in text


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


def test_the_text_of_every_lesson_becomes_a_page_without_warnings(texts):
    assert broken_links(texts) == []
    assert len(pages(texts)) == 2 + len(list(LESSONS.glob("*/*.ipynb")))


def walk(site, address, browser, view):
    """Yield every page, with all folds open, and check that it fits and runs quietly."""
    context = browser.new_context(**view)
    page = context.new_page()
    trouble = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda one: one.type == "error" and trouble.append(str(one.location)))
    page.on("requestfailed", lambda request: trouble.append(request.url))
    for path in pages(site):
        page.goto(f"{address}/{path.relative_to(site).as_posix()}")
        page.evaluate(UNFOLD)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path.name} is {wide} pixels wider than the page"
        yield page
    context.close()
    assert [one for one in trouble if "favicon.ico" not in one] == []


def barriers(page):
    """Return what axe-core finds on a whole page, the theme's parts apart."""
    return [
        (rule["id"], node["html"][:200])
        for rule in Axe().run(page).response["violations"]
        for node in rule["nodes"]
        if (rule["id"], node["target"][-1]) not in NOT_OURS
    ]


@every_view
def test_pages_fit_run_quietly_and_have_no_barriers(site, serve, browser, view):
    with serve(site) as address:
        for page in walk(site, address, browser, view):
            assert barriers(page) == [], page.url


@pytest.mark.parametrize("view", [VIEWS["desktop"], VIEWS["phone"]], ids=["desktop", "phone"])
def test_the_texts_of_the_course_fit_and_run_quietly(texts, serve, browser, view):
    with serve(texts) as address:
        assert sum(1 for _ in walk(texts, address, browser, view)) == len(pages(texts))


def test_the_whole_course_has_no_broken_links(whole):
    assert broken_links(whole) == []
    assert len(pages(whole)) == 2 + len(list(LESSONS.glob("*/*.ipynb")))


@every_view
def test_the_whole_course_fits_runs_quietly_and_has_no_barriers(whole, serve, browser, view):
    with serve(whole) as address:
        for page in walk(whole, address, browser, view):
            assert barriers(page) == [], page.url
