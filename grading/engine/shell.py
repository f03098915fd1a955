"""An IPython shell that keeps what a kernel would have sent as nbformat outputs.

Both sides use it: the student's process to run the notebook, the examiner to run the tests.
IPython does the work (magics, displays, figures, tracebacks, top-level ``await``); this module
records instead of sending messages, and caps what it records while it is being made.
"""

from __future__ import annotations

import asyncio
import base64
import builtins
import contextlib
import functools
import inspect
import os
import struct
import sys
import types
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from IPython.core.async_helpers import get_asyncio_loop
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

#: Text and data that one cell may put out, in bytes.
MOST_OUTPUT = 10 * 2**20
#: Number of outputs that one cell may have.
MOST_OUTPUTS = 2_000

#: How the names of the files begin that cells pretend to be.
CELLS = "/tmp/ipykernel_"

_HERE = os.path.dirname(__file__) + os.sep

CUT = "\n... the grader cut the output of this cell here: {why} ...\n"


class Recorder:
    """The outputs of one cell, as nbformat dictionaries, under a cap."""

    def __init__(self) -> None:
        self.clear_everything()

    def clear_everything(self) -> None:
        """Forget all outputs and start the count anew."""
        self.outputs: list[dict] = []
        self.size = 0
        self.cut = False
        self.clear_next = False
        self.by_display_id: dict[str, list[dict]] = {}
        self.updates: list[dict] = []
        self.result: Any = None
        self.has_result = False

    def add(self, output: dict, size: int, display_id: str | None = None) -> None:
        """Append one output unless the cap is reached."""
        if self.clear_next:
            self.outputs.clear()
            self.clear_next = False
        if self.cut:
            return
        if self.size + size > MOST_OUTPUT or len(self.outputs) >= MOST_OUTPUTS:
            self.cut = True
            why = f"more than {MOST_OUTPUT // 2**20} MB or {MOST_OUTPUTS} pieces"
            self.outputs.append(
                {"output_type": "stream", "name": "stdout", "text": CUT.format(why=why)}
            )
            return
        self.size += size
        self.outputs.append(output)
        if display_id:
            self.by_display_id.setdefault(display_id, []).append(output)

    def update(self, display_id: str, data: dict, metadata: dict) -> None:
        """Show something else where ``display_id`` is shown, in this cell and in earlier ones."""
        for output in self.by_display_id.get(display_id, []):
            output["data"], output["metadata"] = data, metadata
        self.size += _size(data)
        if self.size <= MOST_OUTPUT and len(self.updates) < MOST_OUTPUTS:
            self.updates.append({"id": display_id, "data": data, "metadata": metadata})

    def display_ids(self) -> list[list]:
        """Return [place among the outputs, display id] for all outputs that have one."""
        places = {id(output): place for place, output in enumerate(self.outputs)}
        return [
            [places[id(output)], name]
            for name, outputs in self.by_display_id.items()
            for output in outputs
            if id(output) in places
        ]

    def write(self, name: str, text: str) -> None:
        """Append text to a stream, joining it to the last output where that is the same stream."""
        if not text or self.cut:
            return
        last = self.outputs[-1] if self.outputs and not self.clear_next else None
        same = last is not None and last["output_type"] == "stream" and last["name"] == name
        if same and self.size + len(text) <= MOST_OUTPUT:
            self.size += len(text)
            last.setdefault("parts", []).append(text)
            return
        self.add({"output_type": "stream", "name": name, "text": "", "parts": [text]}, len(text))

    def take(self) -> list[dict]:
        """Return the outputs with their stream texts joined."""
        for output in self.outputs:
            if "parts" in output:
                output["text"] += "".join(output.pop("parts"))
        return self.outputs


class Stream:
    """``sys.stdout`` or ``sys.stderr`` of the notebook."""

    encoding = "UTF-8"
    errors = "replace"
    closed = False

    def __init__(self, name: str, recorder: Recorder) -> None:
        self.name = f"<{name}>"
        self._stream = name
        self._recorder = recorder

    def write(self, text: str) -> int:
        """Record ``text``."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._recorder.write(self._stream, text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Record several lines."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Do nothing: nothing is kept back."""

    def isatty(self) -> bool:
        """Say that no terminal is there."""
        return False

    def writable(self) -> bool:
        """Say that one may write."""
        return True

    def readable(self) -> bool:
        """Say that one may not read."""
        return False

    def fileno(self) -> int:
        """Return the descriptor that subprocesses would write to."""
        return 1 if self._stream == "stdout" else 2


