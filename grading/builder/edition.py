"""Makes the instructor's notebook of a lesson: nbgrader's source, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading.builder import prose
from grading.builder.course_map import CourseMap
from grading.builder.problems import BuildError
from grading.builder.source import BEGIN_SOLUTION, END_SOLUTION, Cell, Lesson

#: What stands under a section's heading, by language.
PACING = {"en": "*About {minutes} minutes; after this section you are at {so_far} of {total}.*"}

#: The same for a section that is meant for later, such as a text to write: the first, the others.
AT_HOME = {"en": "*About {minutes} minutes more, at home or later: the {total} minutes end here.*"}
STILL_AT_HOME = {"en": "*About {minutes} minutes more, at home or later.*"}

#: The last cells of every lesson with exercises: how to check oneself, by language.
CHECK_YOURSELF = {
    "en": (
        "## Check yourself\n\n"
        "Save the notebook (Ctrl+S), run the cell below and press the button. All tests of the "
        "lesson then run on the saved notebook. A table says what is right, partly right or not "
        "yet, and which section teaches it.\n\n"
        "Once an answer is right, you can put the model answer beside yours: run "
        '`check.model_answer("{exercise}")`, with the name of the exercise, in a new cell.'
    )
}
REPORT = "check.report()"

#: nbgrader's flags (grade, solution, locked) by part. Other parts are no concern of nbgrader.
FLAGS = {
    "provided": (False, False, True),
    "answer": (False, True, False),
    "test": (True, False, True),
    "written": (True, True, False),
}

# nbgrader replaces the whole text of a written answer by a stub, unless part of it is marked as
# the solution. An empty marked region keeps the author's prompt; as HTML comments the marks do
# not show.
KEEP_PROMPT = f"<!-- ### {BEGIN_SOLUTION} -->\n<!-- ### {END_SOLUTION} -->"


def instructors(lesson: Lesson, lang: str) -> nbformat.NotebookNode:
    """Return the instructor's notebook: with model answers, hidden tests and rubrics.

    Parameters
    ----------
    lesson
        A lesson that keeps the rules.
    lang
        Language of the edition; Markdown cells in others are left out.

    Raises
    ------
    BuildError
        With every placeholder that cannot be filled.
    """
    course_map = CourseMap(lesson.path.parents[2], lessons="..")
    values = {"course_map": course_map} | prose.figures(lesson)
    cells, problems = [], []
    for cell, pace in _paced(lesson, lang):
        try:
            cells.append(_finished(lesson, cell, values, pace))
        except BuildError as error:
            problems += error.problems
    if problems:
        raise BuildError(problems)
    cells += _check_yourself(lesson, lang)
    notebook = new_notebook(cells=cells, metadata=_metadata(lesson, lang))
    nbformat.validate(notebook)
    return notebook


def _paced(lesson: Lesson, lang: str) -> Iterator[tuple[Cell, str]]:
    """Yield the cells of an edition, each with the pacing line that belongs to it, or none."""
    so_far, total, at_home_line = 0, lesson.about["minutes"], AT_HOME
    for cell in lesson.cells:
        if cell.part == "figures" or cell.options.get("lang", lang) != lang:
            continue
        minutes = cell.options.get("minutes") if cell.part == "prose" else None
        at_home = cell.options.get("at_home")
        so_far += minutes or 0
        line = PACING[lang].format(minutes=minutes, so_far=so_far, total=total) if minutes else ""
        if at_home:
            line, at_home_line = (
                at_home_line[lang].format(minutes=at_home, total=total),
                STILL_AT_HOME,
            )
        yield cell, line


def _check_yourself(lesson: Lesson, lang: str) -> list[nbformat.NotebookNode]:
    """Return the cells in which learners check themselves; none where nothing can be checked."""
    if not lesson.points:
        return []
    text = CHECK_YOURSELF[lang].format(exercise=next(iter(lesson.points)))
    cells = (
        Cell("markdown", text, {"lang": lang}, 0, f"text-{lang}-check-yourself"),
        Cell("code", REPORT, {}, 0, "check-yourself"),
    )
    return [_finished(lesson, cell, {}, "") for cell in cells]


def _finished(
    lesson: Lesson, cell: Cell, values: dict[str, Any], pace: str
) -> nbformat.NotebookNode:
    metadata = _cell_metadata(cell)
    name = f"{lesson.name.partition('-')[0]}-{cell.id}"
    if cell.kind == "code":
        return new_code_cell(cell.source, id=name, metadata=metadata)
    text = prose.fill(lesson, cell, values)
    if pace:
        heading, _, rest = text.partition("\n")
        text = f"{heading}\n\n{pace}\n{rest}".rstrip()
    if cell.part == "written":
        text = f"{text}\n{KEEP_PROMPT}"
    return new_markdown_cell(text, id=name, metadata=metadata)


def _cell_metadata(cell: Cell) -> dict[str, Any]:
    """Everything that readers of the notebook need, and nbgrader's own block."""
    metadata = {key: cell.options[key] for key in ("lang", "tags") if key in cell.options}
    own = {key: value for key, value in cell.options.items() if key not in metadata}
    if own:
        metadata["sputnik"] = own
    if cell.part in FLAGS:
        metadata["nbgrader"] = _nbgrader(cell)
    return metadata


def _nbgrader(cell: Cell) -> dict[str, Any]:
    grade, solution, locked = FLAGS[cell.part]
    block = {
        "schema_version": 3,
        "grade_id": cell.id,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
    }
    return block | ({"points": cell.options["points"]} if grade else {})


def _metadata(lesson: Lesson, lang: str) -> dict[str, Any]:
    about = lesson.about
    kept = ("title", "question", "minutes", "prerequisites", "objectives")
    return {
        "kernelspec": lesson.front["kernelspec"],
        "language_info": {"name": "python"},
        "title": about["title"],
        "sputnik": {key: about[key] for key in kept if key in about}
        | {"lesson": lesson.name, "language": lang},
    }
