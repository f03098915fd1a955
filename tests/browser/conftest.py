"""A browser, a JupyterLab, and what axe-core says about a page.

The fixture ``open_notebook`` copies a folder of lessons into a temporary one and returns a
:class:`grading.browser.Notebook`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from grading.browser import NoBrowser, Notebook, Server, chromium, jupyterlab, open_copy

# What axe-core finds in other people's parts of a page: rule, where, and why we cannot mend it.
NOT_OURS = (
    ("color-contrast", ".jp-InputPrompt, .jp-OutputPrompt", "Jupyter's grey numbers of cells"),
    ("color-contrast", ".highlight span, .cm-line, .cm-line span", "Jupyter's colours of code"),
    ("aria-input-field-name", ".cm-content", "Jupyter's editors of code have no name"),
    ("aria-input-field-name", ".noUi-handle", "ipywidgets names a slider by a label beside it"),
    ("aria-required-children", ".jp-WindowedPanel-viewport", "JupyterLab's list of cells"),
    ("button-name", ".jp-collapseHeadingButton", "JupyterLab's button that folds a section"),
    ("link-in-text-block", ".jp-MarkdownOutput a", "Jupyter's links have no underline"),
    (
        "empty-table-header",
        "table.dataframe th, th.blank",
        "pandas leaves the corners of a table empty",
    ),
)
OURS = """([found, theirs]) => found.filter(one => {
    const element = document.querySelector(one.target);
    return !theirs.some(([rule, place]) => rule === one.rule && element?.matches(place));
})"""


def barriers(page: Page, within: str) -> dict[str, list[str]]:
    """Return by rule what axe-core finds in an element of a page, other people's parts apart."""
    found = [
        {"rule": rule["id"], "html": node["html"][:200], "target": node["target"][-1]}
        for rule in Axe().run(page, context=within).response["violations"]
        for node in rule["nodes"]
    ]
    theirs = [[rule, selector] for rule, selector, _ in NOT_OURS]
    ours: dict[str, list[str]] = {}
    for one in page.evaluate(OURS, [found, theirs]):
        ours.setdefault(one["rule"], []).append(one["html"])
    return ours


@pytest.fixture(scope="session")
def find_barriers() -> Callable[[Page, str], dict[str, list[str]]]:
    """Return :func:`barriers`."""
    return barriers


# For the module and not for the session: while playwright runs, so does its event loop, and other
# tests could not start one of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    try:
        with chromium() as browser:
            yield browser
    except NoBrowser as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A JupyterLab of this environment, with nobody's settings, in an empty folder."""
    with jupyterlab() as server:
        yield server


@pytest.fixture(scope="module")
def open_notebook(browser: Browser, server: Server) -> Iterator[Callable[[Path], Notebook]]:
    """Return a function that opens a copy of a notebook, together with the files beside it."""
    contexts = []
    crashes: list[str] = []

    def open_one(path: Path) -> Notebook:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: crashes.append(str(error)))
        return open_copy(page, server, path)

    yield open_one
    for context in contexts:
        context.close()
    assert not crashes, f"errors of the page itself: {crashes}"
