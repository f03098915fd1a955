"""The warm process: imports done once, one fork for every submission.

It runs behind the outer wall (:mod:`grading.engine.sandbox`), runs no student code and knows no
test. The worker tells it over a control socket what to fork; it reports the start and the end of
every fork, and ends those that use more memory or more processes than they may.

Several workers on one machine share its memory: it makes a copy of itself for each further one
(``split``), once everything is loaded.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from grading.engine import pictures, sandbox
from grading.engine.sandbox import Limits
from grading.engine.wire import Channel, pair

#: Seconds between two looks at the memory and the number of processes of the forks.
WATCH = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Fork:
    """One running fork: ``outer`` waits for ``inner``, which is the first of its namespace.

    ``ended`` is a descriptor that can be read when ``outer`` has ended.
    """

    outer: int
    inner: int
    limits: Limits
    ended: int
    reason: str = ""
    peak: int = 0
    since: float = field(default_factory=time.monotonic)


class Zygote:
    """Forks, watches and ends the processes of the submissions.

    Parameters
    ----------
    control
        Connected ``SOCK_SEQPACKET`` socket to the worker.
    confined
        False where the user chose to run without walls.
    """

    def __init__(self, control: socket.socket, confined: bool) -> None:
        self.control = control
        self.confined = confined
        self.forks: dict[str, Fork] = {}
        self.copies: list[int] = []
        self.base = 0

    def serve(self) -> None:
        """Do what the worker asks until it goes away."""
        self.tell({"ready": os.getpid(), "memory": self.base})
        watched = 0.0
        while True:
            timeout = WATCH if self.forks else None
            ends = [fork.ended for fork in self.forks.values()]
            if self.control in select.select([self.control, *ends], [], [], timeout)[0]:
                text, fds, _, _ = socket.recv_fds(self.control, 65536, 4)
                if not text:
                    break
                self.obey(json.loads(text), fds)
            self.reap()
            if self.forks and time.monotonic() - watched >= WATCH:
                self.watch()
                watched = time.monotonic()
        for fork in self.forks.values():
            self.end(fork)

    def settle(self) -> None:
        """Note the memory, and keep the collector away from it: forks share what nobody touches."""
        gc.enable()
        gc.collect()
        gc.freeze()
        # With all else frozen the collector would come at every few hundred new objects, in vain.
        gc.set_threshold(100_000, 20, 100)
        self.base = _resident(os.getpid())

    def tell(self, message: dict) -> None:
        """Send one message to the worker."""
        self.control.send(json.dumps(message).encode())

    def obey(self, message: dict, fds: list[int]) -> None:
        """Carry out one message of the worker."""
        if "fork" in message:
            self.fork(message, fds)
            for fd in fds:
                os.close(fd)
        elif "rehearse" in message:
            self.rehearse(message, fds)
        elif "split" in message:
            self.split(*fds)
        elif "kill" in message and message["kill"] in self.forks:
            fork = self.forks[message["kill"]]
            fork.reason = fork.reason or message.get("reason", "killed")
            self.end(fork)

    def rehearse(self, message: dict, fds: list[int]) -> None:
        """Have a fork run the course's own cells, and keep what that is good for."""
        from grading.engine import rehearsal

        mine, theirs = pair()
        self.fork({**message, "fork": "rehearsal", "role": "rehearsal"}, [*fds, theirs.fileno()])
        theirs.close()
        for fd in fds:
            os.close(fd)
        if message["last"]:
            # While the fork is at work, make later forks cheap: their tables will list large pages
            # and not each small one of the heap.
            sandbox.use_large_pages()
        channel = Channel(mine, most_bytes=2 * pictures.MOST_BYTES)
        learnt = rehearsal.learn(channel)
        channel.close()
        fork = self.forks.pop("rehearsal")
        self.end(fork)
        os.waitpid(fork.outer, 0)
        os.close(fork.ended)
        self.settle()
        self.tell({"rehearsed": learnt, "memory": self.base})

    def split(self, fd: int) -> None:
        """Make a copy of this process, which listens to another worker at ``fd``."""
        pid = os.fork()
        if pid:
            os.close(fd)
            self.copies.append(pid)
            return
        try:
            self.leave()
            copy = Zygote(socket.socket(fileno=fd), self.confined)
            copy.base = self.base
            copy.serve()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)

    def fork(self, message: dict, fds: list[int]) -> None:
        """Start one fork in a role; its descriptors come with the message."""
        limits = Limits(**message["limits"])
        told, tell = os.pipe()
        outer = os.fork()
        if outer == 0:
            code = 70
            try:
                os.close(told)
                self.leave()
                code = _be_outer(message["role"], fds, limits, tell, self.confined)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(tell)
        inner = int(os.read(told, 20) or b"0")
        os.close(told)
        self.forks[message["fork"]] = Fork(outer, inner, limits, os.pidfd_open(outer))

    def leave(self) -> None:
        """Close, in a child, what belongs to this process: no submission may reach another one."""
        self.control.close()
        for fork in self.forks.values():
            os.close(fork.ended)

    def reap(self) -> None:
        """Report the forks that have ended."""
        self.copies = [pid for pid in self.copies if not os.waitpid(pid, os.WNOHANG)[0]]
        for name, fork in list(self.forks.items()):
            pid, status, used = os.wait4(fork.outer, os.WNOHANG)
            if pid:
                os.close(self.forks.pop(name).ended)
                if not self.confined:
                    self.end(fork)
                self.tell(
                    {
                        "ended": name,
                        "reason": fork.reason,
                        "code": os.waitstatus_to_exitcode(status),
                        "peak": fork.peak,
                        "cpu": used.ru_utime + used.ru_stime,
                    }
                )

    def watch(self) -> None:
        """End the forks whose processes use too much together, or are too many."""
        parents = _parents()
        for fork in self.forks.values():
            family = _family(fork.inner, parents)
            used = sum(max(0, _resident(pid) - self.base) for pid in family)
            fork.peak = max(fork.peak, used)
            if used > fork.limits.memory:
                fork.reason = fork.reason or "memory"
            elif len(family) > fork.limits.processes:
                fork.reason = fork.reason or "processes"
            else:
                continue
            self.end(fork)

    def end(self, fork: Fork) -> None:
        """End a fork and all it has started."""
        if not self.confined:
            # Without a namespace of its own, its process group is the best that can be done.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(fork.inner, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            if fork.inner:
                os.kill(fork.inner, signal.SIGKILL)


