"""Rubrics of written tasks: read from the instructor's notebook, shown in Formgrader.

Formgrader shows what a student handed in, where no rubric is. :class:`ShowRubrics` puts the levels
into the page's resources; ``templates/formgrade`` makes a button of each, which sets the points.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbgrader.coursedir import CourseDirectory

#: "- **4** All of it." and "- 4: all of it."
LEVEL = re.compile(r"^[-*] +\**(?P<points>\d+(?:\.\d+)?)\**:? +(?P<text>\S.*)$", re.MULTILINE)


def levels(rubric: str) -> list[tuple[float, str]]:
    """Return the levels of a rubric, in its order: points, and what earns them (Markdown)."""
    return [(float(one["points"]), one["text"]) for one in LEVEL.finditer(rubric)]


def rubrics(notebook: nbformat.NotebookNode) -> dict[str, list[tuple[float, str]]]:
    """Return the levels of every written task of an instructor's notebook, by name of its cell."""
    texts, cells = {}, {}
    for cell in notebook.cells:
        about = cell.metadata.get("sputnik", {})
        if about.get("part") == "rubric":
            texts[about["exercise"]] = cell.source
        elif about.get("part") == "written":
            cells[about["exercise"]] = cell.metadata.nbgrader.grade_id
    return {cells[name]: levels(text) for name, text in texts.items() if name in cells}


class ShowRubrics(Preprocessor):
    """Gives Formgrader's page the rubrics of its notebook, in ``resources["rubrics"]``."""

    # Of no use here; but the HTML exporter sets it for all parts and warns where it is unknown.
    display_data_priority = ()

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: dict[str, Any]
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Look up the rubrics; every other page that is exported stays without."""
        if "submission_id" in resources:
            course = CourseDirectory(parent=self)
            folder = course.format_path(course.source_directory, ".", resources["assignment_id"])
            source = Path(folder, f"{resources['notebook_id']}.ipynb")
            if source.is_file():
                resources["rubrics"] = rubrics(nbformat.read(source, as_version=4))
        return nb, resources
