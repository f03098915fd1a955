"""Small courses made for tests with nbgrader's own tools, and ways to compare two gradebooks."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
import nbgrader
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading.engine import sandbox

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def meta(name, *, grade=False, solution=False, locked=False, task=False, points=None):
    facts = {"grade": grade, "grade_id": name, "locked": locked, "schema_version": 3,
             "solution": solution, "task": task}  # fmt: skip
    if points is not None:
        facts["points"] = points
    return {"nbgrader": facts}


def code(source, name=None, **facts):
    return new_code_cell(source, metadata=meta(name, **facts) if name else {})


def text(source, name=None, **facts):
    return new_markdown_cell(source, metadata=meta(name, **facts) if name else {})


def locked(name, source):
    return code(source, name, locked=True)


def answer(name, solution, stub=""):
    body = f"{stub}\n### BEGIN SOLUTION\n{solution}\n### END SOLUTION".strip("\n")
    return code(body, name, solution=True)


def exam(name, source, points=1):
    return code(source, name, grade=True, locked=True, points=points)


def notebook(cells, path=None):
    nb = new_notebook(cells=list(cells), metadata={"kernelspec": dict(KERNEL)})
    for index, cell in enumerate(nb.cells):
        cell["id"] = f"c{index}"
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nb, path)
    return nb


class Course:
    """A course folder with one assignment, ``ps``."""

    def __init__(self, root: Path, config: str = "") -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        head = "c = get_config()\nc.CourseDirectory.course_id = 'test'\n"
        (root / "nbgrader_config.py").write_text(head + config)

    def source(self, cells, name="one", assignment="ps"):
        notebook(cells, self.root / "source" / assignment / f"{name}.ipynb")

    def nbgrader(self, *arguments, check=True):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments], cwd=self.root, capture_output=True,
            text=True, env=environment(), check=False)  # fmt: skip
        if check and done.returncode != 0:
            raise AssertionError(done.stderr[-3000:])
        return done

    def generate(self, assignment="ps"):
        self.nbgrader("generate_assignment", assignment, "--force")
        return self

    def released(self, name="one", assignment="ps"):
        return nbformat.read(self.root / "release" / assignment / f"{name}.ipynb", as_version=4)

    def submit(self, student, answers=None, name="one", assignment="ps", change=None, files=None):
        """Hand in the released notebook with the answer cells filled in.

        ``answers`` maps the name of an answer cell to its source; ``change`` may alter the
        notebook; ``files`` maps names to text.
        """
        nb = self.released(name, assignment)
        for cell in nb.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if answers and grade_id in answers:
                cell.source = answers[grade_id]
        if change is not None:
            nb = change(nb) or nb
        folder = self.root / "submitted" / student / assignment
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.ipynb"
        if isinstance(nb, bytes):
            path.write_bytes(nb)
        else:
            path.write_text(json.dumps(nb))
        for other, content in (files or {}).items():
            (folder / other).parent.mkdir(parents=True, exist_ok=True)
            (folder / other).write_text(content)
        return folder

    def engine(self, *arguments, assignment="ps", check=None):
        """Run the engine's command line; return its rows by student."""
        done = subprocess.run(
            [sys.executable, "-m", "grading", "autograde", assignment, "--json", *arguments],
            cwd=self.root, capture_output=True, text=True, env=environment(), check=False,
        )  # fmt: skip
        if check is not None:
            assert done.returncode == check, (done.stdout[-3000:], done.stderr[-3000:])
        try:
            reply = json.loads(done.stdout.strip().splitlines()[-1])
        except (ValueError, IndexError):
            raise AssertionError(done.stdout[-2000:] + done.stderr[-3000:]) from None
        if "error" in reply:
            return reply
        return {row["student"]: row for row in reply["rows"]}

    def tables(self):
        return tables(self.root / "gradebook.db")

    def autograded(self, student, name="one", assignment="ps"):
        path = self.root / "autograded" / student / assignment / f"{name}.ipynb"
        return nbformat.read(path, as_version=4)

    def copy_to(self, other: Path) -> Course:
        shutil.copytree(self.root, other)
        twin = Course.__new__(Course)
        twin.root = other
        return twin


