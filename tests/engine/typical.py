"""Tests as teachers write them, each with an answer: all give the same marks under nbgrader."""

from __future__ import annotations

from engine_courses import answer, exam, locked

SETUP = "\n".join(
    f"import {name}"
    for name in ("functools", "itertools", "random", "types", "numpy as np", "pandas as pd")
)

#: For each: the answer, and the test. A line of dashes stands between them.
TYPICAL = {
    "integrate": """
def integrate(f, a, b, n):
    x = np.linspace(a, b, n + 1)
    y = f(x)
    return float(((y[1:] + y[:-1]) / 2).sum() * (b - a) / n)
----
assert abs(integrate(lambda x: x**2, 0, 1, 1000) - 1 / 3) < 1e-5
assert abs(integrate(np.sin, 0, np.pi, 100) - 2) < 1e-3
""",
    "newton": """
def newton(f, slope, x):
    for _ in range(30):
        x = x - f(x) / slope(x)
    return x
----
assert abs(newton(lambda x: x * x - 2, lambda x: 2 * x, 1.0) - 2**0.5) < 1e-12
try:
    newton(lambda x: x, lambda x: 0.0, 1.0)
except ZeroDivisionError:
    pass
""",
    "compose": """
def compose(f, g):
    return lambda x: f(g(x))
----
h = compose(lambda x: x + 1, lambda x: x * 2)
assert h(3) == 7 and callable(h)
""",
    "itself": """
def itself(thing):
    return thing
----
f = lambda x: x
assert itself(f) is f
rng = np.random.default_rng(5)
assert itself(rng) is rng
steps = (i for i in range(3))
next(steps)
assert itself(steps) is steps and next(steps) == 1
""",
    "decorate": """
def counted(f):
    @functools.wraps(f)
    def wrapper(*given, **named):
        print('calling', f.__name__)
        wrapper.calls += 1
        result = f(*given, **named)
        print('done')
        return result
    wrapper.calls = 0
    return wrapper
----
@counted
def add(a, b=1):
    print('adding', a, b)
    return a + b
assert add(1, b=2) == 3 and add(5) == 6
assert add.calls == 2 and add.__name__ == 'add'
""",
    "remember": """
def remembered(f):
    known = {}
    def look_up(n):
        if n not in known:
            known[n] = f(n)
        return known[n]
    return look_up
----
asked = 0
@remembered
def fibonacci(n):
    global asked
    asked += 1
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
assert fibonacci(100) == 354224848179261915075 and asked == 101
""",
    "safe": """
def safe(f, default):
    try:
        return f()
    except ZeroDivisionError as error:
        print('caught', error)
        return default
----
assert safe(lambda: 1 / 0, 5) == 5 and safe(lambda: 2, 5) == 2
""",
    "pass-on": """
def pass_on(f):
    return f(1)
----
class Odd(Exception):
    pass
def bad(x):
    raise Odd('no', x)
try:
    pass_on(bad)
except Odd as error:
    assert error.args == ('no', 1)
else:
    raise AssertionError('no error')
""",
    "walk": """
def walk(n, visit):
    for i in range(n):
        visit(i)
----
from unittest.mock import Mock
visited = []
walk(3, visited.append)
assert visited == [0, 1, 2]
visit = Mock(return_value=None)
walk(2, visit)
assert visit.call_count == 2
""",
    "parameters": """
def parameters(f):
    import inspect
    return list(inspect.signature(f).parameters)
----
assert parameters(lambda a, b, *rest, c=1: 0) == ['a', 'b', 'rest', 'c']
""",
    "again": """
def again(f, n):
    return f(n - 1) if n else 0
----
def back(n):
    return again(back, n) + 1
assert again(back, 5) == 5
""",
    "helper": """
def helper(x):
    return x * x
def ask():
    n = int(input('How many? '))
    print('got', n)
    return n
----
def typed(prompt):
    print('prompt', prompt)
    return str(helper(3))
input = typed
assert ask() == 9
del input
""",
    "in-threads": """
def in_threads(f, numbers):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(f, numbers))
----
assert in_threads(lambda x: x + 1, range(20)) == list(range(1, 21))
""",
    "lazy": """
def lazy(numbers):
    for number in numbers:
        print('got', number)
        yield number
----
def source():
    for i in range(3):
        print('made', i)
        yield i
assert list(lazy(source())) == [0, 1, 2]
assert list(lazy(map(int, '12'))) == [1, 2]
endless = itertools.count()
assert list(itertools.islice(lazy(endless), 2)) == [0, 1] and next(endless) == 2
""",
    "simulate": """
def simulate(rng, n):
    return rng.integers(0, 6, n)
----
first, second = np.random.default_rng(1), np.random.default_rng(1)
a, b = simulate(first, 3), simulate(rng=first, n=2)
assert (a == second.integers(0, 6, 3)).all() and (b == second.integers(0, 6, 2)).all()
assert first.normal() == second.normal()
""",
    "shuffled": """
def shuffled(items, rng):
    rng.shuffle(items)
    return items
----
first, second, items = random.Random(4), random.Random(4), list(range(9))
second.shuffle(items)
assert shuffled(list(range(9)), first) == items and first.random() == second.random()
""",
    "walker": """
class Walker:
    def __init__(self, rng):
        self.rng = rng
    def step(self):
        return self.rng.standard_normal()
----
first, second = np.random.RandomState(2), np.random.RandomState(2)
walker = Walker(first)
assert walker.step() == second.standard_normal()
assert first.random_sample() == second.random_sample()
assert walker.step() == second.standard_normal()
""",
    "both-draw": """
def both_draw(f, rng):
    return rng.random() + f()
----
first, second = np.random.default_rng(5), np.random.default_rng(5)
assert both_draw(lambda: first.random(), first) == second.random() + second.random()
assert first.random() == second.random()
""",
    "color": """
import enum
class Color(enum.Enum):
    RED = 1
    BLUE = 2
----
assert Color.RED.value == 1 and Color['BLUE'] is Color.BLUE and Color(1) == Color.RED
assert [color.name for color in Color] == ['RED', 'BLUE']
""",
    "animal": """
class Animal:
    pass
class Dog(Animal):
    def speak(self):
        return 'Woof'
----
dog = Dog()
assert Dog.__mro__[1] is Animal and isinstance(dog, Animal) and not isinstance(3, Animal)
assert type(dog).__name__ == 'Dog' and str(type(dog)) == "<class '__main__.Dog'>"
assert hasattr(dog, 'speak') and not hasattr(dog, 'meow')
""",
    "vector": """
class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)
    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)
    def __abs__(self):
        return (self.x**2 + self.y**2) ** 0.5
    def __iter__(self):
        return iter((self.x, self.y))
    def __repr__(self):
        return f'Vector({self.x}, {self.y})'
    def copy(self):
        return Vector(self.x, self.y)
    @classmethod
    def zero(cls):
        return cls(0, 0)
----
a = Vector(1, 2) + Vector(2, 2)
assert a == Vector(3, 4) and repr(a) == 'Vector(3, 4)' and abs(a) == 5
assert 2 * a == Vector(6, 8) == a * 2 and a.copy() == a == a.copy()
assert Vector.zero() == Vector(0, 0) and Vector.zero() + Vector(1, 1) == Vector(1, 1)
a.x = 10
assert list(a) == [10, 4]
assert sorted([Vector(2, 0), Vector(1, 0)], key=lambda v: v.x)[0].x == 1
""",
    "words": """
from collections import Counter, defaultdict, namedtuple
words = Counter('abca')
places = defaultdict(list)
places['a'].append(1)
Point = namedtuple('Point', 'x y')
origin = Point(0, 0)
ages = pd.cut(pd.Series([5, 30]), [0, 18, 99])
----
assert words == {'a': 2, 'b': 1, 'c': 1} and words.most_common(1) == [('a', 2)]
assert places == {'a': [1]} and places['b'] == []
assert origin == (0, 0) and origin.x == 0 and isinstance(origin, Point) and Point(1, 2).y == 2
assert ages.iloc[0] == pd.Interval(0, 18) and 30 in ages[1]
""",
    "library": """
rng = np.random.default_rng(0)
def numbers(n):
    for i in range(n):
        yield i
import re
found = re.match('(a)b', 'ab')
----
import inspect
assert isinstance(rng, np.random.Generator) and isinstance(found, re.Match)
assert isinstance(numbers(3), types.GeneratorType) and inspect.isgenerator(numbers(3))
assert not isinstance(rng, (int, np.ndarray)) and 'Generator' in str(type(rng))
""",
    "area": """
def area(radius: float, power=2) -> float:
    'Area of a circle.'
    return 3.14 * radius**power
----
import inspect
assert area.__doc__ == 'Area of a circle.' and area.__annotations__['radius'] is float
assert str(inspect.signature(area)) == '(radius: float, power=2) -> float'
""",
    "polynomial": """
class Polynomial:
    def __init__(self, *factors):
        self.factors = factors
    def __call__(self, x):
        return sum(k * x**i for i, k in enumerate(self.factors))
    def __add__(self, other):
        return Polynomial(*[a + b for a, b in zip(self.factors, other.factors)])
    def __eq__(self, other):
        return self.factors == other.factors
    def __hash__(self):
        return hash(self.factors)
    @classmethod
    def line(cls, slope):
        return cls(0, slope)
----
p = Polynomial(1, 2)
assert p(3) == 7 and p == Polynomial(1, 2) and p + p == Polynomial(2, 4)
assert len({p, Polynomial(1, 2), Polynomial.line(2)}) == 2 and hash(p) == hash(Polynomial(1, 2))
assert Polynomial.line(3)(2) == 6 and (p + Polynomial.line(1))(1) == 4
""",
    "purse": """
class Purse:
    def __init__(self, money):
        self.money = money
    def __iadd__(self, more):
        self.money += more
        return self
    def __lt__(self, other):
        return self.money < other.money
    def __format__(self, how):
        return how + str(self.money)
    def __round__(self, digits=0):
        return round(self.money, digits)
    def __reversed__(self):
        return reversed(str(self.money))
----
purse = Purse(1.25)
purse += 2
assert purse.money == 3.25 and f'{purse:EUR }' == 'EUR 3.25' and round(purse, 1) == 3.2
assert list(reversed(purse)) == ['5', '2', '.', '3'] and Purse(1) < purse
""",
    "quiet": """
class Quiet:
    def __enter__(self):
        return self
    def __exit__(self, kind, error, trace):
        self.seen = kind.__name__ if kind else None
        return kind is ValueError
----
with Quiet() as quiet:
    raise ValueError('nothing to see')
assert quiet.seen == 'ValueError'
with Quiet() as quiet:
    pass
assert quiet.seen is None
try:
    with Quiet():
        raise KeyError('not this one')
except KeyError as error:
    assert error.args == ('not this one',)
else:
    raise AssertionError('no error')
""",
    "in-place": """
def rotate(items):
    items.append(items.popleft())
def each(items, visit):
    for item in items:
        visit(item)
def biggest(items, less):
    best = items[0]
    for item in items:
        if less(best, item):
            best = item
    return best
def total(numbers):
    return sum(numbers)
def checked(f):
    @functools.wraps(f)
    def wrapper(*given):
        for value, kind in zip(given, f.__annotations__.values()):
            if not isinstance(value, kind):
                raise TypeError(f'{value!r} is no {kind.__name__}')
        return f(*given)
    return wrapper
def parsed(parse, text):
    import json
    try:
        return parse(text)
    except json.JSONDecodeError:
        return None
----
import collections
import json
items = collections.deque([1, 2, 3])
rotate(items)
assert list(items) == [2, 3, 1]
rows = [[1], [2]]
each(rows, lambda row: row.append(0))
assert rows == [[1, 0], [2, 0]]
assert biggest([Purse(1), Purse(5)], lambda a, b: a < b).money == 5
assert total({'a': 1, 'b': 2}.values()) == 3
@checked
def repeat(text: str, times: int):
    'Again and again.'
    return text * times
assert repeat('ab', 2) == 'abab' and repeat.__doc__ == 'Again and again.'
assert repeat.__wrapped__('a', 2) == 'aa' and list(repeat.__annotations__) == ['text', 'times']
try:
    repeat(2, 'ab')
except TypeError as error:
    assert 'no str' in str(error)
else:
    raise AssertionError('no error')
assert parsed(lambda text: json.loads(text), '{') is None
""",
    "source": """
def area_of(width, height=2):
    return width * height
class Box:
    def open(self):
        return True
----
import ast
import inspect
tree = ast.parse(inspect.getsource(area_of))
assert not any(isinstance(node, ast.For) for node in ast.walk(tree))
assert inspect.isfunction(area_of) and inspect.isclass(Box) and inspect.ismethod(Box().open)
assert [name for name, _ in inspect.getmembers(Box, inspect.isfunction)] == ['open']
print(inspect.getsource(area_of))
help(area_of)
""",
    "old-name": """
import warnings
def old_name(x):
    warnings.warn('use the new name', DeprecationWarning)
    return x
----
import warnings
with warnings.catch_warnings(record=True) as found:
    warnings.simplefilter('always')
    assert old_name(1) == 1
    old_name(2)
assert len(found) == 2 and issubclass(found[0].category, DeprecationWarning)
assert 'new name' in str(found[0].message)
""",
    "saved": """
table = pd.DataFrame({'a': [1, 2]})
table.to_csv('saved.csv', index=False)
def save(text, path):
    with open(path, 'w') as file:
        file.write(text)
def first_line(path):
    with open(path) as file:
        return file.readline().strip()
----
import os
import tempfile
from pathlib import Path
assert os.path.exists('saved.csv') and not os.path.exists('never.csv')
assert pd.read_csv('saved.csv')['a'].tolist() == [1, 2]
save('first\\nsecond', 'made.txt')
assert Path('made.txt').read_text() == 'first\\nsecond'
Path('given.txt').write_text('of the test\\n')
assert first_line('given.txt') == first_line(Path('given.txt')) == 'of the test'
Path('given.txt').write_text('another one\\n')
assert first_line('given.txt') == 'another one'
with tempfile.TemporaryDirectory() as folder:
    save('{}', os.path.join(folder, 'x.json'))
    assert Path(folder, 'x.json').read_text() == '{}'
os.remove('made.txt')
try:
    first_line('made.txt')
except FileNotFoundError:
    pass
else:
    raise AssertionError('it was removed')
""",
    "counter": """
counter = 0
seen = []
def count():
    global counter
    counter += 1
    seen.append(counter)
----
before = counter
assert 'counter' in dir() and 'counter' in globals() and len(seen) == before
count()
assert counter == before + 1
count()
assert counter == before + 2 and seen == [1, 2]
""",
}  # fmt: skip

