"""Honest submissions: the engine and stock nbgrader write the same rows and the same notebooks."""

from __future__ import annotations

import pytest
import typical as typical_tests
from engine_courses import Course, answer, code, exam, locked, normal, quickstart, text

ZOO = [
    text("# A notebook with one of everything", "intro", locked=True),
    code("import math\nimport numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt"),
    locked("setup", "prices = pd.Series([10.0, 11.0, 9.9], name='price')\n"
           "def close(a, b):\n    return abs(a - b) < 1e-9\nprint('ready')"),
    answer("mean", "mean = float(prices.mean())", "mean = ..."),
    exam("test-mean", "print('checking')\nassert close(mean, prices.mean())", 2),
    answer("square", "def square(x):\n    return x * x", "def square(x):\n    ..."),
    exam("test-square", "for n in range(5):\n    assert square(n) == n * n\nsquare(3)", 9),
    answer("frame", "frame = pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})\nframe['c'] = 3",
           "frame = None"),
    exam("test-frame", "expected = pd.DataFrame({'a': [1, 2], 'b': ['x', 'y'], 'c': [3, 3]})\n"
         "pd.testing.assert_frame_equal(frame, expected)\nframe"),
    code("plt.plot([1, 3, 2])\nplt.title('a figure');"),
    code("frame"),
    code("from IPython.display import display\nshown = display('first', display_id=True)\n"
         "display('second', display_id='mine')\ndisplay('third', display_id='mine')"),
    code("shown.update('changed later')\ndisplay('fourth', display_id='mine')"),
    answer("in-place", "def tidy(items):\n    items.sort()", "def tidy(items):\n    ..."),
    exam("test-in-place", "items = [3, 1, 2]\ntidy(items)\nassert items == [1, 2, 3], items"),
    answer("account", "class Account:\n    def __init__(self, money):\n        self.money = money\n"
           "    def add(self, more):\n        self.money += more\n        return self\n"
           "    def __eq__(self, other):\n        return self.money == other.money",
           "class Account:\n    ..."),
    exam("test-account", "one = Account(5)\none.add(3)\nassert one.money == 8\n"
         "assert one == Account(8)\nassert isinstance(one, Account)"),
    answer("checked", "class TooSmall(ValueError):\n    pass\n"
           "def root(x):\n    if x < 0:\n        raise TooSmall(f'no root of {x}')\n"
           "    return math.sqrt(x)", "def root(x):\n    ..."),
    exam("test-checked", "assert root(4) == 2\ntry:\n    root(-1)\nexcept ValueError as error:\n"
         "    assert 'no root' in str(error)\nelse:\n    raise AssertionError('no error')"),
    answer("partial", "points = [1, 2, 3]", "points = []"),
    exam("test-partial", "len([p for p in points if p in (1, 2, 3)]) / 2", 1.5),
    answer("dice", "def roll():\n    return np.random.randint(1, 7)", "def roll():\n    ..."),
    exam("test-dice", "np.random.seed(7)\nassert [roll() for _ in range(3)] == [5, 2, 4]"),
    answer("total", "total = prices.sum()\nprices = prices * 2", "total = ..."),
    exam("test-total", "assert close(float(prices.sum()), 2 * float(total))"),
    answer("steps", "def steps(n):\n    for k in range(n):\n        yield k",
           "def steps(n):\n    ..."),
    exam("test-steps", "assert list(steps(3)) == [0, 1, 2]"),
    answer("warned", "def log_of(x):\n    return np.log(x)", "def log_of(x):\n    ..."),
    exam("test-warned", "import warnings\nfor _ in range(3):\n    log_of(0.0)\n"
         "with warnings.catch_warnings():\n    pass\nlog_of(0.0)\nassert log_of(1.0) == 0"),
    answer("greet", "def greet(name):\n    print('Hello', name)", "def greet(name):\n    ..."),
    exam("test-greet", "import contextlib, io\nout = io.StringIO()\n"
         "with contextlib.redirect_stdout(out):\n    greet('Ada')\n"
         "assert out.getvalue() == 'Hello Ada\\n'"),
    answer("ask", "def ask():\n    return int(input('How many? ')) + 1", "def ask():\n    ..."),
    exam("test-ask", "from unittest.mock import patch\n"
         "with patch('builtins.input', side_effect=['4', EOFError('end')]):\n"
         "    assert ask() == 5\n    try:\n        ask()\n    except EOFError:\n        pass"),
    answer("dog", "class Animal:\n    pass\nclass Dog(Animal):\n    pass",
           "class Animal:\n    ..."),
    exam("test-dog", "assert issubclass(Dog, Animal) and not issubclass(Animal, Dog)\n"
         "assert isinstance(Dog(), Animal)"),
    answer("wait", "import asyncio\nasync def wait(x):\n    await asyncio.sleep(0)\n    return x",
           "async def wait(x):\n    ..."),
    exam("test-wait", "assert await wait(3) == 3"),
    answer("left", "open('made.txt', 'w').write('by the notebook');", "..."),
    code("### BEGIN SOLUTION\nround(2.5)\n### END SOLUTION", "essay-code", grade=True,
         solution=True, points=3),
    text("Your words.", "essay", grade=True, solution=True, points=4),
    text("Draw something.", "task", task=True, points=5, locked=True),
]  # fmt: skip

