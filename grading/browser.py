"""A student at a browser: starts JupyterLab, opens a notebook, reads, types, clicks.

For tests and for the benchmark; it needs playwright, which comes with the extra ``test``, and a
Chromium or Chrome. The methods of :class:`Notebook` do what a student does, with mouse and
keyboard, and wait for the kernel; what they return is what the page shows.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
SCREENSHOTS = ROOT / "build" / "screenshots"
CHROMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET_CHROME = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# All cells are in the page, not only those in sight, so that a test can read every output.
SETTINGS = {"@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"}}
ERROR_OUTPUTS = (
    '[data-mime-type="application/vnd.jupyter.error"], '
    '[data-mime-type="application/vnd.jupyter.stderr"]'
)
HAS_RUN = re.compile(r"\[\d+\]")
SLOW = 180_000  # milliseconds: a whole notebook on a busy machine
FAST = 60_000  # milliseconds: one cell, one move


# Runs in the page: how long from a key or a click on a widget to the frame with its new picture.
# The browser stamps both, so nothing of what drives it is measured.
TIMER = """(view, patience) => {
    const timer = {moved: null};
    const source = () => view.querySelector("figure img")?.src;
    const before = source();
    for (const kind of ["keydown", "click", "change"])
        view.addEventListener(kind, event => {
            if (source() === before) timer.moved = event.timeStamp;
        }, {capture: true});
    timer.milliseconds = new Promise(resolve => {
        const observer = new MutationObserver(async () => {
            if (!source() || source() === before) return;
            observer.disconnect();
            await view.querySelector("figure img").decode();
            requestAnimationFrame(() => resolve(performance.now() - timer.moved));
        });
        observer.observe(view, {subtree: true, childList: true, attributes: true});
        setTimeout(() => { observer.disconnect(); resolve(null); }, patience);
    });
    return timer;
}"""


class NoBrowser(RuntimeError):
    """Neither Chromium nor Chrome is here; the message says how to install one."""


@dataclass(frozen=True)
class Server:
    """A running JupyterLab."""

    root: Path
    url: str
    token: str

    def address(self, path: str) -> str:
        """Return the address that opens a file of the server's folder, in its own workspace."""
        workspace = re.sub(r"\W+", "-", path)
        return f"{self.url}lab/workspaces/{workspace}/tree/{path}?token={self.token}"


