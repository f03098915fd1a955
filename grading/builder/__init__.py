"""The builder: from ``solutions/NN-slug/slug.md`` to the notebooks of instructors and students.

``source`` reads a lesson, ``rules`` check it, ``prose`` fills its figures, ``edition`` makes the
instructor's notebook, ``release`` has nbgrader make the student edition, ``measures`` count.
"""

from grading.builder.problems import BuildError, Problem
from grading.builder.source import Cell, Lesson

__all__ = ["BuildError", "Cell", "Lesson", "Problem"]
