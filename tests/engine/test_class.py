"""A class as a whole: bad files, regrades, resuming, the lock, cluster and databases."""

from __future__ import annotations

import collections
import contextlib
import json
import logging
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from engine_courses import Course, answer, code, environment, exam, locked
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grading.engine.classroom import Classroom, NoSubmissions, Options
from grading.engine.cluster import Stations, close_stations
from grading.engine.journal import Locked, lock, lock_gradebook
from grading.engine.station import StationFailed

CELLS = [
    locked("setup", "import math"),
    answer("a", "def twice(x):\n    return 2 * x", "def twice(x):\n    ..."),
    exam("t", "assert twice(4) == 8", 2),
    code("### BEGIN SOLUTION\nessay = 1\n### END SOLUTION", "essay", grade=True, solution=True,
         points=3),
]  # fmt: skip
RIGHT = {"a": "def twice(x):\n    return x + x"}
WRONG = {"a": "def twice(x):\n    return x"}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """One small course, generated once; tests copy it."""
    course = Course(tmp_path_factory.mktemp("template") / "course")
    course.source(CELLS)
    course.generate()
    course.nbgrader("db", "assignment", "add", "ps", "--duedate", "2025-01-27 12:00:00 UTC")
    return course


@pytest.fixture
def course(template, tmp_path):
    yield template.copy_to(tmp_path / "course")
    close_stations()


def grade(course, force=False, **options):
    """Grade in this process; return the rows by student."""
    config = Config({"Execute": {"timeout": 2}, **options.pop("config", {})})
    coursedir = CourseDirectory(config=config, root=str(course.root), course_id="test")
    options = {"workers": 1, **options}
    room = Classroom(coursedir, config, "ps", Options(force=force, **options))
    return {row.student: row for row in room.grade(lambda row, total: None)}


def marks(course):
    return {row[1]: row[4] for row in course.tables()["grades"] if row[3] == "t"}


def totals(course):
    sums = collections.Counter()
    for row in course.tables()["grades"]:
        sums[row[1]] += row[4]
    return dict(sums)


# ------------------------------------------------------------------ regrading


def test_only_what_has_changed_is_graded_again(course):
    course.submit("ada", RIGHT)
    course.submit("bob", WRONG)
    assert {r.state for r in grade(course).values()} == {"graded"}
    assert {r.state for r in grade(course).values()} == {"unchanged"}
    course.submit("bob", RIGHT)
    rows = grade(course)
    assert rows["ada"].state == "unchanged" and rows["bob"].state == "graded"
    assert marks(course) == {"ada": 2, "bob": 2}
    assert {r.state for r in grade(course, force=True).values()} == {"graded"}


def test_a_changed_hidden_test_is_a_reason_to_grade_again(course):
    course.submit("ada", RIGHT)
    grade(course)
    course.source([*CELLS[:2], exam("t", "assert twice(4) == 9", 2), CELLS[3]])
    course.generate()
    assert grade(course)["ada"].state == "graded"
    assert marks(course) == {"ada": 0}


def test_a_regrade_that_fails_leaves_no_old_mark(course):
    course.submit("ada", RIGHT)
    grade(course)
    course.submit("ada", change=lambda nb: b"{")
    row = grade(course)["ada"]
    assert row.state == "failed" and row.human
    assert marks(course) == {"ada": 0}
    assert not (course.root / "autograded" / "ada" / "ps").exists()


def test_a_deleted_test_leaves_no_old_mark(course):
    course.submit("ada", RIGHT)
    grade(course)

    def without_test(nb):
        nb.cells = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") != "t"]

    course.submit("ada", RIGHT, change=without_test)
    row = grade(course)["ada"]
    assert marks(course) == {"ada": 0}
    assert "cell 't' is missing" in row.notes
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "test") as gb:
        assert gb.find_grade("t", "one", "ps", "ada").needs_manual_grade


def test_a_deleted_test_is_put_back_where_the_course_wants_it(course):
    def without_test(nb):
        nb.cells = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") != "t"]

    course.submit("ada", RIGHT, change=without_test)
    grade(course, config={"OverwriteCells": {"add_missing_cells": True}})
    assert marks(course) == {"ada": 2}