class Explorer:
    """A widget of the course: controls, a one-line readout, a figure."""

    def __init__(self, view: Locator) -> None:
        self.view = view

    def readout(self) -> str:
        """Return the line that says the widget's state."""
        return self.view.locator("[role=status]").inner_text()

    def figure(self) -> tuple[str, str] | None:
        """Return the picture and its alt text; None for a widget that is all words."""
        image = self.view.locator("figure img")
        if not image.count():
            return None
        return image.get_attribute("src"), image.get_attribute("alt")

    def controls(self) -> list[str]:
        """Return the labels of the controls."""
        return [self._label(control) for control in self._controls().all()]

    def out_of_reach(self) -> list[str]:
        """Return the labels of the controls that the Tab key passes by, greyed-out ones apart."""
        reached = """control => [...control.querySelectorAll("input, select, button, [tabindex]")]
            .some(part => part.tabIndex >= 0 || part.disabled)"""
        return [
            self._label(control)
            for control in self._controls().all()
            if not control.evaluate(reached)
        ]

    def move(self, label: str) -> None:
        """Move one control a step, as a mouse or keyboard would, and wait for a change."""
        position = self.controls().index(label)
        control = self._controls().nth(position)
        self._enable(control, position)
        before = self._settled()
        _move(control)
        deadline = time.monotonic() + FAST / 1000
        while (self.readout(), self.figure()) == before:
            if time.monotonic() > deadline:
                raise AssertionError(f"{label!r} was moved; readout and figure are as before")
            time.sleep(0.02)

    def time_move(self, label: str, patience_s: float = 5.0) -> float | None:
        """Move one control a step and return the seconds until the new picture is shown.

        Parameters
        ----------
        label
            The label of the control.
        patience_s
            Longest wait, seconds.

        Returns
        -------
        float or None
            From the key or click to the frame with the new picture, by the browser's own clock;
            None where the picture stays the same.
        """
        position = self.controls().index(label)
        control = self._controls().nth(position)
        self._enable(control, position)
        self._settled()
        timer = self.view.evaluate_handle(TIMER, 1000 * patience_s)
        _move(control)
        milliseconds = timer.evaluate("timer => timer.milliseconds")
        return None if milliseconds is None else milliseconds / 1000

    def title(self) -> str:
        """Return the name above the controls; "" for a widget without one."""
        heading = self.view.locator("strong")
        return heading.first.inner_text().strip() if heading.count() else ""

    def _settled(self) -> tuple:
        """Return readout and figure once an earlier move has reached the page."""
        before, now = None, (self.readout(), self.figure())
        while now != before:
            time.sleep(0.15)
            before, now = now, (self.readout(), self.figure())
        return now

    def _enable(self, control: Locator, position: int) -> None:
        """Choose, in a menu before it, the entry that makes a greyed-out control usable."""
        greyed_out = control.locator(":is(input, select, button, .noUi-target)[disabled]")
        earlier = [self._controls().nth(i).locator("select") for i in reversed(range(position))]
        for menu in (menu for menu in earlier if menu.count()):
            for index in reversed(range(menu.locator("option").count())):
                if not greyed_out.count():
                    return
                menu.select_option(index=index)
                with contextlib.suppress(AssertionError):
                    expect(greyed_out).to_have_count(0, timeout=5_000)

    def _controls(self) -> Locator:
        return self.view.locator(
            ".widget-inline-hbox:not(.widget-html, .widget-hprogress), .widget-checkbox,"
            " .widget-toggle-buttons"
        )

    @staticmethod
    def _label(control: Locator) -> str:
        named = control.locator("label:has(input), .widget-label")
        return named.first.inner_text().strip()


def _move(control: Locator) -> None:
    """Give a control the next of its values."""
    if (menu := control.locator("select")).count():
        options = menu.locator("option").count()
        chosen = menu.evaluate("menu => menu.selectedIndex")
        menu.select_option(index=(chosen + 1) % options)
    elif (handle := control.locator(".noUi-handle")).count():
        at_the_end = handle.first.get_attribute("aria-valuenow") == handle.first.get_attribute(
            "aria-valuemax"
        )
        handle.first.press("ArrowLeft" if at_the_end else "ArrowRight")
    elif (box := control.locator("input[type=checkbox]")).count():
        box.click()
    elif (buttons := control.locator("button")).count():
        control.locator("button:not(.mod-active)").first.click()
        assert buttons.count() > 1
    elif (number := control.locator("input[type=number]")).count():
        number.press("ArrowUp")
        number.press("Enter")
    elif (date := control.locator("input[type=date]")).count():
        date.press("ArrowUp")
        date.press("Tab")
    else:
        raise AssertionError(f"a control of a kind no test can move: {control.inner_html()[:200]}")


