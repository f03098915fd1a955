"""Writes what Sphinx reads: an executed notebook a lesson, the start page, the glossary."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from grading.answers import fill
from grading.builder import source
from grading.builder.course_map import CourseMap

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = Path(__file__).with_name("glossary.md")
SHOW_ANSWER, HIDE_ANSWER = "Show the model answer", "Hide the model answer"
LIVE_ONLY = ("application/vnd.jupyter.widget-view+json", "application/vnd.sputnik.feedback+json")


class LessonStops(RuntimeError):
    """A lesson with its model answers cannot be run to its end."""


START = """# Sputnik Moments

On 27 January 2025 Nvidia lost 17 % of its market value in one day. The press called it a "Sputnik
moment". This course takes two Japanese articles of the days after and checks what they say against
data. Here you can read all lessons, with their figures; to predict, to move the widgets and to
solve the exercises, open a lesson as a notebook, with the link at the top of its page.

{course_map}

```{{toctree}}
:hidden:

{pages}
glossary
```
"""


def write(folder: Path, repository: str = "", root: Path = ROOT) -> None:
    """Write the sources of the web edition.

    Parameters
    ----------
    folder
        Where they go.
    repository
        Address of the published repository on GitHub, for launch buttons; without it, a page
        offers its notebook for download.
    root
        Folder of the repository.

    Raises
    ------
    LessonStops
        If a cell of a lesson, with the model answers in place, stops with an error.
    """
    lessons = [source.read(path) for path in source.find(root)]
    for lesson in lessons:
        edition = root / "lessons" / "en" / lesson.name / f"{lesson.slug}.ipynb"
        copy = folder / "notebooks" / lesson.name / edition.name
        copy.parent.mkdir(parents=True)
        shutil.copy(edition, copy)
        page = folder / lesson.name / edition.name
        page.parent.mkdir()
        try:
            notebook = executed(with_answers(nbformat.read(edition, as_version=4), lesson))
        except CellExecutionError as error:
            raise LessonStops(
                f"{lesson.name}, with its model answers, stops with {error.ename}: "
                f"{error.evalue}.\nHas its source changed? Rebuild the lessons first: make lessons"
            ) from error
        nbformat.write(finished(notebook, _launch(lesson, repository)), page)
    pages = "\n".join(map(_entry, lessons))
    start = START.format(course_map=CourseMap(root, "."), pages=pages)
    (folder / "index.md").write_text(start, encoding="utf-8")
    shutil.copy(GLOSSARY, folder / "glossary.md")


def _entry(lesson: source.Lesson) -> str:
    """Return a lesson's line in the list of pages, with the number that other pages call it by."""
    number = lesson.name.partition("-")[0]
    return f"{number} {lesson.about['title']} <{lesson.name}/{lesson.slug}>"


def with_answers(edition: nbformat.NotebookNode, lesson: source.Lesson) -> nbformat.NotebookNode:
    """Return a student edition with the model answers, folded, and without what is for doing only.

    That is its last two cells, which check a saved notebook, and the cells of hidden tests, of
    which a student sees a remark.
    """
    models = {cell.exercise: cell.solved for cell in lesson.parts("answer")}
    notebook = fill(edition, models)
    notebook.cells = [
        cell
        for cell in notebook.cells
        if not cell.id.endswith("check-yourself") and not _is_remark(cell)
    ]
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in models:
            cell.metadata["tags"] = ["hide-input"]
            cell.metadata["mystnb"] = {
                "code_prompt_show": SHOW_ANSWER,
                "code_prompt_hide": HIDE_ANSWER,
            }
    return notebook


def _is_remark(cell: nbformat.NotebookNode) -> bool:
    lines = cell.source.split("\n")
    return cell.cell_type == "code" and all(line.startswith("#") for line in lines if line.strip())


def executed(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Run a notebook in an empty folder and keep its outputs."""
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=600,
            store_widget_state=False,
            resources={"metadata": {"path": folder}},
        )
        return client.execute(stderr=subprocess.DEVNULL)


def finished(notebook: nbformat.NotebookNode, launch: str) -> nbformat.NotebookNode:
    """Make an executed notebook fit for a page.

    A widget's picture and readout take the place of its live view, a wide table gets a frame to
    scroll in, nobody is told that a prediction is missing, and the way to the notebook comes under
    the title.
    """
    title = notebook.cells[0]
    heading, _, rest = title.source.partition("\n")
    title.source = f"{heading}\n\n{launch}\n{rest}"
    tables = itertools.count(1)
    for cell in notebook.cells:
        if cell.metadata.get("sputnik", {}).get("part") == "predict":
            cell.outputs = []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for kind in LIVE_ONLY:
                data.pop(kind, None)
            if "<table" in data.get("text/html", ""):
                data["text/html"] = _in_a_frame(data["text/html"], next(tables))
    return notebook


def _in_a_frame(table: str, number: int) -> str:
    """Return a table in a frame that a keyboard reaches and that a screen reader tells apart."""
    frame = f'<div class="scrolls" tabindex="0" role="region" aria-label="Table {number}">'
    return f"{frame}{_with_plain_corners(table)}</div>"


def _with_plain_corners(markup: str) -> str:
    """Replace the empty headers in the corner of a pandas table, which announce nothing."""
    return re.sub(r"<th></th>", "<td></td>", markup)


def _launch(lesson: source.Lesson, repository: str) -> str:
    path = f"lessons/en/{lesson.name}/{lesson.slug}.ipynb"
    target = f"../notebooks/{lesson.name}/{lesson.slug}.ipynb"
    found = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?", repository)
    if not found:
        return f"{{download}}`Download the notebook of this lesson <{target}>`"
    address = f"https://mybinder.org/v2/gh/{found[1]}/HEAD?urlpath={quote(f'lab/tree/{path}')}"
    download = f"{{download}}`download it <{target}>`"
    return f"[Open this lesson on Binder]({address}){{.launch}} or {download}"