RIGHT = {
    "mean": "mean = sum(prices) / 3",
    "square": "def square(x):\n    print('squaring', x)\n    return x ** 2",
    "frame": "frame = pd.DataFrame({'a': [1, 2], 'b': list('xy'), 'c': [3, 3]})",
    "in-place": "def tidy(items):\n    items[:] = sorted(items)",
    "account": ZOO[15].source,
    "checked": ZOO[17].source,
    "partial": "points = [1, 2]",
    "dice": "def roll():\n    return np.random.randint(1, 7)",
    "total": "total = prices.sum()\nprices = prices * 2",
    "steps": "def steps(n):\n    return iter(range(n))",
    "warned": "def log_of(x):\n    return np.log(x)",
    "greet": "def greet(name):\n    print(f'Hello {name}')",
    "ask": "def ask():\n    return 1 + int(input())",
    "dog": "class Animal:\n    legs = 4\nclass Dog(Animal):\n    pass",
    "wait": "async def wait(x):\n    return x",
    "left": "open('made.txt', 'w').write('by the notebook');",
    "essay-code": "1 + 1",
    "essay": "My words.",
}
WRONG = {
    "mean": "mean = 3",
    "square": "def square(x):\n    return undefined_name",
    "frame": "frame = pd.DataFrame({'a': [1, 2]})",
    "in-place": "def tidy(items):\n    return sorted(items)",
    "account": "class Account:\n    def __init__(self, money):\n        self.money = 0",
    "checked": "def root(x):\n    import warnings\n    warnings.warn('hm')\n    return 2",
    "partial": "points = [1]",
    "dice": "def roll():\n    return 4",
    "total": "total = 1/0",
    "steps": "def steps(n):\n    try:\n        return [][n]\n    except IndexError as error:\n"
    "        raise ValueError('no such step') from error",
    "greet": "def greet(name):\n    print('Hi', name)",
    "ask": "def ask():\n    return int(input())",
    "dog": "class Animal:\n    pass\nclass Dog:\n    pass",
    "wait": "def wait(x):\n    return x",
    "essay": "",
}
# What Python and IPython say before a cell runs, or when they show its value.
CARELESS = {
    "mean": "mean = 3\nif mean is 3:\n    pass",
    "square": "def square(x):\n    y = x * x\n  return y",
    "frame": "frame = pd.DataFrame({'a': [1, 2]",
    "in-place": "def tidy(items):\n    if items:\n\treturn items",
    "account": "class Account:\n    def __init__(self, money):\n        self.money = money\n"
    "    def __repr__(self):\n        print(self.money)\nAccount(5)",
    "checked": "def root(x):\nif x < 0:\n    return 0",
    "partial": "points = 1, 2, 3]",
    "dice": "def roll():\n    return '\\d'",
    "total": "total = prices.sum()\nassert (total == 3, 'never')",
    "steps": "import asyncio\nasync def one():\n    print('one')\n"
    "task = asyncio.create_task(one())\nasyncio.run(3)",
    "warned": "async def later():\n    return 1\nlog_of = await later()\nif log_of is 1:\n    1(2)",
    "left": "breakpoint()\nassert task.done()\n%nosuchmagic",
    "essay-code": "len?\n!nosuchcommand\n__doc__, type(get_ipython())",
}


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("zoo") / "stock",
                    "c.LateSubmissionPlugin.penalty_method = 'zero'\n")  # fmt: skip
    course.source(ZOO)
    course.source([answer("b", "b = 1", "b = 0"), exam("test-b", "assert b == 1")], "two")
    course.generate()
    course.nbgrader("db", "assignment", "add", "ps", "--duedate", "2025-01-27 12:00:00 UTC")
    for student, answers in (("right", RIGHT), ("wrong", WRONG), ("empty", {}),
                             ("careless", CARELESS)):  # fmt: skip
        course.submit(student, answers, files={"notes.txt": "mine"})
        course.submit(student, {"b": "b = 1"}, "two")
    course.submit("half", RIGHT)
    course.submit("late", RIGHT, files={"timestamp.txt": "2025-01-28 12:00:00 UTC"})
    course.submit("late", {"b": "b = 1"}, "two")
    twin = course.copy_to(course.root.parent / "engine")
    course.nbgrader("autograde", "ps")
    twin.engine(check=1)  # the course's own answer to `warned` writes to stderr
    return course, twin


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    course = quickstart(tmp_path_factory.mktemp("quickstart") / "stock")
    twin = course.copy_to(course.root.parent / "engine")
    course.nbgrader("autograde", "ps1")
    twin.engine(assignment="ps1", check=0)
    return course, twin