class Notebook:
    """A notebook that is open in JupyterLab."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.path = path
        self.source = nbformat.read(path, as_version=4)
        self.panel = page.locator(".jp-NotebookPanel:visible")
        self.cells = self.panel.locator(".jp-Notebook .jp-Cell")

    def wait_until_open(self) -> None:
        """Wait until all cells are there and the kernel is ready."""
        expect(self.cells).to_have_count(len(self.source.cells), timeout=SLOW)
        self._wait_for_kernel(SLOW)

    def run_all(self) -> None:
        """Run all cells by the menu and wait for the last one, or for an error on the way."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        code = [i for i, cell in enumerate(self.source.cells) if cell.cell_type == "code"]
        last = self.cells.nth(code[-1]).locator(".jp-InputPrompt", has_text=HAS_RUN)
        expect(last.or_(self.panel.locator(ERROR_OUTPUTS)).first).to_be_attached(timeout=SLOW)
        self._wait_for_kernel(SLOW)

    def errors(self) -> list[str]:
        """Return every error and every warning that the page shows."""
        shown = self.panel.locator(ERROR_OUTPUTS).all_inner_texts()
        broken = self.panel.get_by_text("Error displaying widget").all_inner_texts()
        return [text.strip() for text in (*shown, *broken) if text.strip()]

    def find(self, grade_id: str) -> int:
        """Return the position of the cell that nbgrader knows by this name."""
        return self.names().index(grade_id)

    def names(self) -> list[str]:
        """Return nbgrader's names of all cells, "" for a cell without one."""
        return [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in self.source.cells]

    def type_into(self, position: int, source: str) -> None:
        """Replace the source of a cell with the keyboard; a text cell is opened first."""
        cell = self.cells.nth(position)
        if self.source.cells[position].cell_type == "markdown":
            cell.locator(".jp-MarkdownOutput").dblclick()
        editor = cell.locator(".cm-content")
        editor.click()
        editor.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source.strip("\n"))

    def run(self, position: int) -> str:
        """Run one cell and return the text of its outputs."""
        cell = self.cells.nth(position)
        before = self._number(position)
        cell.locator(".jp-InputPrompt").click()
        self.page.keyboard.press("ControlOrMeta+Enter")
        self._wait_for_number(position, before, FAST)
        return self.output(position)

    def output(self, position: int) -> str:
        """Return the text of a cell's outputs."""
        return "\n".join(
            self.cells.nth(position).locator(".jp-OutputArea-output").all_inner_texts()
        )

    def explorers(self) -> list[Explorer]:
        """Return the widgets of the course in the order of the page."""
        views = self.panel.locator(
            ".jp-OutputArea-output .widget-vbox:not(.widget-vbox *):has([role=status])"
        )
        return [Explorer(view) for view in views.all()]

    def validate(self) -> str:
        """Press nbgrader's Validate button and return what its window says."""
        self.panel.get_by_role("button", name="Validate").click()
        dialog = self.page.locator(".jp-Dialog")
        dialog.wait_for(timeout=SLOW)
        text = dialog.inner_text()
        dialog.locator("button.jp-mod-accept").click()
        dialog.wait_for(state="detached")
        return text

    def save(self) -> None:
        """Save the notebook by the menu and wait until the file has changed."""
        before = self.path.stat().st_mtime_ns
        self.page.get_by_role("menuitem", name="File", exact=True).click()
        self.page.locator('.lm-Menu-item[data-command="docmanager:save"]').click()
        deadline = time.monotonic() + FAST / 1000
        # The server empties the file first: it is saved when its last bracket is there.
        while self.path.stat().st_mtime_ns == before or not self.path.read_text().endswith("}\n"):
            assert time.monotonic() < deadline, "the notebook was not saved"
            time.sleep(0.1)

    def check_myself(self) -> str:
        """Press the button of the last cell and return the text of its card."""
        card = self.cells.last
        card.get_by_role("button", name="Check my saved notebook").click()
        said = card.get_by_text(re.compile("All tests have run|not here|not found|cannot be"))
        said.wait_for(timeout=SLOW)
        return card.locator(".jp-OutputArea-output").last.inner_text()

    def as_page(self) -> Path:
        """Save the notebook and export it as HTML, as File > Save and Export does."""
        self.save()
        target = self.path.with_suffix(".html")
        target.write_text(HTMLExporter().from_filename(str(self.path))[0], encoding="utf-8")
        return target

    def screenshot(self, name: str) -> Path:
        """Save a picture of the whole notebook, from its first cell to its last."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        target = SCREENSHOTS / f"{name}.png"
        usual = self.page.viewport_size
        scroller = self.panel.locator(".jp-WindowedPanel-outer")
        hidden = scroller.evaluate("e => e.scrollHeight - e.clientHeight")
        self.page.set_viewport_size({**usual, "height": usual["height"] + hidden + 20})
        scroller.evaluate("e => e.scrollTo(0, 0)")
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=target)
        self.page.set_viewport_size(usual)
        return target

    def _number(self, position: int) -> str:
        return self.cells.nth(position).locator(".jp-InputPrompt").inner_text().strip()

    def _wait_for_number(self, position: int, before: str, timeout: float) -> None:
        """Wait until a cell's number in brackets is a new one: it has run."""
        prompt = self.cells.nth(position).locator(".jp-InputPrompt")
        expect(prompt).to_have_text(HAS_RUN, timeout=timeout)
        if before:
            expect(prompt).not_to_have_text(before, timeout=timeout)
            expect(prompt).to_have_text(HAS_RUN, timeout=timeout)

    def _wait_for_kernel(self, timeout: float) -> None:
        status = self.page.locator("#jp-bottom-panel").get_by_text("| Idle")
        expect(status).to_be_visible(timeout=timeout)


