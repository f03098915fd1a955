"""The rules that a lesson's source must keep; each breach becomes a :class:`Problem`.

A rule is a function that takes a lesson and yields problems. :data:`RULES` lists them all.
"""

from __future__ import annotations

import ast
import difflib
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from numbers import Real

from IPython.core.inputtransformer2 import TransformerManager
from markdown_it import MarkdownIt

from grading.builder.problems import Problem
from grading.builder.source import (
    BEGIN_HIDDEN,
    BEGIN_SOLUTION,
    END_HIDDEN,
    END_SOLUTION,
    Cell,
    Lesson,
)

MOST_LINES = 15
"""Longest code cell, in the lines that a student sees."""

KINDS = ("compute", "function", "bug", "choice", "chart")

OPTIONS = {
    ("code", "provided"): {"tags"},
    ("code", "predict"): {"tags", "minutes"},
    ("code", "answer"): {"exercise", "objectives", "kind", "minutes", "tags"},
    ("code", "test"): {"exercise", "points", "tags"},
    ("code", "figures"): set(),
    ("markdown", "prose"): {"lang", "minutes", "at_home", "tags"},
    ("markdown", "written"): {"lang", "exercise", "objectives", "points", "minutes", "tags"},
    ("markdown", "rubric"): {"lang", "exercise"},
}
"""What an author may set, by kind and part of the cell (``part`` itself apart)."""

REQUIRED = {
    "answer": {"exercise": "simple-return", "kind": "compute"},
    "test": {"exercise": "simple-return"},
    "written": {"exercise": "newspaper"},
    "rubric": {"exercise": "newspaper"},
}
"""What an author must set, by part, with an example for the message."""

Rule = Callable[[Lesson], Iterator[Problem]]


def problems(lesson: Lesson) -> list[Problem]:
    """Return everything that is wrong with a lesson, in the order of :data:`RULES`."""
    return [problem for rule in RULES for problem in rule(lesson)]


def front_matter(lesson: Lesson) -> Iterator[Problem]:
    """Require kernel, title, question, minutes and objectives in the front matter."""
    for key in ("title", "question", "minutes", "objectives"):
        if not lesson.about.get(key):
            remedy = f"Add `{key}:` under `lesson:` at the top of the file."
            yield lesson.problem(None, f"the front matter has no {key}.", remedy)
    if "kernelspec" not in lesson.front:
        remedy = "Add `kernelspec: {display_name: Python 3, language: python, name: python3}`."
        yield lesson.problem(None, "the front matter has no kernelspec.", remedy)
    for objective in lesson.about.get("objectives") or []:
        if not isinstance(objective, dict) or not {"id", "can"} <= set(objective):
            remedy = "Write it as `{id: returns, can: compute simple returns}`."
            yield lesson.problem(None, f"objective {objective} has no id or no can.", remedy)


def known_parts(lesson: Lesson) -> Iterator[Problem]:
    """Require parts that exist and that suit code or Markdown."""
    for cell in lesson.cells:
        if (cell.kind, cell.part) not in OPTIONS:
            known = ", ".join(sorted(part for kind, part in OPTIONS if kind == cell.kind))
            reason = f"a {_kind(cell)} cannot have the part {cell.part!r}."
            yield lesson.problem(cell, reason, f"Use one of: {known}.")


def known_options(lesson: Lesson) -> Iterator[Problem]:
    """Allow only the options that a cell's part understands."""
    for cell in lesson.cells:
        known = OPTIONS.get((cell.kind, cell.part))
        for option in sorted(set(cell.options) - (known or set()) - {"part"}) if known else ():
            near = difflib.get_close_matches(option, known, n=1)
            meant = f"Did you mean {near[0]!r}? " if near else ""
            remedy = f"{meant}It understands: {', '.join(sorted(known | {'part'}))}."
            yield lesson.problem(cell, f"option {option!r} is unknown here.", remedy)


def required_options(lesson: Lesson) -> Iterator[Problem]:
    """Require answers, tests and rubrics to name their exercise, and answers their kind."""
    for cell in lesson.cells:
        for option, example in REQUIRED.get(cell.part, {}).items():
            if not cell.options.get(option):
                remedy = f"Add {_setting(cell, option, example)}."
                yield lesson.problem(cell, f"has no {option}.", remedy)
        kind = cell.options.get("kind")
        if kind is not None and kind not in KINDS:
            reason = f"{kind!r} is no kind of exercise."
            yield lesson.problem(cell, reason, f"Use one of: {', '.join(KINDS)}.")