def environment():
    """The environment of a command: the tests' own, with the checkout importable.

    A kernel runs `!command` in ``SHELL``, which not every machine sets; the sandbox always does.
    """
    root = Path(__file__).resolve().parents[2]
    # nbgrader calls `alembic` by name when it makes a gradebook.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(root), "JUPYTER_PLATFORM_DIRS": "1",
            "SHELL": sandbox.environment()["SHELL"]}  # fmt: skip


def quickstart(root: Path) -> Course:
    """nbgrader's own example course, as ``nbgrader quickstart`` makes it."""
    course = Course(root)
    guide = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"
    skip = shutil.ignore_patterns("*.html", "autotests.yml", "ps1_autotest")
    shutil.copytree(guide / "source", root / "source", ignore=skip)
    shutil.copytree(guide / "submitted", root / "submitted")
    for path in root.rglob("*"):
        path.chmod(path.stat().st_mode | 0o200)
    return course.generate("ps1")


# ------------------------------------------------------------------ comparing

_TABLES = {
    "students": "select id, first_name, last_name, email from student",
    "courses": "select id from course",
    "submissions": """select a.name, s.student_id, s.timestamp, s.extension
        from submitted_assignment s join assignment a on a.id = s.assignment_id""",
    "notebooks": """select a.name, s.student_id, n.name, sn.flagged, sn.late_submission_penalty
        from submitted_notebook sn join notebook n on n.id = sn.notebook_id
        join submitted_assignment s on s.id = sn.assignment_id
        join assignment a on a.id = s.assignment_id""",
    "grades": """select a.name, s.student_id, n.name, b.name, g.auto_score, g.manual_score,
        g.extra_credit, g.needs_manual_grade
        from grade g join submitted_notebook sn on sn.id = g.notebook_id
        join notebook n on n.id = sn.notebook_id join base_cell b on b.id = g.cell_id
        join submitted_assignment s on s.id = sn.assignment_id
        join assignment a on a.id = s.assignment_id""",
    "comments": """select a.name, s.student_id, n.name, b.name, c.auto_comment, c.manual_comment
        from comment c join submitted_notebook sn on sn.id = c.notebook_id
        join notebook n on n.id = sn.notebook_id join base_cell b on b.id = c.cell_id
        join submitted_assignment s on s.id = sn.assignment_id
        join assignment a on a.id = s.assignment_id""",
}  # fmt: skip


def tables(database: Path) -> dict[str, list]:
    """Every table of a gradebook on natural keys: the primary keys are random."""
    with sqlite3.connect(database) as connection:
        return {
            name: sorted(connection.execute(query).fetchall(), key=repr)
            for name, query in _TABLES.items()
        }


_VARIES = [
    (re.compile(r"0x[0-9a-f]{6,}"), "0xADDRESS"),
    (re.compile(r"/tmp/ipykernel_\d+/"), "KERNEL/"),
    (re.compile(r'(?<="model_id": ")[0-9a-f]{32}'), "WIDGET"),
    (re.compile(r"~?/[^\s\"']*?/(site-packages|lib/python3\.\d+)/"), "LIB/"),
]


def normal(nb) -> dict:
    """A notebook without what differs between any two runs: timings, addresses, ids."""
    nb = json.loads(json.dumps(nb))
    nb["metadata"].pop("widgets", None)
    for cell in nb["cells"]:
        cell["metadata"].pop("execution", None)
        outputs = []
        for output in cell.get("outputs", []):
            last = outputs[-1] if outputs else {}
            same = output["output_type"] == "stream" and last.get("output_type") == "stream"
            if same and output["name"] == last["name"]:
                last["text"] += output["text"]
            else:
                outputs.append(output)
        if "outputs" in cell:
            cell["outputs"] = outputs
    whole = json.dumps(nb, sort_keys=True, indent=1)
    for pattern, word in _VARIES:
        whole = pattern.sub(word, whole)
    return json.loads(whole)
