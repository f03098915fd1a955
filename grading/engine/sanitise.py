"""From a submitted notebook to one that can be run: the course decides, the student only answers.

This does what nbgrader's sanitising preprocessors do (clear outputs, remove duplicates, restore
kernel, types, points and locked sources, limit outputs), working from data instead of a database,
and settles the cases in which those stop the class: each becomes a note on this submission.

It runs in the warm process's forks, and nbgrader is not loaded there: that is 80 MB and more than a
second, for a few short functions. Tests compare the ones of this module with nbgrader's.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from grading.engine.assignment import Cell, Notebook, Settings, is_python

SCHEMA = 3
_KEYS = ("grade", "grade_id", "locked", "schema_version", "solution", "points", "checksum",
         "cell_type", "task")  # fmt: skip


class Unreadable(Exception):
    """The file is not a notebook that can be graded; the message says why and what to do."""


def read(data: bytes) -> NotebookNode:
    """Parse a submitted notebook and bring it to nbformat 4.

    Raises :class:`Unreadable` with a sentence for the instructor.
    """
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(
            f"The file is not JSON ({type(error).__name__}): it is damaged or is not a notebook. "
            "Ask for it again."
        ) from None
    if not isinstance(tree, dict):
        raise Unreadable("The file is JSON but not a notebook. Ask for it again.")
    major = tree.get("nbformat")
    if type(major) is not int or not 1 <= major <= 4:
        raise Unreadable(
            f"The notebook says it has format {str(major)[:20]!r}; only 3 and 4 can be read. Ask "
            "the student to save it with a current Jupyter."
        )
    if major < 3:
        raise Unreadable(
            f"The notebook is in the old format {major}. Open and save it once in Jupyter, or run "
            "`jupyter nbconvert --to notebook`."
        )
    try:
        nb = nbformat.from_dict(tree)
        if major != 4:
            nb = nbformat.convert(nb, 4)
        for cell in nb.cells:
            if not isinstance(cell.cell_type, str) or not isinstance(cell.metadata, dict):
                raise TypeError("a cell without type or metadata")
            if isinstance(cell.source, list):
                cell.source = "".join(cell.source)
            if not isinstance(cell.source, str):
                raise TypeError("a cell without source")
            cell.source.encode()
        if not isinstance(nb.metadata, dict):
            raise TypeError("no metadata")
    except Exception as error:
        raise Unreadable(
            f"The file is not a whole notebook ({type(error).__name__}: {str(error)[:100]}). Ask "
            "for it again."
        ) from None
    return nb


def sanitise(nb: NotebookNode, notebook: Notebook, settings: Settings) -> list[str]:
    """Bring ``nb`` in line with the course, in place; return notes for the instructor.

    Raises :class:`Unreadable` for a notebook in another language where the course names none.

    Parameters
    ----------
    nb
        A notebook of format 4.
    notebook
        What the gradebook says about it.
    settings
        Says whether deleted cells are put back, as ``OverwriteCells.add_missing_cells`` does.
    """
    notes: list[str] = []
    asked = nb.metadata.get("kernelspec")
    if not notebook.kernelspec and isinstance(asked, dict) and not is_python(asked):
        raise Unreadable(
            f"The notebook asks for the kernel {str(asked.get('name'))[:40]!r}, and the course "
            "does not say which one it wants. Ask for it again, run with a Python kernel."
        )
    _clear(nb, notes)
    _keep_last_copies(nb, notes)
    for cell in nb.cells:
        _restore(cell, notebook, notes)
    if notebook.kernelspec:
        submitted = nb.metadata.get("kernelspec")
        name = submitted.get("name") if isinstance(submitted, dict) else None
        if submitted is not None and name != notebook.kernelspec.get("name"):
            notes.append(f"kernel {str(name)[:40]!r} replaced by the course's")
        nb.metadata["kernelspec"] = NotebookNode(notebook.kernelspec)
    present = {grade_id(cell) for cell in nb.cells}
    for name in notebook.order:
        if name not in present and notebook.cells[name].points is not None:
            if settings.add_missing:
                _put_back(nb, notebook, name, settings.missing_notice)
            put_back = ", put back" if settings.add_missing else ""
            notes.append(f"cell '{name}' is missing{put_back}")
    _repair(nb)
    return notes


def grade_id(cell: NotebookNode) -> str | None:
    """Return the cell's nbgrader name, or None."""
    meta = cell.metadata.get("nbgrader")
    name = meta.get("grade_id") if isinstance(meta, dict) else None
    return name if isinstance(name, str) else None


