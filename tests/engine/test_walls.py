"""What lies below /tmp, and is shown on purpose, stays visible behind both walls, read-only."""

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