def test_manual_marks_extra_credit_and_comments_are_kept(course):
    course.submit("ada", RIGHT)
    grade(course)
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "test") as gb:
        found = gb.find_grade("essay", "one", "ps", "ada")
        found.manual_score, found.extra_credit, found.needs_manual_grade = 2.5, 0.5, False
        gb.find_comment("essay", "one", "ps", "ada").manual_comment = "good"
        gb.db.commit()
    course.submit("ada", WRONG)
    grade(course)
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "test") as gb:
        found = gb.find_grade("essay", "one", "ps", "ada")
        assert (found.manual_score, found.extra_credit) == (2.5, 0.5)
        assert found.needs_manual_grade
        assert gb.find_comment("essay", "one", "ps", "ada").comment == "good"


@pytest.mark.parametrize(
    ("value", "points"),
    [("float('nan')", 0), ("-1", 0), ("__import__('numpy').float64(1.5)", 1.5), ("7", 2),
     ("True", 2), ("'text'", 2), ("1", 1), ("__import__('decimal').Decimal('0.5')", 0.5)],
)  # fmt: skip
def test_partial_credit_is_a_number_between_0_and_the_points(course, value, points):
    course.source([*CELLS[:2], exam("t", f"value = {value}\nvalue", 2), CELLS[3]])
    course.generate()
    course.submit("ada", RIGHT)
    grade(course)
    assert marks(course) == {"ada": points}


# ------------------------------------------------------------------ what can be missing


def test_a_missing_and_a_renamed_notebook(course):
    folder = course.submit("ada", RIGHT)
    (folder / "one.ipynb").rename(folder / "My one (1).ipynb")
    (course.root / "submitted" / "bob" / "ps").mkdir(parents=True)
    rows = grade(course)
    assert rows["ada"].human and rows["bob"].human
    assert any("not a notebook of this assignment" in note for note in rows["ada"].notes)
    assert any("was not handed in" in note for note in rows["bob"].notes)
    assert marks(course) == {"ada": 0, "bob": 0}


def test_no_submission_at_all_and_an_unknown_student(course):
    with pytest.raises(NoSubmissions, match="Nobody has handed in"):
        grade(course)
    course.submit("ada", RIGHT)
    with pytest.raises(NoSubmissions, match="bob"):
        grade(course, students=["bob"])


def test_students_are_not_created_where_the_course_says_so(course):
    course.submit("ada", RIGHT)
    row = grade(course, config={"Autograde": {"create_student": False}})["ada"]
    assert row.state == "failed" and "nbgrader db student add ada" in row.notes[-1]
    assert course.tables()["students"] == []


def test_files_of_the_course_stand_in_for_the_students(template, tmp_path):
    course = template.copy_to(tmp_path / "course")
    (course.root / "source" / "ps" / "helper.py").write_text("LIMIT = 8\n")
    course.source([locked("setup", "import helper"), *CELLS[1:2],
                   exam("t", "assert twice(4) == helper.LIMIT\n"
                        "assert open('data.txt').read() == 'right'", 2)])  # fmt: skip
    (course.root / "source" / "ps" / "data.txt").write_text("right")
    course.generate()
    course.submit("ada", RIGHT, files={"helper.py": "LIMIT = 4\n", "data.txt": "wrong"})
    course.submit("bob", WRONG, files={"helper.py": "LIMIT = 4\n", "data.txt": "wrong"})
    grade(course)
    assert marks(course) == {"ada": 2, "bob": 0}
    close_stations()


# ------------------------------------------------------------------ explicit choices


def test_unconfined_is_written_into_the_result(course):
    course.submit("ada", RIGHT)
    row = grade(course, confined=False)["ada"]
    assert not row.confined and marks(course) == {"ada": 2}
    log = course.root / ".grading" / "logs" / "ps" / "ada.log"
    assert "NOT CONFINED" in log.read_text()


def test_without_bubblewrap_it_refuses_and_says_what_to_install(course, monkeypatch):
    course.submit("ada", RIGHT)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    from grading.engine.sandbox import CannotConfine

    with pytest.raises(CannotConfine, match="apt install bubblewrap"):
        grade(course)


