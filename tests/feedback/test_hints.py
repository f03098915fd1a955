"""Every exercise of every lesson has three hints, which open one by one and never while grading."""

import json
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from sputnik_moment import feedback

LESSONS = sorted((Path(__file__).parents[2] / "lessons" / "en").glob("*/*.ipynb"))
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.parent.name)


@pytest.fixture(autouse=True)
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def asked(path):
    """The exercises with an answer cell, and the headings of sections, of a student edition."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    named = [cell["metadata"].get("sputnik", {}) for cell in cells]
    exercises = [about["exercise"] for about in named if about.get("part") == "answer"]
    lines = [line.strip() for cell in cells for line in cell["source"]]
    return exercises, {line.removeprefix("## ") for line in lines if line.startswith("## ")}


def shown(lesson, exercise):
    with capture_output() as captured:
        lesson.hint(exercise)
    return [output.data["text/plain"] for output in captured.outputs]


@every_lesson
def test_every_exercise_has_three_different_hints_and_a_section(path):
    lesson = feedback.lesson(path.stem)
    exercises, sections = asked(path)
    assert list(lesson.exercises) == exercises
    for name, exercise in lesson.exercises.items():
        assert len(set(exercise.hints)) == len(feedback.HINT_STEPS) == 3, name
        assert all(hint.strip() for hint in exercise.hints), name
        assert exercise.section in sections, name


@every_lesson
def test_hints_open_one_at_a_time_and_are_counted(path):
    lesson = feedback.lesson(path.stem)
    for name, exercise in lesson.exercises.items():
        for step, (what, hint) in enumerate(
            zip(feedback.HINT_STEPS, exercise.hints, strict=True), start=1
        ):
            assert shown(lesson, name) == [f"? Hint {step} of 3, {what}: {hint}"]
            assert lesson.hints_opened(name) == step
        assert shown(lesson, name) == [f"? Hint 3 of 3, almost the answer: {exercise.hints[2]}"]


@every_lesson
@pytest.mark.parametrize("run", ["autograde", "validate"])
def test_hints_are_never_in_graded_output(path, run, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", run)
    lesson = feedback.lesson(path.stem)
    for name in lesson.exercises:
        assert shown(lesson, name) == [] and lesson.hints_opened(name) == 0