@pytest.fixture(scope="module")
def typical(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("typical") / "stock")
    course.source(typical_tests.CELLS)
    course.generate()
    course.submit("right", typical_tests.ANSWERS)
    course.submit("wrong", typical_tests.WRONG)
    twin = course.copy_to(course.root.parent / "engine")
    course.nbgrader("autograde", "ps")
    twin.engine(check=0)
    return course, twin


def same_notebook(first, second):
    first, second = normal(first), normal(second)
    for one, other in zip(first["cells"], second["cells"], strict=True):
        assert one == other
    assert first == second


@pytest.mark.parametrize("table", ["students", "courses", "submissions", "notebooks", "grades",
                                   "comments"])  # fmt: skip
class TestRows:
    def test_zoo(self, zoo, table):
        stock, engine = zoo
        assert engine.tables()[table] == stock.tables()[table]

    def test_typical(self, typical, table):
        stock, engine = typical
        assert engine.tables()[table] == stock.tables()[table]

    def test_quickstart(self, example, table):
        stock, engine = example
        assert engine.tables()[table] == stock.tables()[table]


@pytest.mark.parametrize("student", ["right", "wrong", "empty", "careless", "half", "late"])
def test_autograded_notebooks_of_the_zoo(zoo, student):
    stock, engine = zoo
    same_notebook(stock.autograded(student), engine.autograded(student))


@pytest.mark.parametrize("student", ["right", "wrong"])
def test_autograded_notebooks_of_typical_tests(typical, student):
    stock, engine = typical
    same_notebook(stock.autograded(student), engine.autograded(student))


def test_typical_tests_give_their_marks_to_typical_answers(typical):
    for course in typical:
        grades = [row for row in course.tables()["grades"] if "right" in row]
        assert {row[4] for row in grades} == {1} and len(grades) == len(typical_tests.TYPICAL)


@pytest.mark.parametrize("student", ["bitdiddle", "hacker"])
@pytest.mark.parametrize("name", ["problem1", "problem2"])
def test_autograded_notebooks_of_the_example(example, student, name):
    stock, engine = example
    same_notebook(stock.autograded(student, name, "ps1"), engine.autograded(student, name, "ps1"))


@pytest.mark.parametrize("name", ["zoo", "typical"])
def test_the_same_files_lie_in_the_autograded_folders(name, request):
    stock, engine = request.getfixturevalue(name)

    def listing(course):
        base = course.root / "autograded"
        return {p.relative_to(base): p.stat().st_mode for p in base.rglob("*") if p.is_file()}

    assert listing(engine) == listing(stock)