def test_in_kernel_grades_the_old_way_and_says_so(course):
    course.submit("ada", RIGHT)
    course.submit("bob", WRONG)
    grade(course, in_kernel=True)
    assert marks(course) == {"ada": 2, "bob": 0}
    record = json.loads((course.root / ".grading/journal/ps/ada.json").read_text())
    assert [m["how"] for m in record["marks"]["one"] if m["cell"] == "t"] == [
        "in the student's kernel"
    ]


def test_each_mark_records_that_it_was_examined_from_outside(course):
    course.submit("ada", RIGHT)
    grade(course)
    record = json.loads((course.root / ".grading/journal/ps/ada.json").read_text())
    how = {m["cell"]: m["how"] for m in record["marks"]["one"]}
    assert how["t"] == "examined from outside" and how["essay"] == "by rule"


def test_what_cannot_cross_says_so(course):
    course.source([*CELLS[:2], exam("t", "assert twice(object())", 2), CELLS[3]])
    course.generate()
    course.submit("ada", RIGHT)
    grade(course)
    error = course.autograded("ada").cells[2].outputs[-1]
    assert (
        error.ename == "CannotCross"
        and "object or a class of the test's own cannot" in error.evalue
    )


def test_a_class_decides_only_where_the_exercise_is_a_class(course):
    """Objects that a test makes may compare themselves; what they hold does not, nor does a class
    that stands where the course has a function, nor an object that has a table's methods."""
    course.source([
        locked("setup", "import pandas as pd"),
        answer("account", "class Account:\n    def __init__(self, money):\n"
               "        self.money = money\n    def __eq__(self, other):\n"
               "        return self.money == other.money\n    def __add__(self, other):\n"
               "        return self.money + other.money\n    def __abs__(self):\n"
               "        return abs(self.money)\n    @classmethod\n    def limit(cls):\n"
               "        return 99", "class Account:\n    ..."),
        exam("t1", "assert Account(5) == Account(5)"), exam("t2", "assert Account(5).money == 5"),
        exam("t6", "assert Account(5) + Account(3) == 8"),
        exam("t7", "assert Account.limit() == 99"),
        exam("t8", "assert abs(abs(Account(5)) - 5) < 1e-9"),
        answer("twice", "def twice(x):\n    return 2 * x", "def twice(x):\n    ..."),
        exam("t3", "assert twice(2) == 4"),
        answer("frame", "frame = pd.DataFrame({'a': [1]})", "frame = None"),
        exam("t4", "assert frame.equals(pd.DataFrame({'a': [1]}))"),
        exam("t5", "assert isinstance(frame, pd.DataFrame)"),
    ])  # fmt: skip
    course.generate()
    course.submit("ada", {
        "account": "class Account:\n    def __init__(self, money):\n        self.money = money\n"
        "    def __eq__(self, other):\n        return True\n    limit = lambda: 99\n"
        "    def __add__(self, other):\n        return self.money + other.money\n"
        "    def __abs__(self):\n        return abs(self.money)",
        "twice": "twice = lambda x: x + x",
        "frame": "frame = pd.DataFrame([1], columns=['a'])",
    })  # fmt: skip
    yes = "    def __init__(self, *given):\n        pass\n"
    yes += "    def __eq__(self, other):\n        return True\n"
    course.submit("eve", {
        "account": f"class Yes:\n{yes}    def __sub__(self, other):\n        return 0.0\n"
        f"class Account:\n{yes}    money = Yes()\n    limit = Yes\n"
        "    def __add__(self, other):\n        return Yes()\n    __abs__ = lambda self: Yes()",
        "twice": f"class twice:\n{yes}",
        "frame": "class DataFrame:\n    def equals(self, other):\n        return True\n"
        "DataFrame.__module__ = 'pandas.core.frame'\nframe = DataFrame()",
    })  # fmt: skip
    grade(course)
    assert totals(course) == {"ada": 8, "eve": 1}


