"""Right and wrong answers to a lesson's exercises, from ``solutions/NN-slug/answers.py``.

That file is plain data. Its three tables are described in :func:`load`. Tests put every answer
through the grader; the simulated class draws its students from the same tables.
"""

from __future__ import annotations

import ast
import copy
import runpy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import nbformat

from grading.builder.problems import BuildError, Problem
from grading.builder.source import Lesson

FEWEST_RIGHT, FEWEST_WRONG, SAMPLES_PER_LEVEL = 2, 3, 2


@dataclass(frozen=True)
class Answer:
    """What a student might write into one answer cell, and what the grader must make of it.

    ``points`` is the mark that the answer must get; ``mistake`` the name that the check must give
    to what is wrong, None for a right answer.
    """

    exercise: str
    name: str
    code: str
    points: float
    mistake: str | None = None

    @property
    def right(self) -> bool:
        """Whether the answer is right."""
        return self.mistake is None


@dataclass(frozen=True)
class Answers:
    """All known answers to one lesson, by exercise."""

    right: Mapping[str, list[Answer]] = field(repr=False)
    wrong: Mapping[str, list[Answer]] = field(repr=False)
    written: Mapping[str, Mapping[int, list[str]]] = field(repr=False)

    def __iter__(self) -> Iterator[Answer]:
        for exercise in self.right:
            yield from self.right[exercise]
            yield from self.wrong[exercise]

    def of(self, exercise: str) -> list[Answer]:
        """Return all answers to one exercise, the right ones first."""
        return [*self.right[exercise], *self.wrong[exercise]]

    def packs(self) -> list[dict[str, Answer]]:
        """Pack the answers into few submissions: the k-th answer to every exercise together.

        Where an exercise has no k-th answer, its first right one stands in.

        Returns
        -------
        list of dict
            One answer per exercise for every submission.
        """
        size = max((len(self.of(exercise)) for exercise in self.right), default=0)
        return [
            {
                exercise: (self.of(exercise)[k:] or self.right[exercise])[0]
                for exercise in self.right
            }
            for k in range(size)
        ]


def load(lesson: Lesson) -> Answers:
    """Read and check the answers of a lesson.

    The file defines::

        RIGHT = {"exercise": ["code of the whole answer cell", "another way"], ...}
        WRONG = {"exercise": {"mistake-name": "code", "other-mistake": ("code", points)}, ...}
        WRITTEN = {"exercise": {4: ["sample", "sample"], 3: [...], 2: [...], 1: [...]}}

    A wrong answer earns nothing, or the points beside it. Where an exercise gives no marks, right
    and wrong answers earn the same, and only the check tells them apart.

    Raises
    ------
    BuildError
        With everything that is missing or does not fit the lesson.
    """
    path = lesson.path.with_name("answers.py")
    file = f"solutions/{lesson.name}/answers.py"
    if not path.is_file():
        remedy = "Write it, with the tables RIGHT, WRONG and WRITTEN."
        raise BuildError([Problem(file, "", "there is no such file.", remedy)])
    try:
        tables = runpy.run_path(str(path))
    except Exception as error:
        reason = f"stops with {type(error).__name__}: {str(error).rstrip('.')}."
        raise BuildError([Problem(file, "", reason, "Correct the file.")]) from error
    right, wrong = tables.get("RIGHT", {}), tables.get("WRONG", {})
    written = tables.get("WRITTEN", {})
    problems = [
        Problem(file, where, reason, remedy)
        for where, reason, remedy in [
            *_unmatched("RIGHT", right, lesson.points),
            *_unmatched("WRONG", wrong, lesson.points),
            *_unmatched("WRITTEN", written, lesson.written_points),
            *_too_few(right, wrong),
            *_worthless(wrong, lesson.points),
            *_levels(written, lesson.written_points),
        ]
    ]
    if problems:
        raise BuildError(problems)
    return Answers(
        {name: _right(name, right[name], lesson.points[name]) for name in lesson.points},
        {name: _wrong(name, wrong[name]) for name in lesson.points},
        written,
    )


def _right(exercise: str, codes: list[str], points: float) -> list[Answer]:
    return [Answer(exercise, f"right-{k}", code, points) for k, code in enumerate(codes, start=1)]


