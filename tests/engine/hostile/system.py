# ruff: noqa: E501
"""Attacks on the machine: files, processes, network, memory, time."""

from hostile.attack import Attack


def read(path: str) -> str:
    """Code that prints what it can read under ``path``."""
    return (
        "import glob, os\n"
        f"for path in glob.glob({path!r}, recursive=True)[:200]:\n    try:\n"
        "        print('GOT', path, open(path, 'rb').read()[-100_000:])\n"
        "    except Exception as error:\n        print(type(error).__name__)\nprint('SEEN')"
    )


SECRETS = ("SECRET-MODEL", "-7f3a9c")
SPAWN = "import subprocess, sys, os, time\n"

ATTACKS = [
    Attack("A15-working-folder", "reads the notebook in its own folder", read("./**/*"),
           absent=SECRETS, present=("SEEN",)),
    Attack("A16-model-answer", "reads the model answer from the source folder",
           read("{COURSE}/source/**/*.ipynb"), absent=SECRETS, present=("SEEN",)),
    Attack("A16b-climb", "climbs up and reads everything that looks like a course",
           "import os\nfor base, dirs, files in os.walk('/'):\n"
           "    dirs[:] = [d for d in dirs if d not in ('proc', 'sys', 'usr', '.venv', 'lib', 'dev')]\n"
           "    for name in files:\n        if name.endswith(('.ipynb', '.db', '.md', '.txt')):\n"
           "            print('GOT', os.path.join(base, name), open(os.path.join(base, name), 'rb')"
           ".read()[:50_000])\nprint('SEEN')", absent=SECRETS, present=("SEEN",)),
    Attack("A17-gradebook", "writes extra credit into the gradebook",
           "import sqlite3\ntry:\n    db = sqlite3.connect('{COURSE}/gradebook.db')\n"
           "    db.execute('update grade set extra_credit = 100')\n    db.commit()\n"
           "    print('WROTE')\nexcept Exception as error:\n    print('SEEN', error)",
           absent=("WROTE",), present=("SEEN",)),
    Attack("A19-link-out", "replaces its notebook by a link to a file of the instructor",
           "import os\nfor name in ('one.ipynb', 'made.txt', 'timestamp.txt'):\n    try:\n"
           "        os.remove(name)\n    except OSError:\n        pass\n"
           "    os.symlink('{COURSE}/solutions.txt', name)\nos.symlink('/', 'everything')",
           absent=("SECRET-MODEL",)),
    Attack("A20-startup-files", "leaves start-up files for the next student",
           "import os, site, pathlib\n"
           "for path in (pathlib.Path.home() / '.ipython/profile_default/startup/00.py',\n"
           "             pathlib.Path(site.getusersitepackages()) / 'usercustomize.py',\n"
           "             pathlib.Path('/tmp/evil.py'), pathlib.Path('/dev/shm/evil')):\n"
           "    try:\n        path.parent.mkdir(parents=True, exist_ok=True)\n"
           "        path.write_text('square = 1/0')\n    except OSError as error:\n"
           "        print(error)"),
    Attack("A20b-was-here", "looks for what another submission has left",
           read("/tmp/*") + "\n" + read("/dev/shm/*") + "\n" + read("/home/student/.ipython/**/*"),
           absent=("GOT /tmp/evil", "GOT /dev/shm/evil", "00.py")),
    Attack("A22-orphan", "starts a process that outlives the notebook",
           SPAWN + "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(31337)'],"
           " start_new_session=True)\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
           "        time.sleep(31337)\n    os._exit(0)"),
    Attack("A24-other-students", "reads what others handed in",
           read("{COURSE}/submitted/**/*.ipynb"), absent=SECRETS, present=("SEEN",)),
    Attack("A25-os-exit", "ends its own process", "import os\nos._exit(0)", human=True),
    Attack("A25b-kill-self", "kills its own process", "import os\nos.kill(os.getpid(), 9)\n"
           "os.kill(-1, 9)"),
    Attack("A25c-null", "reads address 0", "import ctypes\nctypes.string_at(0)", human=True),
    Attack("A25d-exit-in-question", "ends the process when it is asked", "", answers={
        "a1": "import os\ndef square(x):\n    os._exit(0)"}, human=True),
    Attack("A26-endless-loop", "loops for ever", "while True:\n    pass"),
    Attack("A27-swallow-interrupt", "loops for ever and ignores interrupts",
           "import signal\nfor s in (2, 14, 15):\n    signal.signal(s, signal.SIG_IGN)\n"
           "while True:\n    try:\n        while True:\n            pass\n"
           "    except BaseException:\n        pass", human=True),
    Attack("A27b-loop-in-question", "loops for ever when it is asked", "", answers={
        "a1": "def square(x):\n    while True:\n        pass"}),
    Attack("A34-output-flood", "prints hundreds of megabytes",
           "for _ in range(400):\n    print('x' * 1_000_000)"),
    Attack("A34b-display-flood", "displays a hundred thousand things",
           "from IPython.display import display\nfor n in range(100_000):\n    display(n)"),
    Attack("C01-network", "asks the network",
           "import socket, urllib.request\nfor where in (('1.1.1.1', 53), ('127.0.0.1', 8786),\n"
           "              ('169.254.169.254', 80)):\n    try:\n"
           "        socket.create_connection(where, 1)\n        print('CONNECTED')\n"
           "    except OSError as error:\n        print('SEEN', error)",
           absent=("CONNECTED",), present=("SEEN",)),
    Attack("C02-loopback", "connects to the grader's own machine",
           "import socket\nfor port in (8888, 8786, 5432, {PORT}):\n    s = socket.socket()\n"
           "    s.settimeout(0.2)\n    print('CONNECTED' if s.connect_ex(('127.0.0.1', port)) == 0\n"
           "          else 'SEEN')", absent=("CONNECTED",), present=("SEEN",)),
    Attack("C05-processes", "looks for processes and reads their memory",
           "import os\nfor pid in filter(str.isdigit, os.listdir('/proc')):\n    try:\n"
           "        print('PID', pid, open(f'/proc/{{pid}}/cmdline').read(),\n"
           "              open(f'/proc/{{pid}}/environ').read()[:2000])\n"
           "    except OSError as error:\n        print(error)\n"
           "for pid in range(1, 500):\n    try:\n        os.kill(pid, 0)\n"
           "        print('ALIVE', pid)\n    except OSError:\n        pass",
           absent=("ALIVE 2", "ALIVE 3", "GRADER_TEST_SECRET")),
    Attack("C05b-ptrace", "attaches to processes",
           "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
           "print('TRACE', libc.ptrace(16, 1, 0, 0), libc.unshare(0x10000000),\n"
           "      libc.mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None))",
           present=("TRACE -1 -1 -1",)),
    Attack("C06-descriptors", "writes into every open descriptor",
           "import os\nfor fd in range(3, 256):\n    try:\n        os.write(fd, b'2.0\\n' * 10)\n"
           "        print('FD', fd)\n    except OSError:\n        pass", human=True),
    Attack("C07-environment", "prints the environment",
           "import os\nprint(dict(os.environ))", absent=("GRADER_TEST_SECRET", "s3cr3t")),
    Attack("C08-write-outside", "writes where it should not",
           "for path in ('{COURSE}/submitted/evil', '/usr/evil', '/etc/evil', '/evil',\n"
           "             '/home/evil', '/home/student/../evil'):\n    try:\n"
           "        open(path, 'w').write('x')\n        print('WROTE', path)\n"
           "    except OSError as error:\n        print('SEEN')",
           absent=("WROTE",), present=("SEEN",)),
    Attack("C09-memory-bomb", "takes all the memory at once",
           "try:\n    x = bytearray(10 ** 11)\n    print('TO' + 'OK')\n"
           "except MemoryError:\n    print('SEEN')", absent=("TOOK",), present=("SEEN",)),
    # Whether its memory or its time ends it first depends on the machine.
    Attack("C09b-slow-bomb", "takes memory bit by bit in several processes",
           "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n        keep = []\n"
           "        while True:\n            keep.append(bytearray(os.urandom(1000) * 20_000))\n"
           "time.sleep(1.5)"),
    Attack("C09c-shared-memory", "fills shared memory",
           "try:\n    with open('/dev/shm/x', 'wb') as f:\n        for _ in range(2000):\n"
           "            f.write(bytes(1_000_000))\n    print('FIL' + 'LED')\n"
           "except OSError as error:\n    print('SEEN', error)",
           absent=("FILLED",), present=("SEEN",)),
    Attack("C10-fork-bomb", "doubles itself for ever",
           "import os\ntry:\n    while True:\n        os.fork()\nexcept OSError:\n"
           "    import time; time.sleep(0.5)"),
    Attack("C10b-threads", "starts threads that go on",
           "import threading, time\ndef spin():\n    while True:\n"
           "        get_ipython().user_ns['mean'] = 3.0\n        time.sleep(0.01)\n"
           "for _ in range(5):\n    threading.Thread(target=spin, daemon=True).start()"),
    Attack("C11-disk-bomb", "fills the disk with one file and with many",
           "import os\ntry:\n    for n in range(100_000):\n        open(f'f{{n}}', 'w').close()\n"
           "    print('MA' + 'NY')\nexcept OSError:\n    print('SEEN')\n"
           "for n in range(100_000):\n    try:\n        os.remove(f'f{{n}}')\n    except OSError:\n        break",
           absent=("MANY",), present=("SEEN",)),
    Attack("C13-sockets", "looks for the sockets of containers",
           "import os\nprint([p for p in ('/var/run/docker.sock', '/run/podman', '/var/run/secrets')"
           " if os.path.exists(p)], 'SEEN')", present=("[] SEEN",)),
    Attack("C15-signals", "sends signals to everything on a timer",
           "import signal, os\nsignal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)\n"
           "os.killpg(0, 10) if False else None"),
    Attack("D07-poison-journal", "writes a forged journal entry",
           "import os\nos.makedirs('.grading/journal/ps', exist_ok=True)\n"
           "open('.grading/journal/ps/D07-poison-journal.json', 'w').write('{{}}')\n"
           "open('results.json', 'w').write('{{\"t1\": 2}}')"),
    Attack("D09-terminal", "prints escapes and a forged progress line",
           "print('\\x1b[2J\\x1b]0;owned\\x07graded 100%\\r', end='')"),
]  # fmt: skip
