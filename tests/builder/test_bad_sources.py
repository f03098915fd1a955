"""Every bad source stops the build with file, cell, reason and remedy, and changes nothing."""

import pytest

from grading import answers
from grading.builder import BuildError, release

WIDTH_ANSWER = ":part: answer\n:exercise: ring-width\n:objectives: [speed]\n:kind: compute"
WIDTH_TEST = ":part: test\n:exercise: ring-width\n:points: 2"
SOLUTION = "### BEGIN SOLUTION\nring_width = 2 * SPEED * 10\n### END SOLUTION"

BAD = {
    "solution mark not closed": (
        [(SOLUTION, "### BEGIN SOLUTION\nring_width = 2 * SPEED * 10")],
        ("answer of ring-width", "solution marks do not pair up", "### END SOLUTION"),
    ),
    "solution mark not opened": (
        [(SOLUTION, "ring_width = 2 * SPEED * 10\n### END SOLUTION")],
        ("answer of ring-width", "solution marks do not pair up", "### BEGIN SOLUTION"),
    ),
    "solution marks in provided code": (
        [('print("The pond', '### BEGIN SOLUTION\n### END SOLUTION\nprint("The pond')],
        ("code cell", "solution marks do not belong here", ":part: answer"),
    ),
    "answer without a model answer": (
        [(SOLUTION, "")],
        ("answer of ring-width", "no model answer", "### BEGIN SOLUTION"),
    ),
    "hidden tests left open": (
        [('"the planted marker of ring-width"\n### END HIDDEN TESTS', '"marker"')],
        ("test of ring-width", "hidden test marks do not pair up", "### END HIDDEN TESTS"),
    ),
    "hidden tests in an answer": (
        [(SOLUTION, f"{SOLUTION}\n### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS")],
        ("answer of ring-width", "hidden test marks do not belong here", ":part: test"),
    ),
    "test without points": (
        [(WIDTH_TEST, WIDTH_TEST.replace("\n:points: 2", ""))],
        ("test of ring-width", "has no points", ":points: 2"),
    ),
    "test for less than nothing": (
        [(WIDTH_TEST, WIDTH_TEST.replace("points: 2", "points: -1"))],
        ("test of ring-width", "points -1", "above 0, or 0 for a check without marks"),
    ),
    "written answer for no points": (
        [('"points": 4, ', '"points": 0, ')],
        ("written of report", "points 0", "above 0."),
    ),
    "written answer without points": (
        [('"points": 4, ', "")],
        ("written of report", "has no points", '"points": 2'),
    ),
    "answer without an exercise": (
        [(WIDTH_ANSWER, WIDTH_ANSWER.replace(":exercise: ring-width\n", ""))],
        ("answer", "has no exercise", ":exercise:"),
    ),
    "two exercises with one id": (
        [(WIDTH_ANSWER, WIDTH_ANSWER.replace("ring-width", "ring-height"))],
        ("answer of ring-height", "is taken by the exercise on line", "another id"),
    ),
    "exercise without an objective": (
        [(WIDTH_ANSWER, WIDTH_ANSWER.replace(":objectives: [speed]\n", ""))],
        ("answer of ring-width", "tests no objective", ":objectives: [speed]"),
    ),
    "unknown objective": (
        [(WIDTH_ANSWER, WIDTH_ANSWER.replace("[speed]", "[speed, depth]"))],
        ("answer of ring-width", "'depth' is unknown", "speed, fade, argue"),
    ),
    "objective never tested": (
        [("    - {id: argue", "    - {id: depth, can: sink a stone}\n    - {id: argue")],
        ("'depth' is tested by no exercise", "front matter"),
    ),
    "unfilled placeholder": (
        [("{{ share | percent(1) }}", "{{ shore | percent(1) }}")],
        ("Markdown cell", "'shore' is undefined", ":part: figures"),
    ),
    "placeholder with one bracket": (
        [("{{ share | percent(1) }}", "{ share | percent(1) }}")],
        ("Markdown cell", "left unfilled", "{ share | percent(1) }"),
    ),
    "placeholder without a number": (
        [("share = width / 64", 'share = "7.8 %"')],
        ("Markdown cell", "'7.8 %' is no finite number", ":part: figures"),
    ),
    "placeholder with an unknown filter": (
        [("{{ share | percent(1) }}", "{{ share | per_cent(1) }}")],
        ("Markdown cell", "per_cent", ":part: figures"),
    ),
    "figures that stop": (
        [("share = width / 64", "share = width / 0")],
        ("figures", "ZeroDivisionError", "Correct the code"),
    ),
    "test without its answer": (
        [(WIDTH_TEST, WIDTH_TEST.replace("ring-width", "ring-depth"))],
        ("test of ring-depth", "no answer cell before it", "above the test"),
    ),
    "answer without a test": (
        [(WIDTH_TEST, WIDTH_TEST.replace("ring-width", "why-fade"))],
        ("answer of ring-width", "has no test", ":part: test"),
    ),
    "Markdown without a language": (
        [('+++ {"lang": "en", "minutes": 10}', '+++ {"minutes": 10}')],
        ("Markdown cell", "names no language", '+++ {"lang": "en"}'),
    ),
    "code too long": (
        [('print("The pond', "".join(f"x{k} = {k}\n" for k in range(15)) + 'print("The pond')],
        ("code cell", "16 lines of code", "15 is the most"),
    ),
    "stub that is no Python": (
        [("ring_width = ...\n" + SOLUTION, "ring_width = \\\n" + SOLUTION)],
        ("answer of ring-width", "not valid Python", "answer = ..."),
    ),
    "heading level skipped": (
        [("## The width of a ring", "### The width of a ring")],
        ("Markdown cell", "skips from level 1 to level 3", "Use `##`"),
    ),
    "two titles": (
        [("## The width of a ring", "# The width of a ring")],
        ("Markdown cell", "second H1", "`##`"),
    ),
    "no heading": (
        [(f"{mark} {text}", text) for mark, text in [
            ("#", "Ripples: how far does a stone reach?\n\nA"),
            ("##", "The width of a ring"),
            ("##", "The height of a ring"),
            ("##", "Why it fades"),
        ]],
        ("has no heading", "# Title"),
    ),
    "unknown part of code": (
        [(":part: predict", ":part: guess")],
        ("cannot have the part 'guess'", "predict"),
    ),
    "unknown part of Markdown": (
        [('"part": "rubric"', '"part": "answer"')],
        ("Markdown cell cannot have the part 'answer'", "rubric, written"),
    ),
    "mistyped option": (
        [(WIDTH_TEST, f"{WIDTH_TEST}\n:point: 2")],
        ("test of ring-width", "'point' is unknown", "Did you mean 'points'"),
    ),
    "unknown kind of exercise": (
        [(":kind: compute", ":kind: puzzle")],
        ("answer of ring-width", "'puzzle' is no kind", "compute, function"),
    ),
    "written answer without a rubric": (
        [('"part": "rubric", "exercise": "report"', '"part": "rubric", "exercise": "essay"')],
        ("written of report", "has no rubric", '"part": "rubric"'),
    ),
    "minutes that do not add up": (
        [("minutes: 30", "minutes: 45")],
        ("take 30 minutes, the lesson 45", "agree"),
    ),
    "minutes in class and at home for one section": (
        [('"lang": "en", "minutes": 10', '"lang": "en", "at_home": 5, "minutes": 10')],
        ("states both `minutes` and `at_home`", "Keep the one"),
    ),
    "minutes without a heading": (
        [("## Why it fades\n\nChoose", "Choose")],
        ("does not begin with a heading", "minutes"),
    ),
    "front matter without a question": (
        [("  question: How wide is a ring after ten seconds?\n", "")],
        ("front matter has no question", "question:"),
    ),
    "options that are no YAML": (
        [(":objectives: [speed]", ":objectives: [speed")],
        ("cannot be read", "Invalid YAML", ":key: value"),
    ),
    "metadata that is no JSON": (
        [('+++ {"lang": "en", "minutes": 10}', "+++ {lang: en}")],
        ("cannot be read", "+++ {...}"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), BAD.values(), ids=BAD)
def test_a_bad_source_stops_the_build(rewrite, changes, expected):
    root = rewrite(*changes)
    before = _plant_outputs(root)
    with pytest.raises(BuildError) as stopped:
        release.install(root=root)
    message = str(stopped.value)
    assert message.startswith("solutions/01-ripples/ripples.md")
    for words in expected:
        assert words in message
    assert _outputs(root) == before


def test_a_check_may_give_no_marks(rewrite):
    root = rewrite((WIDTH_TEST, WIDTH_TEST.replace("points: 2", "points: 0")))
    (lesson,) = release.read(root=root)
    assert lesson.points["ring-width"] == 0
    known = answers.load(lesson)
    assert {answer.points for answer in known.of("ring-width")} == {0}
    assert {answer.right for answer in known.of("ring-width")} == {True, False}


def test_all_problems_are_told_at_once(rewrite):
    root = rewrite((":kind: compute", ":kind: puzzle"), (":part: predict", ":part: guess"))
    with pytest.raises(BuildError) as stopped:
        release.install(root=root)
    assert len(stopped.value.problems) == 2


def test_a_problem_names_the_line(rewrite):
    root = rewrite((WIDTH_TEST, WIDTH_TEST.replace("\n:points: 2", "")))
    with pytest.raises(BuildError) as stopped:
        release.install(root=root)
    (problem,) = stopped.value.problems
    line = int(problem.where.removeprefix("line ").partition(",")[0])
    lines = (root / "solutions/01-ripples/ripples.md").read_text("utf-8").splitlines()
    assert lines[line - 1 : line + 1] == [":part: test", ":exercise: ring-width"]


def test_an_unknown_lesson_is_answered_with_the_known_ones(course):
    with pytest.raises(BuildError, match=r"no lesson 02-waves.*Lessons: 01-ripples"):
        release.read(["02-waves"], course)


def test_a_folder_without_its_text_is_named(course):
    (course / "solutions/02-waves").mkdir()
    with pytest.raises(BuildError, match=r"solutions/02-waves/waves.md: there is no such file"):
        release.read(root=course)


def test_one_bad_lesson_keeps_the_good_ones_from_being_written(course):
    (course / "solutions/02-waves").mkdir()
    (course / "solutions/02-waves/waves.md").write_text("No front matter\n")
    with pytest.raises(BuildError):
        release.install(root=course)
    assert _outputs(course) == {}


def _plant_outputs(root):
    for path in ("lessons/en/01-ripples/ripples.ipynb", "solutions/01-ripples/ripples.ipynb"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"what was built before: {path}")
    return _outputs(root)


def _outputs(root):
    return {path: path.read_bytes() for path in root.rglob("*.ipynb")}