_PAIRS = {name: text.strip("\n").split("\n----\n") for name, text in TYPICAL.items()}

ANSWERS = {name: pair[0] for name, pair in _PAIRS.items()}

WRONG = {
    "integrate": "def integrate(f, a, b, n):\n    return f(a, b)",
    "newton": "def newton(f, slope, x):\n    raise ZeroDivisionError('of my own')",
    "compose": "def compose(f, g):\n    return lambda x: g(f(x))",
    "itself": "def itself(thing):\n    return list(thing)",
    "decorate": "def counted(f):\n    return lambda *given: f(*given, 1, 2, 3)",
    "safe": "def safe(f, default):\n    print('trying')\n    return f()",
    "pass-on": "def pass_on(f):\n    try:\n        f(1)\n    except ValueError:\n        pass",
    "walk": "def walk(n, visit):\n    visit()",
    "helper": "def helper(x):\n    return x / 0\ndef ask():\n    return int(input())",
    "lazy": "def lazy(numbers):\n    for number in numbers:\n        yield -number",
    "simulate": "def simulate(rng, n):\n    return np.random.default_rng(1).integers(0, 6, n)",
    "color": "class Color:\n    RED = 1\n    BLUE = 2",
    "vector": ANSWERS["vector"].replace("__eq__", "same"),
    "words": "words = {'a': 2}",
    "area": "area = 3.14",
    "polynomial": ANSWERS["polynomial"].replace("__call__", "at").replace("__hash__", "code"),
    "purse": "class Purse:\n    def __init__(self, money):\n        self.money = money",
    "quiet": ANSWERS["quiet"].replace("kind is ValueError", "kind.no_such_thing"),
    "in-place": ANSWERS["in-place"].replace("items.popleft()", "3").replace("isinstance", "print"),
    "source": "area_of = 3",
    "old-name": "def old_name(x):\n    raise UserWarning('no warning')",
    "saved": "def save(text, path):\n    pass",
    "counter": "counter = 0\nseen = []\ndef count():\n    pass",
}

CELLS = [
    locked("setup", SETUP),
    *(answer(name, pair[0], "...") for name, pair in _PAIRS.items()),
    *(exam(f"test-{name}", pair[1]) for name, pair in _PAIRS.items()),
]
