"""Hidden tests run in the student's own kernel, so they must leave every name there alone.

A test that stores a table under a name of the lesson would change what the student's next cells
compute: a right answer would be marked as wrong, and nobody could find out why.
"""

import ast
import re

import pytest

from grading.builder import release

LESSONS = {lesson.name: lesson for lesson in release.read()}
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS(.*?)### END HIDDEN TESTS", re.DOTALL)


def stored(code):
    """Return the names that code leaves behind; those of a comprehension stay inside it."""
    nodes = list(ast.walk(ast.parse(code)))
    inside = {
        name.id
        for node in nodes
        if isinstance(node, ast.comprehension)
        for name in ast.walk(node.target)
        if isinstance(name, ast.Name)
    }
    names = {node.id for node in nodes if isinstance(node, ast.Name) and is_stored(node)}
    return sorted(names - inside)


def is_stored(node):
    return isinstance(node.ctx, ast.Store)


@pytest.mark.parametrize("lesson", sorted(LESSONS))
def test_hidden_tests_leave_the_names_of_lesson_and_student_alone(lesson):
    tests = [cell for cell in LESSONS[lesson].cells if cell.part == "test"]
    found = {
        cell.exercise: [name for name in stored(code) if not name.startswith(("hidden_", "_"))]
        for cell in tests
        for code in HIDDEN.findall(cell.source)
    }
    assert not {exercise: names for exercise, names in found.items() if names}


def test_a_name_is_found():
    assert stored("table = [row for row in rows]\nfor n, (a, b) in table: total += n") == [
        "a",
        "b",
        "n",
        "table",
        "total",
    ]
