"""``python -m grading similarity``: pairs of submissions that are closer than the class norm.

A lead for a talk, and never a verdict: short exercises have few good answers, and students learn
together. So what many have written counts little here, and what only two have written counts much.

Each answer is brought into one form (names, layout, comments and docstrings do not matter) and cut
into overlapping runs of tokens, as in winnowing (Schleimer, Wilkerson and Aiken, "Winnowing: local
algorithms for document fingerprinting", SIGMOD 2003), of which all are kept because answers are
short. Runs that the lesson hands out are left out. The closeness of two students is the weighted
share of runs that they have in common; a run's weight is log(students / students who have it), the
inverse document frequency of information retrieval.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated

import jinja2
import nbformat
import numpy as np
import pandas as pd
import typer
from rich.console import Console

from grading.instructor import results
from grading.instructor.here import Here, Refused
from grading.instructor.report import TEMPLATES
from grading.instructor.results import Results

#: Tokens of code, and words of prose, in one run.
RUN, WORDS = 4, 4

#: A pair is shown if it lies above Tukey's far-out fence (upper quarter + 3 interquartile ranges)
#: of all pairs, and has at least this much in common.
FENCE, FLOOR = 3.0, 0.5

#: With fewer students there is no norm.
FEWEST = 5

Runs = frozenset[tuple[str, ...]]


# ------------------------------------------------------------------ one answer


def normal_form(code: str) -> list[str]:
    """Return the tokens of an answer, independent of names, layout, comments and docstrings.

    Names that the answer itself binds become v1, v2, ... in the order in which they appear; those
    that it is given stay, because another function called is another answer.

    Parameters
    ----------
    code
        Python; what cannot be parsed is taken as words.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return words(code)
    _drop_docstrings(tree)
    _Renamer(_bound(tree)).visit(tree)
    text = ast.unparse(tree)
    kept = (tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING)
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type in kept]


def words(text: str) -> list[str]:
    """Return the words of a text in small letters."""
    return re.findall(r"\w+", text.casefold())


def _drop_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)):
            body = [one for one in node.body if not _is_text(one)]
            node.body = body or ([] if isinstance(node, ast.Module) else [ast.Pass()])


