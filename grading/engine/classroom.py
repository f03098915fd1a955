"""Grading a class: find the submissions, grade what is new, write each result once."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grading.engine import assignment as assignments
from grading.engine import sandbox, submission
from grading.engine.assignment import Assignment
from grading.engine.cluster import ALONE, Alone, Cluster, cores
from grading.engine.dry_run import Change, DryRun, Unwritten
from grading.engine.gradebook import UnknownStudent, Writer
from grading.engine.journal import Journal, lock, lock_gradebook
from grading.engine.sandbox import Limits
from grading.engine.submission import Submission, printable

#: Stands for the course where a student's name would: students' names begin with no dot.
COURSE = ".course"


class NoSubmissions(LookupError):
    """Nobody has handed anything in."""


@dataclass
class Options:
    """What the command line asks for.

    ``memory`` is in bytes; ``workers`` 0 means one for each core.
    """

    students: list[str] = field(default_factory=list)
    workers: int = 0
    scheduler: str | None = None
    force: bool = False
    confined: bool = True
    in_kernel: bool = False
    memory: int = Limits.memory
    notebook_seconds: float | None = None
    dry_run: bool = False


@dataclass
class Row:
    """What happened to one submission; the table and ``--json`` show it.

    ``state`` is ``graded``, ``unchanged`` or ``failed``; ``human`` says that somebody has to look.
    """

    student: str
    state: str
    score: float = 0.0
    max_score: float = 0.0
    human: bool = False
    seconds: float = 0.0
    cpu: float = 0.0
    confined: bool = True
    notes: list[str] = field(default_factory=list)
    notebooks: list[dict] = field(default_factory=list)

    def to_dict(self) -> dict:
        """Return the row as plain data."""
        return dataclasses.asdict(self)


Listener = Callable[[Row, int], None]


class Classroom:
    """One assignment of one course, to be graded.

    Parameters
    ----------
    coursedir, config
        The course, as nbgrader configures it.
    name
        The assignment.
    options
        What was asked for.
    """

    def __init__(
        self, coursedir: CourseDirectory, config: Config, name: str, options: Options
    ) -> None:
        self.coursedir = coursedir
        self.config = config
        self.name = name
        self.options = options
        self.root = Path(coursedir.root)
        #: After a dry run: the marks that would change, and the points before and after.
        self.changes: list[Change] = []
        #: Tests that refuse the course's own answer, as :func:`refused`.
        self.unfit: list[dict] = []
        self.totals: dict[str, tuple[float | None, float]] = {}
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            self.assignment = assignments.load(gradebook, coursedir, name, config)
        self.assignment.settings.in_kernel = options.in_kernel
        timeout = self.assignment.settings.timeout
        whole = options.notebook_seconds or max(300.0, 2 * timeout)
        self.limits = Limits(cell_seconds=timeout, notebook_seconds=whole, memory=options.memory)
        confined = "confined" if options.confined else "unconfined"
        facts = f"{self.assignment.hash()} {confined} {self.limits.to_json()}"
        self.key = hashlib.sha256(facts.encode()).hexdigest()

    def students(self) -> list[str]:
        """Return the students who have handed in this assignment, sorted.

        Raises :class:`NoSubmissions` when there are none.
        """
        base = Path(self.coursedir.format_path(self.coursedir.submitted_directory, "*", self.name))
        pattern = base.relative_to(self.root).as_posix() if base.is_relative_to(self.root) else ""
        found = []
        for folder in self.root.glob(pattern) if pattern else []:
            student = folder.parts[len(self.root.parts) + pattern.split("/").index("*")]
            found.append(student)
        excluded = (self.coursedir.student_id_exclude or "").split(",")
        wanted = [one for one in found if one not in excluded and not one.startswith(".")]
        if self.options.students:
            missing = sorted(set(self.options.students) - set(wanted))
            if missing:
                raise NoSubmissions(
                    f"No submission of '{self.name}' by {', '.join(missing)} under "
                    f"{base.parent.parent}."
                )
            wanted = [one for one in wanted if one in self.options.students]
        if not wanted:
            raise NoSubmissions(
                f"Nobody has handed in '{self.name}': there is no folder {base}. Collect the "
                "submissions first."
            )
        return sorted(wanted)

    def grade(self, tell: Listener) -> list[Row]:
        """Grade everything that is new and return one row per submission.

        Parameters
        ----------
        tell
            Called with every finished row and the number of submissions in all.
        """
        if self.options.confined and self.options.scheduler is None:
            sandbox.require()
        students = self.students()
        with lock(self.root), lock_gradebook(self.coursedir.db_url):
            run = _Run(self, students, tell)
            try:
                rows = run.all_rows()
            finally:
                run.writer.close()
        self.unfit = run.unfit or []
        self.changes = getattr(run.writer, "changes", [])
        self.totals = getattr(run.writer, "totals", {})
        return rows

    def own_answer(self) -> dict[str, bytes]:
        """Return the course's notebooks with their answers, where the source folder has them."""
        form = self.coursedir.format_path
        folder = Path(form(self.coursedir.source_directory, ".", self.name))
        paths = {name: folder / f"{name}.ipynb" for name in self.assignment.notebooks}
        return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}

    def read(self, student: str) -> Submission:
        """Read what a student handed in."""
        form = self.coursedir.format_path
        folder = Path(form(self.coursedir.submitted_directory, student, self.name))
        return submission.read(folder, student, self.name, list(self.coursedir.ignore))