def test_a_function_of_a_test_shows_nothing_but_what_it_returns(course):
    """The student's code looks for the secret in all that it can reach of the function."""
    course.source([
        answer("apply", "def apply(f, x):\n    return f(x)", "def apply(f, x):\n    ..."),
        exam("t", "def hidden(x, default='SECRET-DEFAULT'):\n    'Says what it is for.'\n"
             "    return x + len('SECRET-CODE')\nassert apply(hidden, 1) == 12\n"
             "def endless(n):\n    return apply(endless, n)\n"
             "try:\n    apply(endless, 1)\nexcept RecursionError:\n    pass"),
        answer("late", "late = 1", "late = 0"),
        exam("u", "assert late == 1"),
    ])  # fmt: skip
    course.generate()
    course.submit("ada", {
        "apply": "import inspect\nkept = []\ndef apply(f, x):\n    kept.append(f)\n"
        "    print(f, f.__doc__, f.__code__.co_consts, f.__defaults__, inspect.signature(f))\n"
        "    print([cell.cell_contents for cell in f.__closure__])\n"
            "    return f(x)",
        "late": "late = 1\ntry:\n    kept[0](5)\nexcept RuntimeError as error:\n    print(error)",
    })  # fmt: skip
    grade(course)
    assert totals(course) == {"ada": 2}
    nb = course.autograded("ada")
    shown = json.dumps([cell.outputs for cell in nb.cells])
    assert "hidden(x, default=Ellipsis)" not in shown and "(x, default=Ellipsis)" in shown
    assert "SECRET" not in shown and "the test is over" in shown and "what it is for" in shown


def test_what_a_student_says_of_a_function_is_not_run_here(course):
    """Annotations and docstrings, which libraries evaluate; errors that mean something to a loop
    or a runner of tests; blocks that take the error of the test."""
    course.source([
        locked("setup", "import typing\nimport unittest"),
        answer("twice", "def twice(x: int) -> int:\n    return 2 * x", "def twice(x):\n    ..."),
        exam("t1", "assert typing.get_type_hints(twice)['x'] is int"),
        exam("t2", "import doctest\n### BEGIN HIDDEN TESTS\nhidden = 'HIDDEN'\n"
             "### END HIDDEN TESTS\ndoctest.run_docstring_examples(twice, {})"),
        exam("t3", "assert all(map(lambda pair: twice(pair[0]) == pair[1], [(1, 2), (3, 6)]))"),
        answer("block", "class Block:\n    def __enter__(self):\n        self.n = 1\n"
               "        return self\n    def __exit__(self, *given):\n        return False",
               "class Block:\n    ..."),
        exam("t4", "with Block() as block:\n    assert block.n == 1"),
        answer("skip", "def skip(x):\n    return x", "..."),
        exam("t5", "import io\nclass Case(unittest.TestCase):\n    def test(self):\n"
             "        self.assertEqual(skip(1), 1)\n"
             "suite = unittest.defaultTestLoader.loadTestsFromTestCase(Case)\n"
             "assert unittest.TextTestRunner(io.StringIO()).run(suite).wasSuccessful()"),
    ])  # fmt: skip
    course.generate()
    course.submit("ada", {
        "twice": "def twice(x: int) -> int:\n    return x + x",
        "block": "class Block:\n    n = 1\n    def __enter__(self):\n        return self\n"
        "    def __exit__(self, kind, error, trace):\n        return None",
        "skip": "skip = abs",
    })  # fmt: skip
    run = "__import__('builtins').print('RAN-IN-' + __name__.upper())"
    course.submit("eve", {
        "twice": f'def twice(x: "{run} or int"):\n    """\n    >>> {run}\n    """\n'
        "    raise StopIteration",
        "block": "class Block:\n    n = 0\n    __enter__ = lambda self: self\n"
        "    __exit__ = lambda self, *given: True",
        "skip": "def skip(x):\n    raise unittest.SkipTest('not today')",
    })  # fmt: skip
    grade(course)
    assert totals(course) == {"ada": 5, "eve": 1}  # nothing is found in a docstring
    shown = json.dumps([cell.outputs for cell in course.autograded("eve").cells])
    assert "RAN-IN-" not in shown.replace(json.dumps(run)[1:-1], "")