def _clear(nb: NotebookNode, notes: list[str]) -> None:
    kept = []
    for cell in nb.cells:
        if cell.cell_type not in ("code", "markdown", "raw"):
            notes.append(f"a cell of the unknown type {cell.cell_type[:20]!r} was left out")
            continue
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
            for key in ("collapsed", "scrolled"):
                cell.metadata.pop(key, None)
        kept.append(cell)
    nb.cells = kept


def _keep_last_copies(nb: NotebookNode, notes: list[str]) -> None:
    """Keep the last cell of each name, as nbgrader does; earlier copies become plain cells."""
    seen: set[str] = set()
    for cell in reversed(nb.cells):
        name = grade_id(cell)
        if name is None:
            continue
        if name in seen:
            notes.append(f"cell '{name}' is there more than once; the last one counts")
            del cell.metadata["nbgrader"]
        seen.add(name)


def _restore(cell: NotebookNode, notebook: Notebook, notes: list[str]) -> None:
    meta = cell.metadata.get("nbgrader")
    if meta is None:
        return
    name = grade_id(cell)
    known = notebook.cells.get(name) if name is not None else None
    if known is None:
        if not (
            isinstance(meta, dict)
            and not any(meta.get(k) for k in ("grade", "solution", "locked", "task"))
        ):
            notes.append(f"a cell claims to be '{str(name)[:40]}', which the course does not have")
        del cell.metadata["nbgrader"]
        return
    if meta.get("schema_version", 0) != SCHEMA:
        notes.append(f"cell '{name}' claims schema_version {str(meta.get('schema_version'))[:10]}")
    if cell.cell_type != known.cell_type:
        notes.append(f"cell '{name}' was turned into {cell.cell_type}")
        _retype(cell, known.cell_type)
    points = meta.get("points")
    if known.points is not None and points != known.points:
        notes.append(f"cell '{name}' claims {str(points)[:20]} points")
    for key in ("grade", "solution", "task"):
        if bool(meta.get(key, False)) != getattr(known, key):
            notes.append(f"cell '{name}' claims {key} {str(meta.get(key))[:10]}")
    cell.metadata["nbgrader"] = NotebookNode(metadata_of(known, meta))
    if known.locked and cell.source != known.source:
        # The source has hidden tests, which were never handed out.
        if cell.source != known.given and not (known.is_test and known.given is None):
            notes.append(f"locked cell '{name}' was changed; the course's is used")
        cell.source = known.source


def metadata_of(known: Cell, claimed: dict[str, Any]) -> dict[str, Any]:
    """Return the cell's nbgrader metadata: the keys the student's had, the course's values."""
    truth = {
        "grade": known.grade,
        "grade_id": known.name,
        "locked": _locked(known, claimed),
        "schema_version": SCHEMA,
        "solution": known.solution,
        "checksum": known.checksum,
        "task": known.task,
    }
    if known.points is not None:
        old = claimed.get("points")
        same = type(old) in (int, float) and old == known.points
        truth["points"] = old if same else known.points
    if isinstance(claimed.get("cell_type"), str):
        truth["cell_type"] = known.cell_type
    if "task" not in claimed and not known.task:
        del truth["task"]
    if known.points is None and type(claimed.get("points")) in (int, float):
        truth["points"] = claimed["points"]
    return {key: truth[key] for key in _KEYS if key in truth}


def _locked(known: Cell, claimed: dict[str, Any]) -> bool:
    """Return the flag as nbgrader leaves it: a test cell counts as locked whatever it says."""
    if known.solution or known.grade:
        effective = known.grade and not known.solution
    else:
        effective = bool(claimed.get("locked", False))
    said = claimed.get("locked")
    return said if effective == known.locked and isinstance(said, bool) else known.locked