def _is_text(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _bound(tree: ast.Module) -> set[str]:
    """Return the names that an answer makes, built-in ones apart."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
    return found - set(dir(builtins))


class _Renamer(ast.NodeTransformer):
    """Gives names numbers in the order in which they appear."""

    def __init__(self, names: set[str]) -> None:
        self.names = names
        self.numbers: dict[str, str] = {}

    def _of(self, name: str) -> str:
        if name not in self.names:
            return name
        return self.numbers.setdefault(name, f"v{len(self.numbers) + 1}")

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._of(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg, node.annotation = self._of(node.arg), None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name, node.returns = self._of(node.name), None
        return self.generic_visit(node)


def runs(tokens: list[str], size: int) -> Runs:
    """Return all runs of ``size`` tokens; a shorter answer is one run as a whole."""
    if not tokens:
        return frozenset()
    last = max(len(tokens) - size, 0)
    return frozenset(tuple(tokens[k : k + size]) for k in range(last + 1))


# ------------------------------------------------------------------ the class


@dataclass(frozen=True)
class Pair:
    """Two students, how close they are (0 to 1), and the exercises that this is made of.

    ``shared`` maps an exercise to the weight of what both have; the largest first.
    """

    one: str
    other: str
    closeness: float
    shared: Mapping[str, float]


@dataclass(frozen=True)
class Comparison:
    """All pairs of a class, the closest first, and the fence above which they are unusual."""

    pairs: tuple[Pair, ...]
    median: float
    fence: float

    @property
    def unusual(self) -> list[Pair]:
        """The pairs that are closer than the class norm."""
        return [pair for pair in self.pairs if pair.closeness > self.fence]


def compare(answers: Mapping[str, Mapping[str, Runs]]) -> Comparison:
    """Compare every student with every other.

    Parameters
    ----------
    answers
        Student -> exercise -> runs of the answer, without those that the lesson hands out.

    Raises
    ------
    ValueError
        If there are fewer than :data:`FEWEST` students with an answer.
    """
    own = {
        student: {(exercise, run) for exercise, found in mine.items() for run in found}
        for student, mine in answers.items()
    }
    own = {student: found for student, found in own.items() if found}
    if len(own) < FEWEST:
        raise ValueError(f"{len(own)} students have answered; a norm needs {FEWEST}.")
    have = Counter(run for found in own.values() for run in found)
    weight = {run: float(np.log(len(own) / count)) for run, count in have.items()}
    whole = {student: sum(weight[run] for run in found) for student, found in own.items()}
    pairs = []
    for one, other in combinations(sorted(own), 2):
        both = own[one] & own[other]
        shared = Counter()
        for run in both:
            shared[run[0]] += weight[run]
        common = sum(shared.values())
        union = whole[one] + whole[other] - common
        closeness = common / union if union > 0 else 0.0
        kept = {name: value for name, value in shared.most_common() if value > 0}
        pairs.append(Pair(one, other, closeness, kept))
    pairs.sort(key=lambda pair: -pair.closeness)
    values = np.array([pair.closeness for pair in pairs])
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75])
    return Comparison(tuple(pairs), float(median), max(FLOOR, float(high + FENCE * (high - low))))


def answers_of(found: Results, handed_out: Mapping[str, str]) -> dict[str, dict[str, Runs]]:
    """Return what the students of a class have written themselves, as runs.

    Parameters
    ----------
    found
        The results of the assignment.
    handed_out
        Exercise -> the text of its answer cell in the student edition.
    """
    given = {name: _cut(text, found.exercises[name].written) for name, text in handed_out.items()}
    answers: dict[str, dict[str, Runs]] = {}
    for (student, exercise), text in found.code.items():
        own = _cut(text, found.exercises[exercise].written) - given.get(exercise, frozenset())
        answers.setdefault(student, {})[exercise] = own
    return answers


def _cut(text: str, written: bool) -> Runs:
    return runs(words(text), WORDS) if written else runs(normal_form(text), RUN)


def _handed_out(here: Here, found: Results) -> dict[str, str]:
    """Return the text of every answer cell in the student edition."""
    owner = {cell: one.name for one in found.exercises.values() for cell in one.answers}
    texts = {}
    for path in sorted(here.folder("release", ".", found.assignment).glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            exercise = owner.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
            if exercise:
                texts[exercise] = cell.source
    return texts


# ------------------------------------------------------------------ the page


def page(found: Results, comparison: Comparison) -> str:
    """Return the unusual pairs as one HTML page, with their answers side by side."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("similarity.html.j2").render(
        found=found, comparison=comparison, pairs=comparison.unusual
    )


def table(pairs: Iterable[Pair]) -> pd.DataFrame:
    """Return pairs as a table: ``one``, ``other``, ``closeness``, ``exercises``."""
    rows = [
        {
            "one": pair.one,
            "other": pair.other,
            "closeness": pair.closeness,
            "exercises": ", ".join(pair.shared),
        }
        for pair in pairs
    ]
    return pd.DataFrame(rows, columns=["one", "other", "closeness", "exercises"])


def similarity(
    assignment: Annotated[str, typer.Argument(help="Assignment: its name, number or slug.")],
    folder: Annotated[
        Path | None, typer.Option(help="Where to; reports/ASSIGNMENT if left out.")
    ] = None,
) -> None:
    """Show pairs of submissions to ASSIGNMENT that are closer than the class norm."""
    console = Console(soft_wrap=True)
    with results.opened(console, "similarity", assignment, folder, "comparing") as (
        here,
        found,
        target,
    ):
        try:
            comparison = compare(answers_of(found, _handed_out(here, found)))
        except ValueError as error:
            raise Refused(f"There is nothing to compare: {error}") from None
        target.mkdir(parents=True, exist_ok=True)
        path = target / "similarity.html"
        path.write_text(page(found, comparison), encoding="utf-8")
        table(comparison.pairs).to_csv(target / "similarity.csv", index=False)
    console.print(
        f"{path}: {len(comparison.unusual)} of {len(comparison.pairs)} pairs are closer than the "
        "class norm. A lead for a talk, not a verdict.",
        highlight=False,
    )
