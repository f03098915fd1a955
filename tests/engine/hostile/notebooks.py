# ruff: noqa: E501
"""Attacks with the files that are handed in: cells, metadata, JSON, links."""

import copy
import json
import os

from nbformat.v4 import new_code_cell

from hostile.attack import Attack


def cells_by_name(nb):
    return {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in nb.cells}


def points(nb):
    for cell in nb.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader["points"] = 100


def bodies(nb):
    for name, cell in cells_by_name(nb).items():
        if name and name.startswith("t"):
            cell.source = "pass"
            cell.metadata.nbgrader["checksum"] = "0" * 32


def without_tests(nb):
    nb.cells = [c for c in nb.cells
                if not str(c.metadata.get("nbgrader", {}).get("grade_id")).startswith("t")]  # fmt: skip


def manual_to_auto(nb):
    cells_by_name(nb)["essay-code"].metadata.nbgrader["solution"] = False
    cells_by_name(nb)["essay-code"].source = "essay = 5"


def test_to_manual(nb):
    for name, cell in cells_by_name(nb).items():
        if name and name.startswith("t"):
            cell.metadata.nbgrader["solution"] = True
            cell.metadata.nbgrader["grade"] = False


def schema(version):
    def change(nb):
        cells_by_name(nb)["t1"].metadata.nbgrader["schema_version"] = version

    return change


def duplicate(nb):
    for name in ("t1", "a1"):
        index = nb.cells.index(cells_by_name(nb)[name])
        nb.cells.insert(index, copy.deepcopy(nb.cells[index]))
    nb.cells.append(new_code_cell("pass", metadata=copy.deepcopy(
        cells_by_name(nb)["t2"].metadata)))  # fmt: skip


def retype(nb):
    for name, cell in cells_by_name(nb).items():
        if name and name.startswith("t"):
            cell.cell_type = "raw" if name == "t1" else "markdown"
            cell.pop("outputs", None)
            cell.pop("execution_count", None)


def reorder(nb):
    nb.cells = nb.cells[::-1]


def inject(nb):
    facts = {"grade": True, "solution": False, "locked": False, "points": 50, "schema_version": 3,
             "grade_id": "bonus", "cell_type": "code", "task": False}  # fmt: skip
    nb.cells.append(new_code_cell("pass", metadata={"nbgrader": facts}))
    nb.cells.append(new_code_cell("1", metadata={"nbgrader": {"grade_id": ["t1"], "grade": {}}}))
    nb.cells.append(new_code_cell("1", metadata={"nbgrader": "grade"}))


def forged_outputs(nb):
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs = [{"output_type": "execute_result", "data": {"text/plain": "2.0"},
                             "metadata": {}, "execution_count": 1}]  # fmt: skip


def kernel(nb):
    nb.metadata["kernelspec"] = {"name": "bash", "display_name": "Bash", "language": "bash"}


def scripts(nb):
    cells_by_name(nb)["essay"].source = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def raw(text):
    return lambda nb: text if isinstance(text, bytes) else text.encode()


def old_format(nb):
    return json.dumps(
        {"nbformat": 2, "nbformat_minor": 0, "metadata": {}, "worksheets": []}
    ).encode()


def without_cells(nb):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


def strange_values(nb):
    nb.cells[0].source = "x = '\ud800'"
    return json.dumps(nb).encode()


def link_notebook(folder, course):
    path = folder / "one.ipynb"
    path.unlink()
    path.symlink_to(course.root / "source" / "ps" / "one.ipynb")


def link_file(folder, course):
    (folder / "data.txt").symlink_to(course.root / "solutions.txt")
    (folder / "folder").symlink_to(course.root)
    os.mkfifo(folder / "pipe")


LOOK = (
    "import os\nfor base, _, names in os.walk('.', followlinks=True):\n    for name in names:\n"
    "        print('GOT', name, open(os.path.join(base, name)).read()[:3000])\nprint('SEEN')"
)


ATTACKS = [
    Attack("A40-manual-to-auto", "makes a manual cell automatic", change=manual_to_auto),
    Attack("A40b-test-to-answer", "makes test cells answer cells", change=test_to_manual),
    Attack("A41-points", "asks for 100 points", change=points),
    Attack("A42-test-body", "replaces the tests by pass", change=bodies),
    Attack("A43-delete-tests", "deletes every test cell", change=without_tests),
    Attack("A46-schema-too-new", "schema_version 99", change=schema(99)),
    Attack("A46b-schema-too-old", "schema_version 1", change=schema(1)),
    Attack("A46c-schema-text", "schema_version that is no number", change=schema("x")),
    Attack("A48-duplicate", "duplicates test cells", change=duplicate),
    Attack("A49-retype", "turns test cells into text", change=retype),
    Attack("A50-timestamp", "forges a time that is none",
           files={"timestamp.txt": "\x1b[31mnever\x00"}),
    Attack("A51-truncated", "half a notebook", change=raw('{"cells": [{'), state="failed",
           human=True),
    Attack("A51b-deep", "a million lists in one another", change=raw("[" * 1_000_000),
           state="failed", human=True),
    Attack("A51c-nbformat-2", "a notebook of 2012", change=old_format, state="failed", human=True),
    Attack("A51d-no-cells", "a notebook without cells", change=without_cells, state="failed",
           human=True),
    Attack("A51e-binary", "not text at all", change=raw(bytes(range(256)) * 50), state="failed",
           human=True),
    Attack("A51f-surrogates", "half a character", change=strange_values, state="failed",
           human=True),
    Attack("A51g-huge-number", "a number of a million digits as format",
           change=raw('{"nbformat": 1' + "0" * 1_000_000 + "}"), state="failed", human=True),
    Attack("A52-reorder", "turns the notebook upside down", change=reorder),
    Attack("A53-saved-outputs", "hands in outputs that look like marks", change=forged_outputs),
    Attack("A54-script", "scripts in text and outputs",
           "from IPython.display import HTML, Javascript, display\n"
           "display(HTML('<script>alert(1)</script>'), Javascript('alert(1)'))", change=scripts),
    Attack("A56-attachment", "21 MB of metadata", change=raw(
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {"x": "' + "y" * (21 * 2**20)
        + '"}, "cells": []}'), state="failed", human=True),
    Attack("A57-kernel", "names another kernel", change=kernel),
    Attack("N01-inject", "adds graded cells of its own", change=inject),
    Attack("N02-link", "hands in a link to the model answer", folder=link_notebook, state="failed",
           human=True, absent=("SECRET-MODEL",)),
    Attack("N03-link-data", "hands in links to the course's files", LOOK, folder=link_file,
           absent=("SECRET-MODEL", "-7f3a9c"), present=("SEEN",)),
    Attack("N04-names", "file names that climb or bite",
           files={"a\nb.txt": "x", "-rf": "x", "..x": "x", "=cmd|' '!A1.csv": "x"}),
]  # fmt: skip
