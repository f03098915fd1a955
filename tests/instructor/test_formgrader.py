"""One round in Formgrader, in a real browser: open, give points, grade again, feedback."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from small_course import NAME, grade, opened

from grading.builder import release
from grading.course import Course
from grading.instructor.rubrics import levels

playwright = pytest.importorskip("playwright.sync_api")

CHROMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROME = next(filter(None, map(shutil.which, CHROMES)), None)
pytestmark = pytest.mark.skipif(CHROME is None, reason="needs Chromium or Chrome")
PATIENCE = 90_000  # milliseconds


@pytest.fixture
def server(graded, tmp_path):
    """Start Jupyter in the course folder; return its address and its token."""
    runtime = tmp_path / "runtime"
    environment = {
        **os.environ,
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    options = ["--no-browser", "--allow-root", "--ServerApp.port_retries=100"]
    with (tmp_path / "jupyter.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *options],
            cwd=graded, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 90
        facts = None
        while facts is None and time.monotonic() < deadline and process.poll() is None:
            texts = [file.read_text() for file in runtime.glob("jpserver-*.json")]
            facts = json.loads(texts[0]) if texts and texts[0] else None
            time.sleep(0.1)
        assert facts, (tmp_path / "jupyter.log").read_text()[-3000:]
        yield facts["url"], facts["token"]
    finally:
        process.terminate()
        process.wait(timeout=30)


EVIL = """
<script>document.title = "owned"</script>
<img src="x" onerror="document.title = 'owned'">

1. A ring is $2 v t$ wide.
2. **So there.**
"""


@pytest.fixture
def hostile(graded, pupils):
    """A student has put a script into the written answer, which the grader leaves as it is."""
    path = graded / f"autograded/{pupils[1].id}/{NAME}/ripples.ipynb"
    path.chmod(0o644)
    notebook = nbformat.read(path, as_version=4)
    marked = (one for one in notebook.cells if "nbgrader" in one.metadata)
    (cell,) = (one for one in marked if one.metadata.nbgrader.grade_id == "report")
    cell.source += EVIL
    nbformat.write(notebook, path)


@pytest.fixture
def page():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROME, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        playwright.expect.set_options(timeout=PATIENCE)
        yield page
        browser.close()


def test_a_written_answer_is_marked_by_hand(graded, hostile, server, page, run, pupils):
    student = pupils[1]
    here = opened(graded)
    with here.gradebook() as gradebook:
        submission = gradebook.find_submission_notebook("ripples", NAME, student.id)
        address = f"formgrader/submissions/{submission.id}/"

    url, token = server
    page.goto(f"{url}login?token={token}", wait_until="commit")
    page.goto(f"{url}formgrader/gradebook/{NAME}/ripples")
    playwright.expect(page.locator("tbody tr").first).to_contain_text("Submission")
    page.goto(url + address)
    # The answer is there, and what student and test are about.
    _, text = student.written["report"]
    playwright.expect(page.get_by_text(text)).to_be_visible()
    # Nothing of it runs, and it is still Markdown.
    playwright.expect(page.locator("li", has_text="So there.").locator("strong")).to_be_visible()
    playwright.expect(page.locator("li math")).to_have_count(1)
    assert page.locator("[onerror]").count() == 0 and page.title() == "ripples"
    # The rubric is there, each level a button that sets its points.
    rubric = page.get_by_role("region", name="Rubric of report")
    playwright.expect(rubric).to_contain_text("width and unit, reason unclear.")
    assert rubric.get_by_role("button").all_inner_texts() == [f"{k} points" for k in (4, 3, 2, 1)]
    rubric.get_by_role("button", name="3 points").click()
    playwright.expect(page.locator("input.score#report")).to_have_value("3")
    pressed = rubric.get_by_role("button", pressed=True)
    playwright.expect(pressed).to_have_text("3 points")

    def points():
        with here.gradebook() as gradebook:
            mark = gradebook.find_grade("report", "ripples", NAME, student.id)
            total = gradebook.find_submission(NAME, student.id).score
            return mark.manual_score, mark.needs_manual_grade, total

    deadline = time.monotonic() + 30
    while points()[0] is None and time.monotonic() < deadline:
        time.sleep(0.2)
    assert points() == (3, False, student.expected + 3)

    # It is saved, and shown as chosen when the page is opened again.
    page.reload()
    playwright.expect(pressed).to_have_text("3 points")

    # Graded again, the mark of the person stays.
    grade(Course(graded), student.id, force=True)
    assert points()[0] == 3 and points()[2] == student.expected + 3
    assert run("feedback", "01", "--student", student.id)[0] == 0
    feedback = (graded / f"feedback/{student.id}/{NAME}/ripples.html").read_text("utf-8")
    assert "9 of 10 points so far" in feedback and "reason unclear" not in feedback


def test_levels_of_a_rubric():
    assert levels("- **4** All of it.\n- 2.5: *some*.\n\nNo level.\n") == [
        (4, "All of it."),
        (2.5, "*some*."),
    ]


def test_every_rubric_of_the_course_has_levels_up_to_the_points_of_its_task():
    for lesson in release.read():
        most = {cell.exercise: cell.options["points"] for cell in lesson.parts("written")}
        found = {cell.exercise: levels(cell.source) for cell in lesson.parts("rubric")}
        assert {name: [points for points, _ in one] for name, one in found.items()} == {
            name: list(range(points, 0, -1)) for name, points in most.items()
        }