def test_files_that_no_test_has_named_do_not_cross(course):
    """Not over a file of the course's, and never one that could be run."""
    course.source([
        answer("a", "open('mine.csv', 'w').write('right');", "..."),
        exam("t", "assert open('mine.csv').read() == 'right'\n"
             "assert open('given.csv').read() == 'of the course'\n"
             "try:\n    import planted\nexcept ImportError:\n    pass\n"
             "else:\n    raise AssertionError('planted')"),
        answer("copy", "def copy(here, there):\n    open(there, 'w').write(open(here).read())",
               "..."),
        exam("u", "open('in.txt', 'w').write('text')\nopen('expected.txt', 'w').write('text')\n"
             "copy('in.txt', 'out.txt')\n"
             "assert open('out.txt').read() == open('expected.txt').read()"),
    ])  # fmt: skip
    (course.root / "source/ps/given.csv").write_text("of the course")
    course.generate()
    course.submit("ada", {"a": "open('mine.csv', 'w').write('right')\n"
                          "open('given.csv', 'w').write('changed')\n"
                          "open('planted.py', 'w').write('1')",
                          "copy": "import shutil\ncopy = shutil.copyfile"})  # fmt: skip
    wrong = (
        "def copy(here, there):\n    for name in (there, 'expected.txt'):\n"
        "        open(name, 'w').write('wrong')"
    )
    course.submit("bob", {"a": "open('mine.csv', 'w').write('right');", "copy": wrong})
    lie = (
        "import gc\n"
        "side = [one for one in gc.get_objects() if type(one).__name__ == 'Student'][0]\n"
        "side.folder.changed = lambda names: ({'mine.csv': [0, 5], 'planted.py': [0, 0]}, b'right')"
    )
    course.submit("eve", {"a": lie})
    grade(course)
    assert totals(course) == {"ada": 2, "bob": 1, "eve": 0}


def test_what_a_test_says_about_warnings_and_errors_holds_for_the_students_function(course):
    """A warning on the error stream would cost the mark, here as under nbgrader."""
    about_warnings = (
        "import warnings\n"
        "with warnings.catch_warnings():\n"
        "    warnings.filterwarnings('ignore', 'Mean of')\n"
        "    assert twice(4) == 8\n"
        "with warnings.catch_warnings():\n"
        "    warnings.simplefilter('error')\n"
        "    try:\n"
        "        twice(4)\n"
        "    except UserWarning:\n"
        "        pass\n"
        "    else:\n"
        "        raise AssertionError('no warning')"
    )
    about_numbers = "with np.errstate(divide='ignore'):\n    assert divide() == float('inf')"
    course.source([
        locked("setup", "import numpy as np"), CELLS[1], exam("t", about_warnings, 2),
        answer("b", "def divide():\n    return 0", "def divide():\n    ..."),
        exam("u", about_numbers, 1), exam("v", "divide()\nassert True", 1),
    ])  # fmt: skip
    course.generate()
    course.submit("ada", {
        "a": "import warnings\ndef twice(x):\n    warnings.warn('Mean of nothing')\n    return 8",
        "b": "def divide():\n    return float(np.float64(1) / 0)",
    })  # fmt: skip
    grade(course)
    found = {row[3]: row[4] for row in course.tables()["grades"]}
    assert found == {"t": 2, "u": 1, "v": 0}


def test_the_command_line(course):
    course.submit("ada", RIGHT)
    course.submit("bob", change=lambda nb: b"not json")
    rows = course.engine("--workers", "1", check=1)
    assert rows["ada"]["score"] == 2 and rows["bob"]["state"] == "failed"
    assert course.engine("--student", "ada", "--workers", "1", check=0)["ada"]["state"] == (
        "unchanged"
    )
    assert "error" in course.engine("--workers", "1", assignment="nope", check=1)


# ------------------------------------------------------------------ lock and resuming