def _be_outer(role: str, fds: list[int], limits: Limits, tell: int, confined: bool) -> int:
    """Start the first process of new namespaces, wait for it, and return its exit code."""
    if confined:
        sandbox.unshare()
    inner = os.fork()
    if inner == 0:
        code = 70
        try:
            os.close(tell)
            if confined:
                sandbox.enter(limits)
            else:
                os.setsid()
                _work_without_walls(limits)
            code = _play(role, fds)
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                sys.stderr.flush()
            os._exit(code)
    os.write(tell, str(inner).encode())
    os.close(tell)
    for fd in fds:
        os.close(fd)
    _, status = os.waitpid(inner, 0)
    if not confined:
        shutil.rmtree(_bare_folder(inner), ignore_errors=True)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _bare_folder(pid: int) -> Path:
    return Path(tempfile.gettempdir(), f"grading-{os.getuid()}-{pid}")


def _work_without_walls(limits: Limits) -> None:
    folder = _bare_folder(os.getpid())
    folder.mkdir(mode=0o700)
    os.chdir(folder)
    sandbox.set_limits(limits)


def _play(role: str, fds: list[int]) -> int:
    """Run one of the roles; a role is a module with a function ``serve``."""
    if role not in ("student", "examiner", "rehearsal"):
        raise ValueError(f"no such role: {role}")
    if "numpy" in sys.modules:
        # A fork inherits the generator's state; a fresh kernel would have a state of its own.
        sys.modules["numpy"].random.seed()
    module = importlib.import_module(f"grading.engine.{role}")
    return module.serve(*[socket.socket(fileno=fd) for fd in fds])


# ---------------------------------------------------------------- looking at processes


def _parents() -> dict[int, int]:
    """Return the parent of every visible process."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                stat = _contents(f"/proc/{name}/stat")
                parents[int(name)] = int(stat[stat.rindex(b")") + 2 :].split(None, 2)[1])
    return parents


def _contents(path: str) -> bytes:
    """Read a short file of /proc; twenty times a second, so without Python's buffers."""
    file = os.open(path, os.O_RDONLY)
    try:
        return os.read(file, 4096)
    finally:
        os.close(file)


def _family(root: int, parents: dict[int, int]) -> set[int]:
    """Return ``root`` and all its descendants."""
    children: dict[int, list[int]] = {}
    for pid, parent in parents.items():
        children.setdefault(parent, []).append(pid)
    family, todo = set(), [root] if root in parents else []
    while todo:
        pid = todo.pop()
        if pid not in family:
            family.add(pid)
            todo += children.get(pid, [])
    return family


