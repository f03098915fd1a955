# ruff: noqa: E501
"""Attacks on the shell, the kernel and the assertion tools."""

from hostile.attack import Attack

ATTACKS = [
    Attack("A01-input-transformer", "turns later cells into pass",
           "ip = get_ipython()\nip.input_transformers_cleanup.append(lambda lines: ['pass\\n'])"),
    Attack("A02-ast-transformer", "drops every assert",
           "import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node):\n"
           "        return ast.Pass()\nget_ipython().ast_transformers.append(Drop())"),
    Attack("A04-replace-run-cell", "makes run_cell do nothing",
           "ip = get_ipython()\nip.run_cell = lambda *a, **k: type('R', (), {'success': True})()",
           marks={}),
    Attack("A06-pre-run-hook", "binds always-equal objects before each cell",
           "class Yes:\n    def __eq__(self, o): return True\n    def __sub__(self, o): return 0.0\n"
           "    __rsub__ = __abs__ = __sub__\n    def __call__(self, *a): return self\n"
           "def hook(*a):\n    get_ipython().user_ns.update(square=Yes(), mean=Yes(), area=Yes())\n"
           "get_ipython().events.register('pre_run_cell', hook)"),
    Attack("A08-patch-asserts", "replaces the assertion tools by functions that do nothing",
           "import numpy as np, unittest, pandas as pd\nno = lambda *a, **k: None\n"
           "np.testing.assert_allclose = np.testing.assert_equal = no\nnp.allclose = lambda *a: True\n"
           "unittest.TestCase.assertEqual = no\npd.testing.assert_frame_equal = no\n"
           "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.isinstance = lambda *a: True"),
    Attack("A08b-own-close", "defines the course's own helper anew",
           "def close(a, b):\n    return True\nnp = pd = type('N', (), {'testing': None})"),
    Attack("A10-forge-result", "displays a mark as if it were the result of the test",
           "from IPython.display import display\n"
           "get_ipython().displayhook(5.0)\nprint('5.0')\ndisplay(5.0)"),
    Attack("A13-run-code", "compiles pass in the place of every cell",
           "ip = get_ipython()\nold = ip.run_code\n"
           "async def mine(code, *a, **k):\n    return await old(compile('pass', 'x', 'exec'), *a, **k)\n"
           "ip.run_code = mine"),
    Attack("A14-read-in", "reads the test from the history and answers it",
           "def square(x):\n    import re\n    text = str(get_ipython().user_ns.get('In', ''))\n"
           "    print('SEEN' + text[-3000:])\n    found = re.findall(r'== (\\d+)', text)\n"
           "    return int(found[-1]) if found else 0",
           answers={"a1": None}, absent=("close(mean", "square(7)")),
    Attack("A14b-walk-frames", "walks the stack for the constants of the test",
           "import sys\ndef square(x):\n    frame, seen = sys._getframe(), []\n    while frame:\n"
           "        seen += [frame.f_code.co_consts, sorted(frame.f_locals)]\n"
           "        frame = frame.f_back\n    print('SEEN', repr(seen)[:20000])\n    return 0",
           answers={"a1": None}, absent=("HIDDEN-MARKER",), present=("SEEN",)),
    Attack("A14c-garbage-collector", "looks for the test among all objects of the process",
           "import gc\ndef square(x):\n    for one in gc.get_objects():\n"
           "        try:\n            if 'HIDDEN-' + 'MARKER' in str(one)[:5000]:\n"
           "                print('FOUND', one)\n        except Exception:\n            pass\n"
           "    print('SEEN')\n    return 0", answers={"a1": None},
           absent=("FOUND {", "-7f3a9c"), present=("SEEN",)),
    Attack("A14d-memory-image", "searches its own memory for the hidden test",
           "def square(x):\n    wanted = b'HIDDEN-' + b'MARKER-' + b'7f3a'\n"
           "    with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:\n"
           "        hits = 0\n        for line in maps:\n            parts = line.split()\n"
           "            if not parts[1].startswith('rw'):\n                continue\n"
           "            a, b = (int(p, 16) for p in parts[0].split('-'))\n"
           "            try:\n                memory.seek(a)\n"
           "                data = memory.read(min(b - a, 2 ** 25))\n"
           "                hits += data.count(wanted + b'9c')\n"
           "            except (OSError, ValueError, OverflowError):\n                pass\n"
           "    print('SEEN', hits, 'hits')\n    return 0",
           answers={"a1": None}, absent=("SEEN 1", "SEEN 2", "SEEN 3", "SEEN 4"), present=("SEEN 0",)),
    Attack("A32-output-hooks", "replaces the display publisher and the streams",
           "import sys, io\nsys.stdout = sys.stderr = io.StringIO()\n"
           "get_ipython().display_pub.publish = lambda *a, **k: None\n"
           "get_ipython().showtraceback = lambda *a, **k: None"),
    Attack("A33-output-widget", "captures later outputs in a widget",
           "import ipywidgets\nipywidgets.Output().__enter__()"),
    Attack("S01-sys-exit", "ends the cell with a success", "", answers={
        "a1": "import sys\ndef square(x):\n    sys.exit(0)\n"}),
    Attack("S02-print-success", "raises an error that says it passed", "", answers={
        "a1": "class Passed(Exception):\n    def __str__(self): return 'All tests passed 2/2'\n"
              "def square(x):\n    raise Passed()\n"}),
    Attack("S03-quiet-error", "raises the one error that IPython does not show", "", answers={
        "a1": "import bdb\ndef square(x):\n    raise bdb.BdbQuit()\n"}),
    Attack("S04-stop-iteration", "raises exceptions that end loops quietly", "", answers={
        "a1": "def square(x):\n    raise StopIteration(49)\n",
        "a4": "def area(r):\n    raise GeneratorExit()\n"}),
    Attack("S05-keyboard-interrupt", "raises KeyboardInterrupt in the test", "", answers={
        "a1": "def square(x):\n    raise KeyboardInterrupt\n"}),
    Attack("S06-render-traceback", "an exception that renders its own traceback", "", answers={
        "a1": "class E(Exception):\n    def _render_traceback_(self): return []\n"
              "def square(x):\n    raise E\n"}),
    Attack("S07-atexit", "waits for the end to print a verdict",
           "import atexit\natexit.register(lambda: print('100 %'))"),
    Attack("S08-settrace", "traces every line to skip the asserts",
           "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)"),
    Attack("S09-shadow-course", "names a module like the engine and the course library",
           "import sys, types\nfor name in ('sputnik_moment', 'sputnik_moment.feedback', 'nbgrader',\n"
           "             'grading.engine.marks', 'grading.engine.examiner'):\n"
           "    sys.modules[name] = types.ModuleType(name)",
           files={"numpy.py": "raise SystemExit", "pandas.py": "x = 1", "sitecustomize.py": "x = 1",
                  "ipykernel_launcher.py": "raise SystemExit", "grading.py": "x = 1"}),
    Attack("A31-detect-grading", "behaves differently when it is graded",
           "import os\nprint('GRADED', os.environ.get('NBGRADER_EXECUTION'))",
           present=("GRADED autograde",)),
]  # fmt: skip
