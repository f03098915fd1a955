"""Every known answer to every exercise, put through the real grader.

The k-th answers of all exercises share a submission, so that a lesson takes a dozen notebooks
instead of a hundred. All submissions of a lesson are graded when the first test asks for one.
"""

from functools import cached_property

import nbformat
import pytest
from nbclient import NotebookClient

from grading import answers
from grading.builder import BuildError, release, source
from grading.classroom import engine_grader
from grading.course import REPOSITORY
from sputnik_moment.feedback import MIME, MISSING, RIGHT


class Graded:
    """One lesson, its answers, and a course in which they are handed in and graded."""

    def __init__(self, lesson, known, folder):
        self.lesson, self.answers = lesson, known
        self.course = release.build([lesson], folder)

    @cached_property
    def edition(self):
        """The student edition."""
        return self._read("lessons/en")

    @cached_property
    def model(self):
        """The instructor's notebook, with the model answers."""
        return self._read("solutions")

    def _read(self, folder):
        path = self.course.root / folder / self.lesson.name / f"{self.lesson.slug}.ipynb"
        return nbformat.read(path, as_version=4)

    @cached_property
    def packs(self):
        """The known answers, one to every exercise, by the student who hands them in."""
        return {f"pack-{k:02}": pack for k, pack in enumerate(self.answers.packs(), start=1)}

    @cached_property
    def done(self):
        """Marks by exercise and the graded notebook of every student."""
        handed_in = {"model": self.model, "untouched": self.edition}
        for student, pack in self.packs.items():
            codes = {exercise: one.code.strip("\n") for exercise, one in pack.items()}
            handed_in[student] = answers.fill(self.edition, codes)
        for student, notebook in handed_in.items():
            self.course.submit(self.lesson.name, student, notebook)
        engine_grader(self.course, self.lesson.name, [*handed_in], lambda _: None, workers=1)
        return {student: self._result(student) for student in handed_in}

    def _result(self, student):
        marks = self.lesson.by_exercise(self.course.auto_scores(self.lesson.name, student))
        return marks, self.course.autograded(self.lesson.name, student)

    def grade_answer(self, answer):
        """Return mark, state and named mistake of one answer, and what the tests printed."""
        for student, pack in self.packs.items():
            if pack[answer.exercise] == answer:
                marks, graded = self.done[student]
                verdict = verdicts(graded).get(answer.exercise, (None, None))
                return marks[answer.exercise], *verdict, self.printed(graded, answer.exercise)
        raise LookupError(answer)

    def printed(self, notebook, exercise):
        """Return what answer and tests of an exercise printed, for failure messages."""
        mine = {cell.id for cell in self.lesson.cells if cell.exercise == exercise}
        return [shown(output) for cell, output in outputs(notebook) if name(cell) in mine]


def name(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def outputs(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield cell, output


def shown(output):
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return output.get("text") or output.data.get("text/plain")


def verdicts(notebook):
    """State and named mistake that the checks of a graded notebook gave, by exercise."""
    found = (output.get("data", {}).get(MIME) for _, output in outputs(notebook))
    return {seen["exercise"]: (seen["state"], seen["mistake"]) for seen in found if seen}


def answered(lesson, notebook):
    """Exercises that a check does not call missing; a bug hunt starts with somebody's answer."""
    bugs = {cell.exercise for cell in lesson.cells if cell.options.get("kind") == "bug"}
    return [
        exercise
        for exercise, (state, _) in verdicts(notebook).items()
        if state == RIGHT or (state != MISSING and exercise not in bugs)
    ]


def failures(notebook, but=()):
    """Errors and warnings in a notebook's cells, those named in ``but`` apart."""
    return [
        f"{cell.id}: {shown(output)}"
        for cell, output in outputs(notebook)
        if name(cell) not in but
        and (output.output_type == "error" or output.get("name") == "stderr")
    ]


def load_all():
    lessons, problems = {}, {}
    for path in source.find(REPOSITORY):
        try:
            (lesson,) = release.read([path.parent.name])
            lessons[lesson.name] = lesson, answers.load(lesson)
        except BuildError as error:
            problems[path.parent.name] = str(error)
    return lessons, problems


LESSONS, PROBLEMS = load_all()
RIGHTS, WRONGS = (
    [
        pytest.param(lesson, answer, id=f"{lesson}/{answer.exercise}/{answer.name}")
        for lesson, (_, known) in LESSONS.items()
        for answer in known
        if answer.right is right
    ]
    for right in (True, False)
)
every_lesson = pytest.mark.parametrize("lesson", LESSONS)


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """A function that returns the :class:`Graded` of a lesson."""
    made = {}

    def get(lesson):
        if lesson not in made:
            made[lesson] = Graded(*LESSONS[lesson], tmp_path_factory.mktemp(lesson))
        return made[lesson]

    return get


@pytest.mark.parametrize("lesson", [*LESSONS, *PROBLEMS])
def test_the_file_of_answers_is_complete(lesson):
    assert lesson not in PROBLEMS, PROBLEMS[lesson]


@every_lesson
def test_exercises_stand_alone(lesson):
    found = answers.borrowings(*LESSONS[lesson])
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize(("lesson", "answer"), RIGHTS)
def test_a_right_answer_gets_full_marks(graded, lesson, answer):
    points, state, mistake, printed = graded(lesson).grade_answer(answer)
    assert (points, state, mistake) == (answer.points, RIGHT, None), printed


@pytest.mark.parametrize(("lesson", "answer"), WRONGS)
def test_a_wrong_answer_loses_them_and_is_told_why(graded, lesson, answer):
    points, state, mistake, printed = graded(lesson).grade_answer(answer)
    assert (points, mistake) == (answer.points, answer.mistake), printed
    assert state not in (RIGHT, MISSING), printed


@every_lesson
def test_the_model_answers_get_everything(graded, lesson):
    it = graded(lesson)
    marks, notebook = it.done["model"]
    assert marks == it.lesson.points, failures(notebook)
    assert {state for state, _ in verdicts(notebook).values()} == {RIGHT}
    assert not failures(notebook)


@every_lesson
def test_the_untouched_edition_gets_nothing(graded, lesson):
    it = graded(lesson)
    marks, notebook = it.done["untouched"]
    assert marks == dict.fromkeys(it.lesson.points, 0)
    assert answered(it.lesson, notebook) == []
    assert not failures(notebook, but={cell.id for cell in it.lesson.parts("test")})


@every_lesson
def test_the_untouched_edition_runs_without_an_error(graded, lesson, tmp_path):
    it = graded(lesson)
    notebook = nbformat.from_dict(it.edition)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=60, allow_errors=True, resources=resources).execute()
    assert not failures(notebook)
    assert answered(it.lesson, notebook) == []
