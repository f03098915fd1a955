"""Behind the walls: what is visible, who can talk to whom, and in which pages memory lies."""

import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grading.engine import sandbox

LOOK = """
import os, sys
from grading.engine import sandbox

sandbox.drop_root()
sandbox.unshare()
child = os.fork()
if child == 0:
    sandbox.enter(sandbox.Limits())
    shown, hidden = sys.argv[1:]
    assert open(shown + "/file").read() == "here", "the shown file"
    assert not os.path.exists(hidden), "the hidden file"
    try:
        open(shown + "/file", "w")
    except OSError:
        print("read-only", flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""


@pytest.fixture
def folder():
    """A folder below /tmp, where a clone of the course may lie too."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def test_an_installation_below_tmp_is_visible_and_its_neighbours_are_not(folder):
    shown, hidden = folder / "shown", folder / "hidden"
    shown.mkdir()
    (shown / "file").write_text("here")
    hidden.write_text("secret")
    command = [sys.executable, "-I", "-c", LOOK, str(shown), str(hidden)]
    done = subprocess.run(
        sandbox.outer_command(command, [shown]), capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "read-only\n", done.stderr


TALK = """
import os, socket, sys
from grading.engine import sandbox

sandbox.drop_root()
ready, say_ready = os.pipe()
done, say_done = os.pipe()

def behind_the_inner_wall(work):
    child = os.fork()
    if child == 0:
        sandbox.unshare()
        inner = os.fork()
        if inner == 0:
            sandbox.enter(sandbox.Limits())
            work()
            os._exit(0)
        os.waitpid(inner, 0)
        os._exit(0)
    return child

def reach():
    return [
        socket.socket(kind).connect_ex(address)
        for kind, address in (
            (socket.AF_INET, ("127.0.0.1", 4321)), (socket.AF_UNIX, "\\0grading-test"))
    ]

def listen():
    servers = [socket.create_server(("127.0.0.1", 4321)), socket.socket(socket.AF_UNIX)]
    servers[1].bind("\\0grading-test")
    servers[1].listen()
    print("its own:", reach(), flush=True)
    os.write(say_ready, b".")
    os.read(done, 1)

def knock():
    print("the other's:", all(reach()), flush=True)

first = behind_the_inner_wall(listen)
os.read(ready, 1)
os.waitpid(behind_the_inner_wall(knock), 0)
os.write(say_done, b".")
os.waitpid(first, 0)
"""


def test_two_submissions_behind_one_outer_wall_cannot_talk():
    command = [sys.executable, "-I", "-c", TALK]
    done = subprocess.run(
        sandbox.outer_command(command, []), capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "its own: [0, 0]\nthe other's: True\n", done.stderr


LARGE = """
from grading.engine import sandbox
held = [bytes([n % 251]) * 2**20 for n in range(32)]
pieces = [object() for _ in range(100_000)]
sandbox.use_large_pages()
assert all(one == bytes([n % 251]) * 2**20 for n, one in enumerate(held))
rollup = open("/proc/self/smaps_rollup").read()
print(rollup.split("AnonHugePages:")[1].split()[0])
"""


def test_large_pages_hold_what_the_small_ones_held():
    done = subprocess.run(
        [sys.executable, "-c", LARGE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    allowed = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    version = tuple(map(int, platform.release().split(".")[:2]))
    if version >= (6, 1) and allowed.exists() and "[never]" not in allowed.read_text():
        assert int(done.stdout) > 16 * 1024  # kB