def points(lesson: Lesson) -> Iterator[Problem]:
    """Require points for every test and every written answer.

    A test may say 0: then its check answers, and no mark depends on it. A person's time is not
    asked for nothing, so a written answer earns more than that.
    """
    for cell in lesson.parts("test", "written"):
        earned = cell.options.get("points")
        is_number = isinstance(earned, Real) and not isinstance(earned, bool)
        if not is_number or earned < 0 or (earned == 0 and cell.part == "written"):
            reason = "has no points." if earned is None else f"has points {earned!r}."
            free = ", or 0 for a check without marks" if cell.part == "test" else ""
            remedy = f"Add {_setting(cell, 'points', 2)}, a number above 0{free}."
            yield lesson.problem(cell, reason, remedy)


def one_answer_per_exercise(lesson: Lesson) -> Iterator[Problem]:
    """Require ids that no two exercises share."""
    seen: dict[str, Cell] = {}
    for cell in lesson.parts("answer", "written"):
        first = seen.setdefault(cell.exercise, cell) if cell.exercise else cell
        if first is not cell:
            reason = f"the id {cell.exercise!r} is taken by the exercise on line {first.line}."
            yield lesson.problem(cell, reason, "Give one of the two another id.")


def tests_and_answers(lesson: Lesson) -> Iterator[Problem]:
    """Require every test to follow its answer, and every answer to have a test."""
    answered: set[str | None] = {None}
    for cell in lesson.parts("answer", "test"):
        if cell.part == "answer":
            answered.add(cell.exercise)
        elif cell.exercise not in answered:
            reason = f"no answer cell before it belongs to {cell.exercise!r}."
            remedy = "Put the answer above the test, or correct the exercise's id."
            yield lesson.problem(cell, reason, remedy)
    tested = {cell.exercise for cell in lesson.parts("test")}
    for cell in lesson.parts("answer"):
        if cell.exercise and cell.exercise not in tested:
            remedy = "Add a cell with `:part: test`, the same exercise and points."
            yield lesson.problem(cell, "has no test.", remedy)


def written_and_rubrics(lesson: Lesson) -> Iterator[Problem]:
    """Require a rubric for every written answer, and the other way round."""
    pairs = (("written", "rubric"), ("rubric", "written"))
    for part, other in pairs:
        there = {cell.exercise for cell in lesson.parts(other)}
        for cell in lesson.parts(part):
            if cell.exercise and cell.exercise not in there:
                remedy = f'Add a Markdown cell with "part": "{other}" and the same exercise.'
                yield lesson.problem(cell, f"has no {other}.", remedy)


def objectives(lesson: Lesson) -> Iterator[Problem]:
    """Require exercises and objectives to map onto each other in both directions."""
    known = lesson.objective_ids
    for cell in lesson.parts("answer", "written"):
        if not cell.objectives:
            remedy = f"Add {_setting(cell, 'objectives', known[:1])}."
            yield lesson.problem(cell, "tests no objective.", remedy)
        for name in cell.objectives:
            if name not in known:
                reason = f"objective {name!r} is unknown."
                remedy = f"Known from the front matter: {', '.join(known)}."
                yield lesson.problem(cell, reason, remedy)
    tested = {name for cell in lesson.parts("answer", "written") for name in cell.objectives}
    for name in known:
        if name not in tested:
            remedy = "Name it in an exercise's objectives, or take it out of the front matter."
            yield lesson.problem(None, f"objective {name!r} is tested by no exercise.", remedy)


def languages(lesson: Lesson) -> Iterator[Problem]:
    """Require every Markdown cell to name its language."""
    for cell in lesson.cells:
        if cell.kind == "markdown" and not cell.options.get("lang"):
            remedy = 'Put the line `+++ {"lang": "en"}` above it.'
            yield lesson.problem(cell, "names no language.", remedy)