def _retype(cell: NotebookNode, cell_type: str) -> None:
    cell.cell_type = cell_type
    if cell_type == "code":
        cell.outputs = []
        cell.execution_count = None
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _put_back(nb: NotebookNode, notebook: Notebook, name: str, notice: str) -> None:
    """Insert a deleted cell after the nearest one that precedes it in the course's notebook."""
    known = notebook.cells[name]
    notice = notice.format(cell_id=name)
    new = nbformat.v4.new_code_cell if known.cell_type == "code" else nbformat.v4.new_markdown_cell
    cell = new(("# " if known.cell_type == "code" else "") + notice + known.source)
    cell.metadata["nbgrader"] = NotebookNode(metadata_of(known, {}))
    places = {grade_id(one): index for index, one in enumerate(nb.cells)}
    before = notebook.order[: notebook.order.index(name)]
    place = next((places[one] + 1 for one in reversed(before) if one in places), 0)
    nb.cells.insert(place, cell)


def _repair(nb: NotebookNode) -> None:
    """Leave out what nbformat would refuse to write, so that one odd key cannot lose a notebook."""
    nb.nbformat = 4
    nb.nbformat_minor = nb.get("nbformat_minor", 5)
    if type(nb.nbformat_minor) is not int or not 0 <= nb.nbformat_minor <= 5:
        nb.nbformat_minor = 5
    ids: set[str] = set()
    for cell in nb.cells:
        if nb.nbformat_minor < 5:
            cell.pop("id", None)
            continue
        name = cell.get("id")
        if not isinstance(name, str) or not 1 <= len(name) <= 64 or name in ids:
            cell["id"] = f"cell-{len(ids)}"
        ids.add(cell["id"])


def no_response(cell: NotebookNode) -> bool:
    """Say whether an answer cell is as it was handed out."""
    return cell.metadata.nbgrader.get("checksum") == checksum(cell)


def checksum(cell: NotebookNode) -> str:
    """Return nbgrader's checksum of a cell: over its source and what the metadata say it is."""
    meta = cell.metadata.nbgrader
    grade, solution = meta.get("grade", False), meta.get("solution", False)
    locked = not solution and (bool(grade) or meta.get("locked", False))
    facts = [cell.source, cell.cell_type, grade, solution, locked, meta["grade_id"]]
    if grade:
        facts.append(float(meta["points"]))
    return hashlib.md5("".join(map(str, facts)).encode(), usedforsecurity=False).hexdigest()


# ------------------------------------------------------------------ the outputs of a run


def has_failed(cell: NotebookNode) -> bool:
    """Say whether a code cell ended with an error, or wrote to the standard error stream."""
    return any(
        one.output_type == "error" or (one.output_type == "stream" and one.name == "stderr")
        for one in cell.get("outputs", [])
    )


def limit_outputs(nb: NotebookNode, settings: Settings) -> None:
    """Leave out of ``nb``, in place, the outputs that the course does not want to keep.

    Those are what ``IgnorePattern`` matches on standard error, and lines of streams and tracebacks
    beyond the numbers of ``LimitOutput``.
    """
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        if settings.ignore_pattern:
            unwanted = re.compile(settings.ignore_pattern)
            cell.outputs = [one for one in cell.outputs if not _is_noise(one, unwanted)]
        if settings.max_lines != -1:
            cell.outputs = _limit_lines(cell.outputs, settings.max_lines)
        if settings.max_traceback != -1:
            for one in cell.outputs:
                if one.output_type == "error":
                    one.traceback = _limit_traceback(one.traceback, settings.max_traceback)


def _is_noise(output: NotebookNode, unwanted: re.Pattern) -> bool:
    on_error_stream = output.output_type == "stream" and output.name == "stderr"
    return on_error_stream and unwanted.search(output.text) is not None


def _limit_lines(outputs: list[NotebookNode], most: int) -> list[NotebookNode]:
    """Cut the streams of a cell off where they have, together, ``most`` lines."""
    kept, count = [], 0
    for output in outputs:
        if output.output_type == "stream":
            if count == most:
                continue
            lines = output.text.split("\n")
            if count + len(lines) > most:
                lines = [*lines[: most - count - 1], "... Output truncated ..."]
            count += len(lines)
            output.text = "\n".join(lines)
        kept.append(output)
    return kept


def _limit_traceback(lines: list[str], most: int) -> list[str]:
    """Keep the beginning and the end of a traceback that has more than ``most`` lines."""
    if len(lines) <= most:
        return lines
    start = most // 2
    return [*lines[:start], "... Traceback truncated ...", *lines[-(most - start - 1) :]]