def _resident(pid: int) -> int:
    """Return the memory of a process in bytes, 0 if it has gone."""
    try:
        return int(_contents(f"/proc/{pid}/statm").split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


# ---------------------------------------------------------------- warming up


def warm_up(imports: list[str], statements: list[str] = []) -> list[str]:  # noqa: B006
    """Import what the assignment's notebooks import; return the modules that failed.

    Parameters
    ----------
    imports
        Dotted module names. One that cannot be imported is left for the notebook to complain
        about.
    statements
        The import statements themselves: ``from course import charts`` loads more than ``course``.
    """
    _load_jsonschema(imports)
    from grading.engine import examiner, shell, student  # noqa: F401

    one = shell.make_shell()
    own = dict(one.user_ns)
    shell.quicken_tracebacks()
    failed = []
    # Some modules ask at once for `get_ipython`, in order to know that they are in a notebook.
    with one.builtin_trap:
        for name in imports:
            try:
                importlib.import_module(name)
            except BaseException as error:
                failed.append(f"{name}: {type(error).__name__}: {error}")
        for statement in statements:
            with contextlib.suppress(BaseException):
                exec(statement, {"__name__": "__main__"})
    if "ipywidgets" in sys.modules:
        shell.leave_widgets_unheard()
    # The first error, figure and table of a process are slow: have them now, once.
    rehearsal = ["1/0", "1 + 1", "import nbformat; nbformat.writes(nbformat.v4.new_notebook())"]
    if "numpy" in sys.modules:
        rehearsal += ["import numpy; numpy.testing.assert_allclose(1, 2)"]
        rehearsal += ["import numpy; numpy.testing.assert_equal([1], [2])"]
    if "matplotlib.pyplot" in sys.modules:
        rehearsal.append(
            "import matplotlib.pyplot; matplotlib.pyplot.plot([1, 2], label='a');"
            "matplotlib.pyplot.title('$a^2$'); matplotlib.pyplot.legend(); None"
        )
    elif "matplotlib" in sys.modules:
        rehearsal.append(
            "import matplotlib.figure, io; f = matplotlib.figure.Figure();"
            "f.subplots().set_title('a'); f.savefig(io.BytesIO())"
        )
    pictures.install()
    if "pandas" in sys.modules:
        rehearsal.append("import pandas; pandas.DataFrame({'a': [1.0]})")
        rehearsal.append("pandas.testing.assert_series_equal(pandas.Series(1), pandas.Series(2))")
    for count, source in enumerate(rehearsal):
        one.run(source, count)
    one.reset(new_session=True)
    fresh = {name: own[name] for name in own if name.startswith("__")} | one.user_ns
    one.user_ns.clear()
    one.user_ns.update(fresh)
    shell.get_asyncio_loop().close()  # each fork makes its own
    one.recorder.clear_everything()
    one.execution_count = 1
    return failed


def _load_jsonschema(imports: list[str]) -> None:
    """Load what nbformat needs, without a grammar that takes longer to build than all the rest.

    It serves a check for international web addresses, which no notebook needs; where the course
    itself imports one of the two, it is there.
    """
    slow = "rfc3987_syntax"
    asked = {name.split(".")[0] for name in imports}
    if slow not in sys.modules and not asked & {slow, "jsonschema"}:
        sys.modules[slow] = None  # "cannot be imported"
        try:
            import jsonschema  # noqa: F401
        finally:
            del sys.modules[slow]


def main() -> None:
    """Start as the program behind the outer wall: ``zygote FD CONFINED IMPORTS-AS-JSON``."""
    control = socket.socket(fileno=int(sys.argv[1]))
    confined = sys.argv[2] == "confined"
    if confined:
        sandbox.drop_root()
    else:
        os.environ.update(
            {k: v for k, v in sandbox.environment().items() if k not in ("HOME", "PATH", "USER")}
        )
    with contextlib.suppress(OSError):
        os.makedirs(os.environ["MPLCONFIGDIR"], mode=0o700, exist_ok=True)
        shutil.copytree("/run/matplotlib", os.environ["MPLCONFIGDIR"], dirs_exist_ok=True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # until all is loaded: next to nothing of it is garbage
    failed = warm_up(*json.loads(sys.argv[3]))
    zygote = Zygote(control, confined)
    zygote.settle()
    if failed:
        zygote.tell({"failed": failed})
    zygote.serve()


if __name__ == "__main__":
    main()