def _clean(data: Any) -> Any:
    """Make display data fit for JSON, as the kernel does: bytes become base64 text."""
    if isinstance(data, dict):
        return {str(key): _clean(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_clean(one) for one in data]
    if isinstance(data, bytes):
        return base64.b64encode(data).decode("ascii")
    if data is None or isinstance(data, bool | int | str):
        return data
    if isinstance(data, float):
        return data if data - data == 0.0 else repr(data)
    return str(data)


def _size(data: Any) -> int:
    if isinstance(data, dict):
        return sum(_size(key) + _size(value) for key, value in data.items())
    if isinstance(data, list):
        return sum(_size(one) for one in data) + len(data)
    return len(data) if isinstance(data, str) else 8


class Publisher(DisplayPublisher):
    """Keeps ``display(...)`` as ``display_data``, and honours display ids and clearing."""

    def publish(self, data, metadata=None, *, transient=None, update=False, **kwargs):
        """Record one display, or bring up to date the earlier ones with the same id."""
        recorder = self.shell.recorder
        data, metadata = _clean(data), _clean(metadata or {})
        display_id = (transient or {}).get("display_id")
        if display_id:
            recorder.update(str(display_id), data, metadata)
        if not update:
            output = {"output_type": "display_data", "data": data, "metadata": metadata}
            recorder.add(output, _size(data), str(display_id) if display_id else None)

    def clear_output(self, wait=False):
        """Drop the outputs so far, at once or with the next output."""
        if wait:
            self.shell.recorder.clear_next = True
        else:
            self.shell.recorder.outputs.clear()


class Hook(DisplayHook):
    """Keeps the value of a cell's last expression as ``execute_result``."""

    #: Whether a value is being shown.
    is_busy = False

    def start_displayhook(self):
        """Begin one result."""
        self.is_busy = True
        self._output = {"output_type": "execute_result", "data": {}, "metadata": {}}

    def write_output_prompt(self):
        """Record the number of the cell."""
        self._output["execution_count"] = self.prompt_count

    def write_format_data(self, format_dict, md_dict=None):
        """Record the forms of the value."""
        self._output["data"] = _clean(format_dict)
        self._output["metadata"] = _clean(md_dict or {})

    def finish_displayhook(self):
        """Hand over the result."""
        if self._output["data"]:
            self.shell.recorder.add(self._output, _size(self._output["data"]))
        self.is_busy = False

    def log_output(self, format_dict):
        """Log nothing: there is no terminal session to log."""

    def __call__(self, result=None):
        """Show ``result``; the first one of a cell is kept as the object it is."""
        recorder = self.shell.recorder
        if result is not None and not self.quiet() and not recorder.has_result:
            recorder.result, recorder.has_result = result, True
        super().__call__(result)


class Compiler(CachingCompiler):
    """Names cells as a kernel does, so that tracebacks and warnings look the same."""

    def get_code_name(self, raw_code, transformed_code, number):
        """Return the name of the file that a cell pretends to be."""
        return f"{CELLS}{os.getpid()}/{murmur2(raw_code.encode())}.py"


def murmur2(data: bytes) -> int:
    """Return Austin Appleby's MurmurHash2 with the seed of ``ipykernel.compiler``.

    A syntax error names its cell by it.
    """
    factor, full = 0x5BD1E995, 0xFFFFFFFF
    value, whole = 0xC70F6907 ^ len(data), len(data) & ~3
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        word = word * factor & full
        word = (word ^ word >> 24) * factor & full
        value = value * factor & full ^ word
    if whole < len(data):
        value = (value ^ int.from_bytes(data[whole:], "little")) * factor & full
    value = (value ^ value >> 13) * factor & full
    return value ^ value >> 15


def without_engine(trace: types.TracebackType | None) -> types.TracebackType | None:
    """Return a traceback without the frames of this package: they are not the notebook's."""
    while trace is not None and _is_ours(trace):
        trace = trace.tb_next
    one = trace
    while one is not None:
        while one.tb_next is not None and _is_ours(one.tb_next):
            one.tb_next = one.tb_next.tb_next
        one = one.tb_next
    return trace


def _is_ours(trace: types.TracebackType) -> bool:
    return trace.tb_frame.f_code.co_filename.startswith(_HERE)


class RecordingShell(InteractiveShell):
    """IPython without a terminal and without a kernel; outputs are kept in ``recorder``."""

    #: There is none; that the name exists tells pandas that this is a notebook, no terminal.
    kernel = None

    def __init__(self, **kwargs):
        self.recorder = Recorder()
        super().__init__(**kwargs)

    def init_io(self):
        """Leave the real streams alone until a cell runs."""

    def init_hooks(self):
        """Show no pages of help: they open beside a notebook and are not kept in it."""
        super().init_hooks()
        self.set_hook("show_in_pager", lambda *arguments, **named: None, 99)

    def _get_exc_info(self, exc_tuple=None):
        etype, value, trace = super()._get_exc_info(exc_tuple)
        return etype, value, without_engine(trace)

    def _showtraceback(self, etype, evalue, stb):
        stb = [str(line) for line in stb]
        remote = getattr(evalue, "_frames_in_student_process", None)
        if remote:
            # The frames of the student's function stand where stock shows them: between the
            # line of the test that called it and the message, or the function of the test's that
            # it has called. What led to the error is above.
            above = getattr(evalue, "_before_in_student_process", None) or stb[:1]
            place = -1 - getattr(evalue, "_frames_below", 0)
            stb = [*above, *stb[1:place], *remote, *stb[place:]]
        output = {
            "output_type": "error",
            "ename": str(etype.__name__),
            "evalue": str(evalue),
            "traceback": stb,
        }
        self.recorder.add(output, _size(stb))
        self._last_traceback = stb
        self._last_traceback_during_displayhook = self.displayhook.is_busy

    def _format_exception_for_storage(self, *arguments, **named):
        """Keep no second copy of a traceback: there is no history to write it to."""
        return {}

    def should_run_async(self, raw_cell, **known):
        """Ask once more after a no, as a kernel does, if the compiler warns: it does each time."""
        ask = functools.partial(super().should_run_async, raw_cell, **known)
        before = self.recorder.size
        return ask() or (self.recorder.size > before and ask())

    def init_display_formatter(self):
        """Keep every form of a result that a notebook would keep."""
        super().init_display_formatter()
        self.display_formatter.active_types = self.display_formatter.format_types

    def ask_exit(self):
        """Ignore ``exit``: the grader decides when a notebook ends."""

    def enable_gui(self, gui=None):
        """Accept any GUI event loop and start none."""

    def _mute_input(self, prompt: str = "") -> str:
        raise StdinNotImplementedError(
            "raw_input was called, but this frontend does not support input requests."
        )

    def run(self, source: str, count: int) -> bool:
        """Run one cell as number ``count``; return whether it ended without an error.

        The outputs are in ``recorder`` afterwards.
        """
        self.recorder.clear_everything()
        self.execution_count = count
        builtins.input = self._mute_input
        self._last_traceback, self._last_traceback_during_displayhook = [], False
        with running_loop(), self.streams():
            result = self.run_cell(source, store_history=True, silent=False)
            done = result.success and not self._last_traceback_during_displayhook
            if not done:
                self._repeat_error(result.error_before_exec or result.error_in_exec)
            return bool(done)

    @contextlib.contextmanager
    def streams(self) -> Iterator[None]:
        """Record what is printed meanwhile."""
        before = sys.stdout, sys.stderr
        sys.stdout = Stream("stdout", self.recorder)
        sys.stderr = Stream("stderr", self.recorder)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before

    def _repeat_error(self, error: BaseException | None) -> None:
        """Add the error of a kernel's reply, as nbgrader does where no output has its name.

        A wrong magic shows none, and an object that cannot be shown shows another.
        """
        name = type(error).__name__
        if all(one.get("ename") != name for one in self.recorder.outputs):
            hidden = ["ERROR: An error occurred while showtraceback was disabled"]
            lines = self._last_traceback or hidden
            output = {"output_type": "error", "ename": name, "evalue": str(error)}
            self.recorder.add({**output, "traceback": lines}, _size(lines))


@contextlib.contextmanager
def running_loop() -> Iterator[None]:
    """Have an event loop running, as a kernel has: code may make tasks, and not call ``run``.

    Tasks that are done soon are done at the end; what they print then, nbgrader does not hear.
    """
    loop, before = get_asyncio_loop(), asyncio._get_running_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(before)
        if before is None and (tasks := asyncio.all_tasks(loop)):
            loop.run_until_complete(asyncio.wait(tasks, timeout=0.01))


def run_awaiting(coroutine: Coroutine) -> Any:
    """Run what a cell awaits, or the whole cell: it needs the running loop for itself."""
    loop = asyncio.get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return loop.run_until_complete(coroutine)
    finally:
        asyncio._set_running_loop(loop)


# Libraries ask for the name of the shell in order to know that they run in a notebook: pandas for
# the width of a table, rich and tqdm for the kind of their output.
RecordingShell.__name__ = RecordingShell.__qualname__ = "ZMQInteractiveShell"
RecordingShell.__module__ = "ipykernel.zmqshell"


def quicken_tracebacks() -> None:
    """Have done once, in the warm process, what every traceback does again; none looks different.

    The source of a library's function is coloured once, the colours of a style are computed once,
    and no search through all modules is made for the one that a cell would be the file of.
    """
    import stack_data
    from pygments.formatters.terminal256 import Terminal256Formatter
    from stack_data import core

    # A class that pygments builds anew, with all its colours, for every traceback.
    stack_data.style_with_executing_node = functools.cache(core.style_with_executing_node)
    core._pygmented_with_ranges = _remembered_colours(core._pygmented_with_ranges)
    Terminal256Formatter._setup_styles = _remembered_styles(Terminal256Formatter._setup_styles)
    inspect.getmodule = _without_search(inspect.getmodule)


def leave_widgets_unheard() -> None:
    """Have widgets tell no front end of themselves: there is none, and it costs time.

    What is displayed of them, and what happens when one of their values is set, stays the same.
    """
    from comm import DummyComm
    from ipywidgets import Widget

    class Unheard(DummyComm):
        kernel = None  # so that ipywidgets sends nothing

    def open_unheard(widget: Widget) -> None:
        if widget.comm is None:
            known = {} if widget._model_id is None else {"comm_id": widget._model_id}
            widget.comm = Unheard(target_name="jupyter.widget", **known)

    Widget.open = open_unheard


def _remembered_colours(colour: Callable) -> Callable:
    known: dict[tuple, list[str]] = {}

    @functools.wraps(colour)
    def remembered(formatter: Any, code: str, ranges: list) -> list[str]:
        key = (type(formatter), formatter.style, code, tuple(ranges))
        if key not in known:
            known[key] = colour(formatter, code, ranges)
        return list(known[key])

    return remembered


def _remembered_styles(set_up: Callable) -> Callable:
    known: dict[tuple, dict] = {}

    @functools.wraps(set_up)
    def remembered(self: Any) -> None:
        marks = (self.usebold, self.useunderline, self.useitalic)
        key = (type(self), marks, self.style)
        if key not in known:
            set_up(self)
            known[key] = dict(self.style_string)
        self.style_string = dict(known[key])

    return remembered


def _without_search(getmodule: Callable) -> Callable:
    @functools.wraps(getmodule)
    def quick(object: Any, _filename: str | None = None) -> types.ModuleType | None:
        if _file_of(object).startswith(CELLS):
            return None
        return getmodule(object, _filename)

    return quick


def _file_of(running: Any) -> str:
    """Return the file that a traceback, a frame or a code object comes from, "" for the rest."""
    if isinstance(running, types.TracebackType):
        running = running.tb_frame
    if isinstance(running, types.FrameType):
        running = running.f_code
    return running.co_filename if isinstance(running, types.CodeType) else ""


def make_shell() -> RecordingShell:
    """Create the one shell of this process, without history files, threads or start-up files."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.history_load_length = 0
    config.InteractiveShell.xmode = "Context"
    config.IPKernelApp.connection_file = ""  # another sign by which a notebook is known
    shell = RecordingShell.instance(
        config=config,
        display_pub_class=Publisher,
        displayhook_class=Hook,
        compiler_class=Compiler,
    )
    shell.user_ns["__name__"] = "__main__"
    shell.loop_runner = run_awaiting
    # What a notebook sees of its kernel: the arguments, and that nobody debugs it.
    memory = "--HistoryManager.hist_file=:memory:"
    sys.argv = ["ipykernel_launcher.py", "-f", "kernel.json", memory]
    sys.breakpointhook = lambda *arguments, **named: None
    return shell