def test_a_test_that_refuses_the_courses_own_answer_is_shown(tmp_path):
    course = Course(tmp_path / "course")
    course.source(
        [
            answer("both", "def both(f, x):\n    return f(f(x))", "def both(f, x):\n    ..."),
            exam(
                "t1",
                "from concurrent.futures import ThreadPoolExecutor\n"
                "with ThreadPoolExecutor() as pool:\n    found = pool.map(both, [abs] * 99, "
                "range(99))\nassert list(found) == list(range(99))",
            ),
            exam(
                "t2", "class Twice(int):\n    pass\nassert both(lambda x: 2 * x, Twice(1)) == 4", 3
            ),
        ]
    )
    course.generate()
    course.submit("ada", {"both": "def both(f, x):\n    x = f(x)\n    return f(x)"})
    course.engine(check=1)
    # The second time there is nothing to grade: it is read from the journal.
    done = subprocess.run(
        [sys.executable, "-m", "grading", "autograde", "ps"],
        cwd=course.root, capture_output=True, text=True, env=environment(), check=False,
    )  # fmt: skip
    assert done.returncode == 1 and "Tests that refuse the course's own answer: 1" in done.stdout
    assert "CannotCross: A test passes Twice" in done.stdout.replace("\n", " ")
    assert [row[4] for row in course.tables()["grades"] if row[3] == "t2"] == [0]
    course.engine("--in-kernel", check=0)
    assert [row[4] for row in course.tables()["grades"] if row[3] == "t2"] == [3]
    assert len(course.tables()["submissions"]) == len(course.tables()["students"]) == 1


def test_two_graders_on_one_course(course):
    course.submit("ada", RIGHT)
    with lock(course.root), pytest.raises(Locked, match=f"process {os.getpid()}"):
        grade(course)
    assert grade(course)["ada"].state == "graded"