def find_chrome() -> str | None:
    """Return the path of the system's Chromium or Chrome, or None for playwright's own."""
    return next(filter(None, map(shutil.which, CHROMES)), None)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start a Chromium without a window, and end it at last.

    Raises
    ------
    NoBrowser
        If there is none.
    """
    with sync_playwright() as playwright:
        chrome = find_chrome()
        if chrome is None and not Path(playwright.chromium.executable_path).exists():
            raise NoBrowser(
                "No Chromium or Chrome found. Install it: `sudo apt-get install chromium` on "
                "Debian, or `.venv/bin/playwright install chromium` elsewhere."
            )
        browser = playwright.chromium.launch(executable_path=chrome, args=QUIET_CHROME)
        yield browser
        browser.close()


@contextlib.contextmanager
def jupyterlab() -> Iterator[Server]:
    """Start a JupyterLab of this environment, with nobody's settings, in an empty folder."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        root, settings, runtime = (place / name for name in ("root", "settings", "runtime"))
        root.mkdir()
        for plugin, values in SETTINGS.items():
            file = settings / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps(values))
        environment = os.environ | {
            "JUPYTER_CONFIG_DIR": str(place / "config"),
            "JUPYTER_RUNTIME_DIR": str(runtime),
            "JUPYTERLAB_SETTINGS_DIR": str(settings),
            "JUPYTERLAB_WORKSPACES_DIR": str(place / "workspaces"),
            "IPYTHONDIR": str(place / "ipython"),
        }
        options = [f"--ServerApp.root_dir={root}", "--ServerApp.port=0", "--ServerApp.ip=127.0.0.1"]
        options += ["--no-browser", "--LabApp.extension_manager=readonly"]
        options += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        log = place / "server.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *options],
                env=environment,
                cwd=root,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            info = _wait_for_server(process, runtime, log)
            yield Server(root, info["url"], info["token"])
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for_server(process: subprocess.Popen, runtime: Path, log: Path) -> dict:
    """Return what the server writes about itself once it listens."""
    deadline = time.monotonic() + SLOW / 1000
    while time.monotonic() < deadline and process.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            if text := file.read_text():
                return json.loads(text)
        time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


def open_copy(page: Page, server: Server, path: Path) -> Notebook:
    """Open a copy of a notebook, made together with the files beside it."""
    copy = Path(tempfile.mkdtemp(dir=server.root)) / path.parent.name
    shutil.copytree(path.parent, copy, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    notebook = Notebook(page, copy / path.name)
    page.goto(server.address(notebook.path.relative_to(server.root).as_posix()))
    notebook.wait_until_open()
    return notebook