class _Run:
    """One run over the class."""

    def __init__(self, room: Classroom, students: list[str], tell: Listener) -> None:
        self.room = room
        self.students = students
        self.tell = tell
        writer, journal = (DryRun, Unwritten) if room.options.dry_run else (Writer, Journal)
        self.writer = writer(room.coursedir, room.config, room.assignment)
        self.journal = journal(room.root, room.name)
        self.waiting: dict[str, Submission] = {}
        self.rows: dict[str, Row] = {}
        self.course = {path: base64.b64decode(data) for path, data in room.assignment.files}
        record = self.journal.read(COURSE) or {}
        #: None as long as nobody knows.
        self.unfit: list[dict] | None = record["unfit"] if record.get("key") == room.key else None

    def all_rows(self) -> list[Row]:
        known = self.writer.known()
        todo = [one for one in self.students if not self._is_done(one, known)]
        if todo:
            crew = self._crew(len(todo))
            try:
                for student, outcome in crew.results(self._jobs(todo)):
                    if student == COURSE:
                        self._examine_course(outcome)
                    else:
                        self._write(student, outcome)
            finally:
                crew.close()
        return [self.rows[student] for student in self.students]

    def _crew(self, jobs: int) -> Alone | Cluster:
        options = self.room.options
        workers = min(options.workers or cores(), jobs)
        common = (self.room.assignment, self.room.limits, options.confined, jobs > ALONE)
        if options.scheduler is None and workers == 1:
            return Alone(*common)
        return Cluster(*common, workers, options.scheduler)

    def _is_done(self, student: str, known: set[str]) -> bool:
        """Say whether nothing has changed since the submission was graded, and report it."""
        if self.room.options.force or student not in known:
            return False
        record = self.journal.read(student)
        if record is None or record.get("key") != self.room.key:
            return False
        if record.get("files") and not self.writer.folder(student).is_dir():
            return False
        if record.get("submission") != self.room.read(student).hash():
            return False
        row = Row(**{**record["row"], "state": "unchanged"})
        self._report(row)
        return True

    def _jobs(self, students: list[str]) -> Iterator[tuple[str, dict, dict]]:
        """Yield what the workers need, reading each submission when its turn comes."""
        for student in students:
            given = self.room.read(student)
            known = self.room.assignment.notebooks
            notebooks = {name: data for name, data in given.notebooks.items() if name in known}
            for name in sorted(set(given.notebooks) - set(known)):
                given.problems.append(
                    f"'{printable(name)}.ipynb' is not a notebook of this assignment"
                )
            for name in sorted(set(known) - set(notebooks) - set(given.bad)):
                given.problems.append(f"'{name}.ipynb' was not handed in")
            self.waiting[student] = given
            if notebooks:
                yield student, notebooks, given.files
            else:
                self._write(student, {})
        answer = {} if self.unfit is not None else self.room.own_answer()
        if answer:
            yield COURSE, answer, {}

    def _examine_course(self, outcome: Any) -> None:
        """Note which tests refuse the course's own answer: they would refuse every student's."""
        if isinstance(outcome, Exception):
            return
        self.unfit = refused(self.room.assignment, outcome)
        self.journal.write(COURSE, {"key": self.room.key, "unfit": self.unfit})

    def _write(self, student: str, outcome: Any) -> None:
        """Write one result: gradebook first, then the files, then the journal."""
        given = self.waiting.pop(student)
        began = time.perf_counter()
        if isinstance(outcome, Exception):
            text = f"The grader failed: {type(outcome).__name__}: {printable(str(outcome))}"
            outcome = {name: {"problem": "engine", "text": text} for name in given.notebooks
                       if name in self.room.assignment.notebooks}  # fmt: skip
        known = self.room.assignment.notebooks
        for name, text in given.bad.items():
            if name in known:
                outcome[name] = {"problem": "unreadable", "text": text}
        row = Row(student, "graded", human=given.human, confined=self.room.options.confined)
        row.notes += given.problems
        try:
            row.notebooks = self.writer.write(student, given.timestamp, outcome)
        except UnknownStudent as error:
            row.state, row.human = "failed", True
            row.notes.append(str(error))
            self._report(row)
            return
        self.writer.write_files(student, outcome, given.files, self.course)
        self._summarise(row, outcome)
        self.journal.write(student, self._record(row, given, outcome))
        self.journal.log(student, log_text(row, outcome, time.perf_counter() - began))
        self._report(row)

    def _summarise(self, row: Row, outcome: dict[str, dict]) -> None:
        row.score = sum(one["score"] for one in row.notebooks)
        row.max_score = sum(one["max_score"] for one in row.notebooks)
        row.seconds = sum(one.get("seconds", 0.0) for one in outcome.values())
        row.cpu = sum(one.get("cpu", 0.0) for one in outcome.values())
        for name, result in outcome.items():
            prefix = f"{name}: " if len(self.room.assignment.notebooks) > 1 else ""
            if "problem" in result:
                row.state = "failed"
                row.notes.append(prefix + result["text"])
            row.notes += [prefix + printable(note) for note in result.get("notes", [])]
            if result.get("ended"):
                row.human = True
        if not outcome:
            row.state = "failed"
        row.human = row.human or row.state == "failed"

    def _record(self, row: Row, given: Submission, outcome: dict[str, dict]) -> dict:
        kept = ("cell", "auto_score", "how", "note")
        return {
            "key": self.room.key,
            "submission": given.hash(),
            "row": row.to_dict(),
            "files": any("problem" not in result for result in outcome.values()),
            "marks": {
                name: [{key: mark[key] for key in kept} for mark in result.get("marks", [])]
                for name, result in outcome.items()
            },
        }

    def _report(self, row: Row) -> None:
        self.rows[row.student] = row
        self.tell(row, len(self.students))


