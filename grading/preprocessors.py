"""What this course adds to nbgrader's steps (see ``nbgrader_config.py``)."""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import List

from grading.builder.source import BEGIN_HIDDEN, END_HIDDEN, cut


class DropInstructorCells(NbGraderPreprocessor):
    """Leaves the rubrics out of the student edition."""

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: dict[str, Any]
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Drop every cell that is for the instructor only."""
        nb.cells = [
            cell for cell in nb.cells if cell.metadata.get("sputnik", {}).get("part") != "rubric"
        ]
        return nb, resources


class HideTests(NbGraderPreprocessor):
    """Keeps hidden tests out of feedback pages: their code, and the errors that quote it."""

    # Of no use here; but the HTML exporter sets it for all parts and warns where it is unknown.
    display_data_priority = List().tag(config=True)

    def preprocess_cell(
        self, cell: nbformat.NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Cut the hidden region out of a test cell and put errors into one line."""
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            cell.source = cut(cell.source, BEGIN_HIDDEN, END_HIDDEN, "# Hidden tests ran here.")
            cell.outputs = [_without_traceback(output) for output in cell.outputs]
        return cell, resources


def _without_traceback(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Say that a test failed, without the lines of the test and the values it compares."""
    if output.output_type != "error":
        return output
    why = "" if output.ename == "AssertionError" else f" Python stopped with {output.ename}."
    return new_output("stream", name="stdout", text=f"Not all hidden tests passed.{why}")
