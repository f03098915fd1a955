"""Keeps what students write in Markdown from running in the instructor's browser."""

from __future__ import annotations

from typing import Any

import nbformat
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor

from grading.feedback_html import clean_html


class HarmlessMarkdown(Preprocessor):
    """Replaces the Markdown of a submission by the HTML that is safe to show in Formgrader.

    Formgrader renders Markdown as it comes, and a page of Formgrader may change every mark. For
    other pages, and for outputs, the exporter's ``sanitize_html`` does this.
    """

    # Of no use here; but the HTML exporter sets it for all parts and warns where it is unknown.
    display_data_priority = ()

    def preprocess_cell(
        self, cell: nbformat.NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Clean a Markdown cell of a page of Formgrader."""
        if cell.cell_type == "markdown" and "submission_id" in resources:
            renderer = IPythonRenderer(
                escape=False, attachments=cell.get("attachments"), exclude_anchor_links=True
            )
            safe = clean_html(MarkdownWithMath(renderer).render(cell.source))
            # To Markdown, one line that begins with <div> is HTML as a whole.
            cell.source = "<div>" + safe.replace("\n", "&#10;") + "</div>"
        return cell, resources