def marks(lesson: Lesson) -> Iterator[Problem]:
    """Require marks of answers and hidden tests to pair up, in the right cells."""
    pairs = (
        ("solution", BEGIN_SOLUTION, END_SOLUTION, "answer"),
        ("hidden test", BEGIN_HIDDEN, END_HIDDEN, "test"),
    )
    for cell in lesson.cells:
        for what, begin, end, part in pairs:
            used = [
                mark for line in cell.source.splitlines() for mark in (begin, end) if mark in line
            ]
            if used != [begin, end] * (len(used) // 2):
                remedy = f"Let every `### {begin}` be followed by one `### {end}`."
                yield lesson.problem(cell, f"the {what} marks do not pair up.", remedy)
            elif used and cell.part != part:
                remedy = f"Move them to the cell with `:part: {part}`, or set the part."
                yield lesson.problem(cell, f"{what} marks do not belong here.", remedy)
    for cell in lesson.parts("answer"):
        if BEGIN_SOLUTION not in cell.source:
            remedy = f"Put it between `### {BEGIN_SOLUTION}` and `### {END_SOLUTION}`."
            yield lesson.problem(cell, "holds no model answer.", remedy)


def released_code(lesson: Lesson) -> Iterator[Problem]:
    """Require valid Python, at most :data:`MOST_LINES` lines a cell, in what students get."""
    for cell in lesson.cells:
        if cell.kind != "code" or cell.part == "figures":
            continue
        lines = len(cell.released.splitlines())
        if lines > MOST_LINES:
            reason = f"shows {lines} lines of code; {MOST_LINES} is the most."
            remedy = "Split it, or move what is not the lesson's point into sputnik_moment."
            yield lesson.problem(cell, reason, remedy)
        error = _syntax_error(cell.released)
        if error:
            reason = f"what students get is not valid Python: {error}."
            remedy = "Leave working code outside the marks, for example `answer = ...`."
            yield lesson.problem(cell, reason, remedy)


def headings(lesson: Lesson) -> Iterator[Problem]:
    """Require one H1 per language, which comes first; no skipped level, no empty heading."""
    tongues = {cell.options.get("lang") for cell in lesson.parts("prose")} - {None}
    for lang in sorted(tongues):
        yield from _headings_in(lesson, lang)


def _headings_in(lesson: Lesson, lang: str) -> Iterator[Problem]:
    above = 0
    for cell, level, text in headings_of(lesson, lang):
        if not text:
            yield lesson.problem(cell, "has an empty heading.", "Give it a text.")
        if level == 1 and above:
            remedy = "Use `##` for sections; `#` is the lesson's title."
            yield lesson.problem(cell, f"{text!r} is a second H1.", remedy)
        elif level > above + 1:
            reason = f"heading {text!r} skips from level {above} to level {level}."
            yield lesson.problem(cell, reason, f"Use `{'#' * (above + 1)}`.")
        above = level
    if not above:
        yield lesson.problem(None, f"has no heading in {lang!r}.", "Begin with `# Title`.")


def headings_of(lesson: Lesson, lang: str) -> Iterator[tuple[Cell, int, str]]:
    """Yield cell, level and text of every heading in the prose of one language."""
    for cell in lesson.parts("prose", "written"):
        if cell.options.get("lang") == lang:
            tokens = MarkdownIt().parse(cell.source)
            for mark, inline in pairwise(tokens):
                if mark.type == "heading_open":
                    yield cell, int(mark.tag[1]), inline.content


def pacing(lesson: Lesson) -> Iterator[Problem]:
    """Require minutes to stand at sections' headings and to add up to the lesson's.

    A section that students do later has ``at_home`` in the place of ``minutes``; it does not count.
    """
    total: Counter[str] = Counter()
    for cell in lesson.parts("prose"):
        at_home = cell.options.get("at_home")
        spent = cell.options.get("minutes", at_home)
        if spent is None:
            continue
        if not isinstance(spent, int):
            yield lesson.problem(cell, f"takes {spent!r} minutes.", "Write a whole number.")
            continue
        if not cell.source.startswith("#"):
            reason = "states minutes but does not begin with a heading."
            yield lesson.problem(cell, reason, "Move `minutes` to the section's heading cell.")
        if {"minutes", "at_home"} <= set(cell.options):
            reason = "states both `minutes` and `at_home`."
            yield lesson.problem(cell, reason, "Keep the one that fits the section.")
        total[cell.options.get("lang")] += 0 if at_home else spent
    stated = lesson.about.get("minutes")
    for lang, spent in total.items():
        if spent != stated:
            reason = f"the sections in {lang!r} take {spent} minutes, the lesson {stated}."
            yield lesson.problem(None, reason, "Change one of them, so that they agree.")


def _setting(cell: Cell, option: str, example: object) -> str:
    """Show how to write an option: as a line in code cells, as JSON in Markdown cells."""
    if cell.kind == "markdown":
        shown = f'"{example}"' if isinstance(example, str) else str(example).replace("'", '"')
        return f'`"{option}": {shown}` to its `+++` line'
    shown = f"[{', '.join(example)}]" if isinstance(example, list) else example
    return f"a line `:{option}: {shown}` under the opening fence"


def _kind(cell: Cell) -> str:
    return "code cell" if cell.kind == "code" else "Markdown cell"


def _syntax_error(code: str) -> str | None:
    try:
        ast.parse(TransformerManager().transform_cell(code))
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno} of the cell)"
    return None


RULES: tuple[Rule, ...] = (
    front_matter,
    known_parts,
    known_options,
    required_options,
    points,
    one_answer_per_exercise,
    tests_and_answers,
    written_and_rubrics,
    objectives,
    languages,
    marks,
    released_code,
    headings,
    pacing,
)