def _wrong(exercise: str, codes: Mapping[str, Any]) -> list[Answer]:
    answers = []
    for mistake, entry in codes.items():
        code, points = (entry, 0) if isinstance(entry, str) else entry
        answers.append(Answer(exercise, mistake, code, points, mistake))
    return answers


def _unmatched(table: str, entries: Mapping, exercises: Mapping) -> Iterator[tuple[str, str, str]]:
    for name in exercises:
        if name not in entries:
            yield table, f"has nothing for the exercise {name!r}.", "Add an entry for it."
    for name in entries:
        if name not in exercises:
            known = ", ".join(exercises) or "none"
            yield table, f"{name!r} is no exercise of this kind.", f"There are: {known}."


def _too_few(right: Mapping, wrong: Mapping) -> Iterator[tuple[str, str, str]]:
    for name, codes in right.items():
        if len(set(codes)) < FEWEST_RIGHT:
            remedy = f"Give at least {FEWEST_RIGHT} different ways."
            yield "RIGHT", f"{name!r} has {len(set(codes))} right answers.", remedy
    for name, codes in wrong.items():
        if len(codes) < FEWEST_WRONG:
            remedy = f"Give at least {FEWEST_WRONG} named mistakes."
            yield "WRONG", f"{name!r} has {len(codes)} wrong answers.", remedy


def _worthless(wrong: Mapping, points: Mapping[str, float]) -> Iterator[tuple[str, str, str]]:
    for name, codes in wrong.items():
        for mistake, entry in codes.items():
            earned = 0 if isinstance(entry, str) else entry[1]
            if name in points and earned and not 0 < earned < points[name]:
                reason = f"{name!r}/{mistake!r} earns {earned} of {points[name]} points."
                yield "WRONG", reason, "A wrong answer must lose at least one point."


def _levels(written: Mapping, points: Mapping[str, float]) -> Iterator[tuple[str, str, str]]:
    for name, levels in written.items():
        for level, samples in levels.items():
            if name in points and not 0 <= level <= points[name]:
                reason = f"{name!r} has a level {level}; it is worth {points[name]} points."
                yield "WRITTEN", reason, "Use levels from 0 to the points of the exercise."
            if len(samples) < SAMPLES_PER_LEVEL:
                reason = f"{name!r} has {len(samples)} samples of level {level}."
                yield "WRITTEN", reason, f"Give {SAMPLES_PER_LEVEL}."


def fill(notebook: nbformat.NotebookNode, texts: Mapping[str, str]) -> nbformat.NotebookNode:
    """Return a copy of a student edition with cells filled in, as a student would.

    Parameters
    ----------
    notebook
        The student edition.
    texts
        Exercise to the new text of its answer cell.
    """
    filled = copy.deepcopy(notebook)
    for cell in filled.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in texts:
            cell.source = texts[name]
    return filled


@dataclass(frozen=True)
class Borrowing:
    """An exercise that reads what another exercise's answer makes."""

    exercise: str
    name: str
    owner: str

    def __str__(self) -> str:
        return (
            f"{self.exercise!r} reads {self.name!r}, which the answer to {self.owner!r} makes: a "
            f"wrong {self.owner!r} costs marks in {self.exercise!r} too. Give {self.exercise!r} "
            "its own value in a provided cell."
        )


def borrowings(lesson: Lesson, answers: Answers) -> list[Borrowing]:
    """Find the exercises whose answers or tests depend on another exercise's answer.

    Exercises are to stand alone, so that one mistake is one mistake.
    """
    owners: dict[str, str] = {}
    found: dict[Borrowing, None] = {}
    for cell in lesson.cells:
        if cell.kind != "code" or cell.part == "figures":
            continue
        made, read = _names(cell.source)
        if cell.part in ("answer", "test"):
            if cell.part == "answer":
                for answer in answers.right.get(cell.exercise, []):
                    read |= _names(answer.code)[1]
            for name in sorted(read & set(owners)):
                if owners[name] != cell.exercise:
                    found[Borrowing(cell.exercise, name, owners[name])] = None
        for name in made:
            if cell.part == "answer":
                owners[name] = cell.exercise
            else:
                owners.pop(name, None)
    return list(found)


def _names(code: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell makes at its top level and those that it reads."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return set(), set()
    made = {node.name for node in tree.body if hasattr(node, "name")}
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    top = {name for statement in tree.body for name in _assigned(statement)}
    local = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)} - local
    return made | top, read


def _assigned(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds, functions' insides apart."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return set()
    names = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}
