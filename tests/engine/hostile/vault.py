# ruff: noqa: E501
"""The course that the attacks are aimed at, with things that are worth stealing."""

from __future__ import annotations

from engine_courses import Course, answer, code, exam, locked, text

#: Stands in every hidden test: nothing of a student's may ever contain it.
MARKER = "HIDDEN-MARKER-7f3a9c"
#: Stands in the model answer, the gradebook and another student's work.
SECRET = "SECRET-MODEL-ANSWER-51d2"


def hidden(name, source, points):
    """A test cell that a student sees only the first line of."""
    lines = f"# This test is hidden.\n### BEGIN HIDDEN TESTS\n{source}\n### END HIDDEN TESTS"
    return exam(name, lines, points)


CELLS = [
    locked("setup", "import numpy as np\nimport pandas as pd\n"
           "def close(a, b):\n    return abs(a - b) < 1e-9"),
    answer("a1", f"def square(x):\n    '{SECRET}'\n    return x * x",
           "def square(x):\n    return None"),
    hidden("t1", f"marker = '{MARKER}'\nassert square(7) == 49\nassert square(-3) == 9", 2),
    answer("a2", "mean = 10.3", "mean = None"),
    hidden("t2", f"marker = '{MARKER}'\nassert close(mean, 10.3)\nassert isinstance(mean, float)", 2),
    answer("a3", "table = np.array([1.0, 2.0, 4.0])", "table = None"),
    hidden("t3", f"marker = '{MARKER}'\nnp.testing.assert_allclose(table, [1, 2, 4])", 2),
    answer("a4", "def area(r):\n    return 3 * r", "def area(r):\n    return 0"),
    hidden("t4", f"marker = '{MARKER}'\nscore = 0\nif area(2) == 6:\n    score += 1\n"
         "if area(5) == 15:\n    score += 1\nscore", 2),
    code("### BEGIN SOLUTION\nessay = 1\n### END SOLUTION", "essay-code", grade=True,
         solution=True, points=3),
    text("Your words.", "essay", grade=True, solution=True, points=4),
]  # fmt: skip

RIGHT = {
    "a1": "def square(x):\n    return x ** 2",
    "a2": "mean = 10.3",
    "a3": "table = np.array([1.0, 2, 4])",
    "a4": "def area(r):\n    return 3 * r",
    "essay-code": "essay = 2",
    "essay": f"My own words. {SECRET}",
}
WRONG = {
    "a1": "def square(x):\n    return x + 1",
    "a2": "mean = 3.0",
    "a3": "table = np.array([0.0, 0.0, 0.0])",
    "a4": "def area(r):\n    return 1",
}
TESTS = ("t1", "t2", "t3", "t4")


def build(root) -> Course:
    """Make the course; cells may run for two seconds."""
    course = Course(root, "c.Execute.timeout = 2\n")
    course.source(CELLS)
    course.generate()
    (root / "solutions.txt").write_text(SECRET)
    return course
