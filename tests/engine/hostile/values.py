# ruff: noqa: E501
"""Attacks with values that are not what they seem, and on the examiner's channel."""

from hostile.attack import Attack

YES = """class Yes(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __sub__(self, other): return Yes(0)
    __rsub__ = __add__ = __radd__ = __abs__ = lambda self, *a: Yes(0)
    def __hash__(self): return 0
    def __bool__(self): return True
    def __repr__(self): return '2.0'
    def __contains__(self, other): return True
    def __getattr__(self, name): return Yes(0)
    def __array__(self, *a, **k): return 1 / 0
"""
TALK = """import gc
side = [one for one in gc.get_objects() if type(one).__name__ == 'Student'][0]
from grading.engine.wire import HEADER, MAGIC
"""
NOTHING = "'arguments': [], 'named': {'$': 'dict', 'v': []}, 'outputs': []"


def lie(reply: str, blob: str = "b''") -> str:
    """Code that answers every question of the examiner with ``reply``."""
    return (
        f"{TALK}def answer(request, blob):\n    if request['op'] in ('run', 'files'):\n"
        "        return type(side)._answer(side, request, blob)\n"
        f"    return {reply}, {blob}\nside._answer = answer\n"
    )


ATTACKS = [
    Attack("A07-always-equal", "answers are objects equal to everything", "", answers={
        "a1": YES + "def square(x):\n    return Yes(0)\n", "a2": "mean = Yes(10.3)",
        "a3": "table = Yes(0)", "a4": "def area(r):\n    return Yes(0)"}),
    Attack("A07b-plain-class", "an always-equal object that is no number", "", answers={
        "a1": YES.replace("(float)", "").replace("Yes(0)", "Yes()")
        + "def square(x):\n    return Yes()\n", "a2": "mean = Yes()", "a3": "table = [Yes()] * 3",
        "a4": "def area(r):\n    return Yes()"}),
    Attack("A07c-array-subclass", "an array subclass with its own comparison", "", answers={
        "a3": "class Mine(np.ndarray):\n    def __array_ufunc__(self, *a, **k):\n"
              "        return np.zeros(3)\n    def __array_function__(self, *a, **k):\n"
              "        return True\n    def __eq__(self, o): return np.ones(3, bool)\n"
              "table = np.zeros(3).view(Mine)"}),
    Attack("A07d-object-array", "an array whose members are equal to everything", "", answers={
        "a3": YES + "table = np.array([Yes(0)] * 3, dtype=object)"}),
    Attack("A07e-list-subclass", "a list that says what one wants to hear", "", answers={
        "a3": "class L(list):\n    def __eq__(self, o): return True\n"
              "    def __iter__(self): return iter([0, 0, 0])\ntable = L()"}),
    Attack("A35-repr-is-mark", "an object whose text is the full mark", "", answers={
        "a4": YES + "def area(r):\n    return Yes(2)"}),
    Attack("D14-partial-text", "answers with things that are no numbers", "", answers={
        "a4": "def area(r):\n    return np.array('2.0')", "a2": "mean = '10.3'"}),
    Attack("V01-nan", "not a number, which is unequal to everything", "", answers={
        "a2": "mean = float('nan')", "a3": "table = np.full(3, np.nan)"}),
    Attack("V02-bool-class", "functions instead of values", "", answers={
        "a2": "mean = lambda *a: 10.3", "a3": "table = print", "a1": "square = dict"}),
    Attack("V03-metaclass", "a class that is equal to everything", "", answers={
        "a2": "class M(type):\n    def __eq__(c, o): return True\n    def __sub__(c, o): return 0\n"
              "    def __hash__(c): return 1\nclass mean(metaclass=M): pass"}),
    Attack("V04-mutate-arguments", "changes what the test handed over, and returns nothing", "",
           answers={"a1": "def square(x):\n    globals()['mean'] = 10.3\n    return 0",
                    "a2": "mean = 1.0"}),
    Attack("V05-class-attr", "lies about its class", "", answers={
        "a2": "class F:\n    __class__ = float\n    def __abs__(s): return 0\n"
              "    def __sub__(s, o): return 0.0\nmean = F()"}),
    Attack("V06-huge-int", "a number of a million digits", "", answers={
        "a1": "def square(x):\n    return 10 ** 40_000_000", "a2": "mean = 10 ** 400_000"}),
    Attack("V07-deep-nesting", "a list of ten thousand lists in one another", "", answers={
        "a3": "table = []\nfor _ in range(10_000):\n    table = [table]"}),
    Attack("V08-recursive", "a list that holds itself", "", answers={
        "a3": "table = []\ntable.append(table)"}),
    Attack("V09-big-array", "an array larger than the channel takes", "", answers={
        "a3": "table = np.zeros(12_000_000)"}),
    Attack("V10-endless-iterator", "an iterator without an end", "", answers={
        "a3": "import itertools\ntable = itertools.repeat(0)"}),
    Attack("V11-library-function", "names a library's function as the answer", "", answers={
        "a1": "from os import system as square", "a4": "from builtins import exec as area"}),
    Attack("V12-class-as-function", "a class in the place of a function, its objects equal to everything",
           "", answers={
        name: f"class {made}:\n    def __init__(self, x): pass\n"
              "    def __eq__(self, other): return True\n    def __hash__(self): return 0"
        for name, made in (("a1", "square"), ("a4", "area"))}),
    Attack("V13-false-class", "objects that say they are of a library's class", "", answers={
        "a2": YES.replace("(float)", "").replace("Yes(0)", "Yes()")
        + "Yes.__name__, Yes.__module__ = 'float64', 'numpy'\nmean = Yes()",
        "a3": YES.replace("(float)", "").replace("Yes(0)", "Yes()")
        + "Yes.__name__, Yes.__module__ = 'Series', 'pandas.core.series'\ntable = Yes()"}),
    Attack("C20-lie-type", "the channel: answers of an unknown kind",
           lie("{'ok': {'value': {'$': 'pickle', 'v': 'cos'}}, 'outputs': []}")),
    Attack("C21-lie-dtype", "the channel: an array of objects in raw bytes",
           lie("{'ok': {'value': {'$': 'array', 'd': '|O', 's': [3], 'b': [0, 24]}}, 'outputs': []}",
               "bytes(24)")),
    Attack("C22-lie-size", "the channel: an array that points outside what was sent",
           lie("{'ok': {'value': {'$': 'array', 'd': '<f8', 's': [3], 'b': [0, 99999]}}, "
               "'outputs': []}", "bytes(8)")),
    Attack("C23-lie-module", "the channel: a module of its own choice",
           lie("{'ok': {'value': {'$': 'handle', 'kind': 'module', 'name': 'antigravity'}}, "
               "'outputs': []}")),
    Attack("C24-huge-frame", "the channel: a frame that says it has four gigabytes",
           TALK + "side.channel.sock.sendall(HEADER.pack(MAGIC, 2 ** 32 - 1, 2 ** 40))",
           human=True),
    Attack("C25-not-json", "the channel: a frame that is not JSON",
           TALK + "side.channel.sock.sendall(HEADER.pack(MAGIC, 3, 0) + b'{{{')", human=True),
    Attack("C26-answers-early", "the channel: answers before it is asked, to get out of step",
           TALK + "for _ in range(50):\n    side.channel.send({'ok': {'value': 49}, 'outputs': [], "
           "'files': []})"),
    Attack("C27-forged-outputs", "the channel: outputs with made-up results and marks",
           lie("{'ok': {'value': 0}, 'marks': [{'cell': 't1', 'auto_score': 2}], 'outputs': "
               "[{'output_type': 'execute_result', 'data': {'text/plain': '2'}, 'metadata': {}, "
               "'execution_count': 1}]}")),
    Attack("C28-forged-frame", "the channel: says that the examination is over",
           TALK + "side.channel.send({'notebook': [0, 0], 'marks': [{'cell': 't1', 'auto_score': "
           "99}], 'notes': [], 'files': [], 'timings': {}, 'ended': False})"),
    Attack("C29-silence", "the channel: never answers again",
           lie("__import__('time').sleep(1000)"), human=True),
    Attack("C30-exception-class", "the channel: an error of a class that it made up",
           lie("{'error': {'class': {'$': 'handle', 'kind': 'exception', 'n': 0, 'name': 'X',"
               "'module': 'builtins.__import__', 'bases': ['eval', 'type', 5]}, 'arguments': [],"
               "'text': '', 'frames': [1, {}, None]}, 'outputs': []}")),
    Attack("C31-ask-for-more", "the channel: has the test call a function that it never passed",
           lie(f"{{'ask': 0, {NOTHING}}}")),
    Attack("C32-ask-for-ever", "the channel: asks the test for input again and again",
           TALK + "def answer(request, blob):\n    if request['op'] in ('run', 'files'):\n"
           "        return type(side)._answer(side, request, blob)\n    while True:\n"
           f"        side.channel.send({{'ask': 'input', {NOTHING}}})\n"
           "        side.channel.receive()\nside._answer = answer\n", human=True),
    Attack("C33-move-generators", "the channel: moves random generators that it was never given",
           TALK + "side._send = lambda message, blob=b'': side.channel.send({**message, 'moved': "
           "{'0': {'generator': 'PCG64', 'state': {}}}}, blob)\n", human=True),
    Attack("D01-pickle", "sends a pickle, in case somebody opens it",
           "import pickle, os\nclass P:\n    def __reduce__(self):\n"
           "        return (os.system, ('touch /tmp/pickle-was-opened',))\n",
           answers={"a2": "mean = pickle.dumps(P())"}),
]  # fmt: skip