def grade_and_be_killed(course, events, pause):
    """Grade in a fork of this process; kill it some time after its ``events``-th result."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            os.close(read)
            grade_with(
                course, lambda row, total: row.state != "unchanged" and os.write(write, b".")
            )
        os._exit(0)
    os.close(write)
    for _ in range(events):
        if not os.read(read, 1):
            break
    time.sleep(pause)
    os.kill(pid, signal.SIGKILL)
    os.close(read)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def grade_with(course, tell):
    config = Config({"Execute": {"timeout": 2}})
    coursedir = CourseDirectory(config=config, root=str(course.root), course_id="test")
    return Classroom(coursedir, config, "ps", Options(workers=1)).grade(tell)


def test_killed_at_twenty_random_moments_it_ends_with_the_same_gradebook(template, tmp_path):
    course = template.copy_to(tmp_path / "killed")
    for number in range(60):
        course.submit(f"student-{number:02}", RIGHT if number % 3 else WRONG)
    calm = course.copy_to(tmp_path / "calm")
    grade(calm)
    close_stations()
    chance = random.Random(1957)
    killed = [
        grade_and_be_killed(course, chance.choice([0, 1, 1, 2]), chance.uniform(0.0, 0.1))
        for _ in range(20)
    ]
    assert sum(killed) >= 10  # a fast machine has graded all before the last attempts
    rows = grade(course)
    assert len(rows) == 60 and "unchanged" in {row.state for row in rows.values()}
    assert course.tables() == calm.tables()
    close_stations()


# ------------------------------------------------------------------ cluster and databases


@pytest.fixture
def dask_cluster(tmp_path):
    """A scheduler and two workers, each a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    command = [*dask, "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment()}
    scheduler = subprocess.Popen(command, cwd=tmp_path, **quiet)
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1",
              "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]  # fmt: skip
    workers = [subprocess.Popen(worker, cwd=tmp_path, **quiet) for _ in range(2)]
    yield address, workers
    for process in [*workers, scheduler]:
        process.kill()
        process.wait()


def test_a_killed_worker_loses_nothing(course, dask_cluster):
    from distributed import Client

    address, workers = dask_cluster
    for number in range(16):
        course.submit(f"student-{number:02}", RIGHT if number % 2 else WRONG)
    with Client(address, timeout="60s") as client:
        client.wait_for_workers(2, timeout=60)
    config = Config()
    coursedir = CourseDirectory(config=config, root=str(course.root), course_id="test")
    room = Classroom(coursedir, config, "ps", Options(scheduler=address))
    seen = []

    def tell(row, total):
        seen.append(row.student)
        if len(seen) == 4:
            workers[0].kill()

    rows = room.grade(tell)
    assert len(rows) == 16 and {row.state for row in rows} == {"graded"}
    assert marks(course) == {f"student-{n:02}": 2.0 if n % 2 else 0.0 for n in range(16)}
    assert workers[0].wait(10) == -signal.SIGKILL


def test_workers_of_one_machine_share_a_warm_process_and_its_end(course):
    course.submit("ada", RIGHT)
    config = Config({"Execute": {"timeout": 2}})
    coursedir = CourseDirectory(config=config, root=str(course.root), course_id="test")
    room = Classroom(coursedir, config, "ps", Options())
    parts, stations = room.read("ada").notebooks, Stations()
    stations.prepare(room.assignment, room.limits, confined=True, many=True)
    both = stations.take(), stations.take()
    try:
        assert both[0].process is both[1].process
        one, other = (station.grade(parts, {})["one"]["marks"] for station in both)
        assert one == other and [mark["auto_score"] for mark in one] == [None, 2, 0]
        both[0].process.kill()
        both[0].process.wait()
        for station in both:
            with pytest.raises(StationFailed):
                station.grade(parts, {})
        stations.prepare(room.assignment, room.limits, confined=True, many=False)
        fresh = stations.take()
        assert fresh.process is not both[0].process
        assert fresh.grade(parts, {})["one"]["marks"] == one
        stations.give_back(fresh)
    finally:
        for station in both:
            stations.give_back(station)
        stations.close()


def test_the_default_is_a_cluster_on_this_machine(course):
    for number in range(6):
        course.submit(f"student-{number:02}", RIGHT if number % 2 else WRONG)
    rows = grade(course, workers=2)
    assert len(rows) == 6 and sum(marks(course).values()) == 6
    # Connections that close after the last mark say nothing to the instructor.
    assert not logging.getLogger("distributed.batched").isEnabledFor(logging.WARNING)


def postgres_bin():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@pytest.fixture
def postgres(tmp_path):
    """A PostgreSQL server on loopback, a child of this process; its address."""
    where = postgres_bin()
    if where is None:
        pytest.skip("PostgreSQL is not installed")
    data, as_user = tmp_path / "data", []
    data.mkdir()
    if os.getuid() == 0:
        # PostgreSQL does not run as root.
        shutil.chown(data, "postgres", "postgres")
        for folder in (tmp_path, *tmp_path.parents):
            if folder != Path("/") and folder.stat().st_uid == 0 and folder.name != "tmp":
                folder.chmod(folder.stat().st_mode | 0o011)
        as_user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    subprocess.run([*as_user, where / "initdb", "-D", data, "-U", "grader", "-A", "trust",
                    "--no-sync", "-E", "UTF8", "--locale", "C.UTF-8"],
                   check=True, capture_output=True, cwd="/")  # fmt: skip
    options = ["-p", str(port), "-h", "127.0.0.1", "-k", data, "-F"]
    with (tmp_path / "postgres.log").open("wb") as log:
        server = subprocess.Popen([*as_user, where / "postgres", "-D", data, *options],
                                  stdout=log, stderr=log, cwd="/")  # fmt: skip
    try:
        ready = [where / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        deadline = time.monotonic() + 60
        while subprocess.run(ready, check=False).returncode != 0:
            assert server.poll() is None, (tmp_path / "postgres.log").read_text()
            assert time.monotonic() < deadline, "PostgreSQL did not start within a minute."
            time.sleep(0.1)
        yield f"postgresql+psycopg://grader@127.0.0.1:{port}/postgres"
    finally:
        # An immediate shutdown; no pid file is asked, and nothing waits for open connections.
        server.send_signal(signal.SIGQUIT)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture
def on_postgres(course, postgres):
    """The small course with its gradebook in PostgreSQL, and the settings that say so."""
    (course.root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'test'\n"
        f"c.CourseDirectory.db_url = {postgres!r}\n"
    )
    course.generate()
    course.submit("ada", RIGHT)
    course.submit("bob", WRONG)
    return course, {"config": {"CourseDirectory": {"db_url": postgres}}}


def test_postgresql(on_postgres, postgres):
    course, where = on_postgres
    with lock_gradebook(postgres), pytest.raises(Locked, match=f"process {os.getpid()} on"):
        # As from another machine, with a course folder of its own.
        grade(course, **where)
    rows = grade(course, **where)
    assert {name: row.score for name, row in rows.items()} == {"ada": 2, "bob": 0}
    with Gradebook(postgres, "test") as gb:
        assert gb.find_grade("t", "one", "ps", "ada").auto_score == 2
        assert gb.find_grade("t", "one", "ps", "bob").auto_score == 0
    assert {row.state for row in grade(course, **where).values()} == {"unchanged"}