def refused(assignment: Assignment, outcome: dict[str, dict]) -> list[dict]:
    """Return the tests that give the course's own answer less than their points.

    Each is ``{"notebook", "cell", "score", "max_score", "why"}``; ``cell`` is empty where the
    notebook could not be run at all.
    """
    found = []
    for name, result in outcome.items():
        order = {cell: place for place, cell in enumerate(assignment.notebooks[name].order)}
        if "problem" in result:
            found.append({"notebook": name, "cell": "", "score": 0.0, "max_score": 0.0,
                          "why": result["text"]})  # fmt: skip
        marks = result.get("marks", [])
        for mark in sorted(marks, key=lambda mark: order.get(mark["cell"], len(order))):
            cell = assignment.notebooks[name].cells[mark["cell"]]
            if cell.is_test and (mark["auto_score"] or 0.0) < (cell.points or 0.0):
                why = _error_in(result["notebook"], cell.name) or mark["note"]
                found.append({"notebook": name, "cell": cell.name, "score": mark["auto_score"],
                              "max_score": cell.points, "why": why})  # fmt: skip
    return found


def _error_in(notebook: bytes, name: str) -> str:
    """Return the first line of what makes a cell of an executed notebook a failed one."""
    for cell in json.loads(notebook)["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") != name:
            continue
        for output in reversed(cell.get("outputs", [])):
            text = ""
            if output["output_type"] == "error":
                text = f"{output['ename']}: {output['evalue']}".strip(": \n")
            elif output.get("name") == "stderr":
                text = f"it writes to stderr, which counts as failed: {''.join(output['text'])}"
            if text:
                return printable(text.split("\n")[0])[:300]
    return ""


def log_text(row: Row, outcome: dict[str, dict], writing: float) -> str:
    """Return the log of one submission, for people."""
    lines = [f"{row.student}: {row.state}, {row.score:g} of {row.max_score:g}"]
    lines.append("confined" if row.confined else "NOT CONFINED (--unconfined)")
    lines += [f"note: {note}" for note in row.notes]
    for name, result in outcome.items():
        lines.append(f"\n{name}: {result.get('seconds', 0):.3f} s, "
                     f"{result.get('peak', 0) / 2**20:.0f} MB at most")  # fmt: skip
        for mark in result.get("marks", []):
            score = "waits for a human" if mark["auto_score"] is None else f"{mark['auto_score']:g}"
            lines.append(f"  {mark['cell']}: {score} ({mark['how']}) {mark['note']}".rstrip())
    lines.append(f"\nwritten in {writing:.3f} s")
    return "\n".join(lines) + "\n"


__all__ = ["Assignment", "Classroom", "NoSubmissions", "Options", "Row"]
