"""The student's side: run the notebook's cells and answer questions about its names.

This process runs hostile code and is hostile from the first cell on. Nothing secret ever enters
it, and nothing it says is believed for more than it is: data.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import inspect
import os
import random
import signal
import socket
import stat
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grading.engine import ambient, generators
from grading.engine import shell as shells
from grading.engine.files import Folder
from grading.engine.values import CLASSES, BadValue, CannotCross, Decoder, Encoder, update_in_place
from grading.engine.wire import TURN, Channel, Closed

#: Files that a notebook may leave behind, and their size in bytes, all together.
MOST_FILES = 200
MOST_FILE_BYTES = 20 * 2**20

#: Operators that the examiner may ask for, by the name of the function in ``operator``.
OPERATORS = frozenset(
    (
        *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor"),
        *("lshift", "rshift", "neg", "pos", "abs", "invert", "eq", "ne", "lt", "le", "gt", "ge"),
        *("iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "imatmul", "iand"),
        *("ior", "ixor", "ilshift", "irshift", "contains", "getitem", "setitem", "delitem"),
    )
)


#: What is called and has nothing else of its own; any other object that can be called may have.
_FUNCTIONS = (
    *(types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType),
    *(types.MethodDescriptorType, types.WrapperDescriptorType, functools.partial),
)


def serve(sock: socket.socket) -> int:
    """Answer the examiner until it says goodbye; return the exit code of the process."""
    Student(Channel(sock)).serve()
    return 0


class Student:
    """One student's notebook, running."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.shell = shells.RecordingShell.instance()
        self.kept: list[Any] = []
        self.numbers: dict[int, int] = {}
        self.errors: dict[type, int] = {}
        self.before: dict[str, int] = {}
        self.folder = Folder()
        #: What a test has passed to the student's code: functions by their number, and back.
        self.borrowed: dict[int, Any] = {}
        self.borrowed_numbers: dict[int, int] = {}
        self.shared = generators.Shared()
        #: How many questions of the test are being answered, one within the other.
        self.depth = 0
        self.limit = sys.getrecursionlimit()
        self.turn = threading.RLock()

    def serve(self) -> None:
        """Answer requests one after another."""
        sys.path.insert(0, "")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        while True:
            try:
                request, blob = self._receive()
            except Closed:
                return
            if request["op"] == "end":
                self.channel.send(*self._files())
                return
            self._send(*self._answer(request, blob))

    def _receive(self) -> tuple[dict, bytes]:
        message, blob = self.channel.receive()
        self.shared.follow(message.get("moved", {}))
        return message, blob

    def _send(self, message: dict, blob: bytes) -> None:
        self.channel.send({**message, "moved": self.shared.moved()}, blob)

    # ------------------------------------------------------------------ answering

    def _answer(self, request: dict, blob: bytes) -> tuple[dict, bytes]:
        if request["op"] == "files":
            return self._write_files(request, blob), b""
        if request["op"] == "run":
            return self._run(request), b""
        if request["op"] == "put":
            for name in request["folders"]:
                with contextlib.suppress(OSError):
                    os.makedirs(name, exist_ok=True)
            self.folder.put(request["files"], blob)
            return {}, b""
        if request["op"] == "look":
            found, data = self.folder.changed(request["names"])
            return {"files": found}, data
        return self._ask(request, blob)

    def _run(self, request: dict) -> dict:
        """Run one cell as the kernel would."""
        with _clock(request["seconds"]) as clock:
            ok = self.shell.run(request["source"], request["count"])
        recorder = self.shell.recorder
        return {
            "outputs": recorder.take(),
            "display_ids": recorder.display_ids(),
            "updates": recorder.updates,
            "ok": ok,
            "late": clock.rang,
        }

    def _ask(self, request: dict, blob: bytes) -> tuple[dict, bytes]:
        """Answer a question about the notebook's names, with what was printed meanwhile."""
        recorder = self.shell.recorder
        recorder.clear_everything()
        encoder = Encoder(self._handle)
        builtins.input = self._input
        self.depth += 1
        sys.setrecursionlimit(self.limit + self.depth * TURN)
        # A question within a question has the same end, and the clock of the outer one.
        clock = _clock(request["seconds"]) if self.depth == 1 else contextlib.nullcontext()
        warned: list[warnings.WarningMessage] = []
        with self.shell.streams():
            try:
                decoder = Decoder(blob, self._object)
                with (
                    clock,
                    ambient.applied(request["ambient"], self._object) as warned,
                    shells.running_loop(),
                ):
                    done = getattr(self, f"_do_{request['op']}")(request, decoder, encoder)
                reply = {"ok": done}
            except BaseException as error:
                encoder = Encoder(self._handle)
                reply = {"error": self._error(error, encoder)}
        self.depth -= 1
        sys.setrecursionlimit(self.limit + self.depth * TURN)
        reply["warned"] = [self._warning(one) for one in warned]
        reply["outputs"] = recorder.take()
        return reply, bytes(encoder.blob)

    def _warning(self, message: warnings.WarningMessage) -> list:
        category = self._handle(message.category)
        return [category, str(message.message), str(message.filename), message.lineno]

    def _have_test(self, what: int | str, arguments: tuple, named: dict) -> Any:
        """Have the test call a function of its own; answer what it asks meanwhile."""
        if not self.depth:
            raise RuntimeError("This function belongs to a test, and the test is over.")
        encoder, recorder = Encoder(self._handle), self.shell.recorder
        question = {"ask": what, "arguments": encoder.encode(list(arguments)),
                    "named": encoder.encode(named)}  # fmt: skip
        with self.turn, _undisturbed():
            self._send({**question, "outputs": recorder.take()}, bytes(encoder.blob))
            recorder.clear_everything()
            reply, blob = self._receive()
            while "op" in reply:
                with _undisturbed(False):
                    answer = self._answer(reply, blob)
                self._send(*answer)
                recorder.clear_everything()
                reply, blob = self._receive()
        decoder = Decoder(blob, self._object)
        if "raise" in reply:
            raise _error_of_test(reply["raise"], decoder.decode(reply["arguments"]))
        for mine, theirs in zip(arguments, decoder.decode(reply["arguments"]), strict=False):
            update_in_place(mine, theirs)
        return decoder.decode(reply["value"])

    def _input(self, *prompt: Any) -> Any:
        """Have the test say what the user types; without a test that does, nobody types."""
        return self._have_test("input", prompt, {})

    def _borrow(self, tree: dict) -> Any:
        """Return what stands here for a function, an iterator or a random generator of a test."""
        number = tree["n"]
        if number not in self.borrowed:
            made = self.borrowed[number] = self._stand_in(tree)
            self.borrowed_numbers[id(made)] = number
        return self.borrowed[number]

    def _stand_in(self, tree: dict) -> Any:
        if "generator" in tree:
            made = generators.build(tree)
            self.shared.add(tree["n"], made)
            return made

        def function(*arguments: Any, **named: Any) -> Any:
            return self._have_test(tree["n"], arguments, named)

        if "iterator" in tree:
            return _steps(function)
        function.__name__ = function.__qualname__ = tree["name"]
        function.__module__, function.__doc__ = "__main__", tree["doc"]
        function.__annotations__ = {one: CLASSES[kind] for one, kind in tree["kinds"].items()}
        if tree["parameters"] is not None:
            function.__signature__ = _signature(tree["parameters"])
        return function

    def _do_get(self, request: dict, decoder: Decoder, encoder: Encoder) -> Any:
        names = self.shell.user_ns
        if request["name"] not in names:
            return {"missing": True}
        return {"value": encoder.encode(names[request["name"]])}

    def _do_names(self, request: dict, decoder: Decoder, encoder: Encoder) -> Any:
        return {"names": [name for name in self.shell.user_ns if isinstance(name, str)]}

    def _do_delete(self, request: dict, decoder: Decoder, encoder: Encoder) -> Any:
        self.shell.user_ns.pop(request["name"], None)
        return {}

    def _do_bind(self, request: dict, decoder: Decoder, encoder: Encoder) -> Any:
        self.shell.user_ns[request["name"]] = decoder.decode(request["value"])
        return {}

    def _do_seed(self, request: dict, decoder: Decoder, encoder: Encoder) -> Any:
        if request["which"] == "random":
            random.seed(decoder.decode(request["value"]))
        else:
            import numpy

            numpy.random.seed(decoder.decode(request["value"]))
        return {}

    def _do_call(self, request: dict, decoder: Decoder, encoder: Encoder) -> Any:
        function = self._object(request["on"])
        arguments = decoder.decode(request["arguments"])
        named = decoder.decode(request["named"])
        result = function(*arguments, **named)
        answer = {"value": encoder.encode(result)}
        if result is None:
            # A function that returns nothing may have worked on its arguments in place.
            answer["arguments"] = encoder.encode(arguments)
        return answer

    def _do_attribute(self, request: dict, decoder: Decoder, encoder: Encoder) -> Any:
        return {"value": encoder.encode(getattr(self._object(request["on"]), request["name"]))}

    def _do_set(self, request: dict, decoder: Decoder, encoder: Encoder) -> Any:
        value = decoder.decode(request["value"])
        setattr(self._object(request["on"]), request["name"], value)
        return {}

    def _do_operator(self, request: dict, decoder: Decoder, encoder: Encoder) -> Any:
        import operator

        if request["name"] not in OPERATORS:
            raise ValueError("not an operator")
        function = getattr(operator, request["name"])
        return {"value": encoder.encode(function(*decoder.decode(request["arguments"])))}

    def _do_builtin(self, request: dict, decoder: Decoder, encoder: Encoder) -> Any:
        functions = {"len": len, "str": str, "repr": repr, "bool": bool, "iter": iter,
                     "float": float, "int": int, "hash": hash, "next": next, "round": round,
                     "isinstance": isinstance, "issubclass": issubclass, "dir": dir,
                     "await": shells.run_awaiting, "enter": lambda one: one.__enter__(),
                     "format": format, "reversed": reversed}  # fmt: skip
        done = functions[request["name"]](*decoder.decode(request["arguments"]))
        return {"value": encoder.encode(done)}

    def _do_leave(self, request: dict, decoder: Decoder, encoder: Encoder) -> Any:
        error, told = None, request["raise"]
        if told is not None:
            error = _error_of_test(told, decoder.decode(request["arguments"]))
        done = self._object(request["on"]).__exit__(error and type(error), error, None)
        return {"value": bool(done)}

    # ------------------------------------------------------------------ handles

    def _handle(self, value: Any) -> dict:
        """Keep ``value`` and describe it; the examiner gets a number, a kind and a name."""
        if isinstance(value, types.ModuleType):
            return {"$": "handle", "kind": "module", "name": str(value.__name__)}
        if id(value) in self.borrowed_numbers:
            number = self.borrowed_numbers[id(value)]
            return {"$": "handle", "kind": "lent", "name": "", "n": number}
        number = self.numbers.get(id(value))
        if number is None or self.kept[number] is not value:
            number = len(self.kept)
            self.kept.append(value)
            self.numbers[id(value)] = number
        kind, bases = "object", []
        if isinstance(value, type):
            kind = "class"
            if issubclass(value, BaseException):
                kind = "exception"
                bases = [one.__name__ for one in value.__mro__ if one.__module__ == "builtins"]
        elif isinstance(value, _FUNCTIONS):
            kind = "function"
        elif callable(value):
            kind = "caller"
        of = type(value)
        home = of if kind in ("object", "caller") else value
        return {
            "$": "handle",
            "kind": kind,
            "n": number,
            "bases": bases,
            "name": str(getattr(value, "__name__", ""))[:200],
            "type": str(getattr(of, "__name__", ""))[:200],
            "module": str(getattr(home, "__module__", ""))[:200],
            "doc": str(getattr(value, "__doc__", "") or "")[:5000] if kind == "function" else "",
        }

    def _object(self, tree: dict) -> Any:
        """Return what a handle or a public name of a library stands for."""
        if tree.get("kind") == "library":
            found = sys.modules.get(tree["module"]) or __import__(tree["module"], fromlist=["_"])
            for part in filter(None, tree["name"].split(".")):
                found = getattr(found, part)
            return found
        if tree.get("kind") == "path":
            return Path(tree["name"])
        return self._borrow(tree) if tree.get("kind") == "lent" else self.kept[tree["n"]]

    def _error(self, error: BaseException, encoder: Encoder) -> dict:
        """Describe an exception: its class, its ancestors in the language, text and frames."""
        kind = type(error)
        try:
            arguments = encoder.encode(list(error.args))
        except (CannotCross, BadValue, RecursionError):
            encoder.blob.clear()
            arguments = [str(error)]
        lent = getattr(error, "_lent", None)
        return {
            **({"lent": lent} if type(lent) is int else {}),
            "class": self._handle(kind),
            "module": str(kind.__module__),
            "arguments": arguments,
            "text": _text(error),
            **self._frames(error),
        }

    def _frames(self, error: BaseException) -> dict[str, list[str]]:
        """Return IPython's words for the frames of the student's code, and the errors before."""
        trace = shells.without_engine(error.__traceback__)
        if trace is None:
            return {}
        show = self.shell.InteractiveTB
        try:
            lines = show.structured_traceback(type(error), error, trace, 0)
            words = [one for way in (error, None) for (one,) in
                     show.prepare_chained_exception_message(way)]  # fmt: skip
            last = max((k for k, line in enumerate(lines) if line in words), default=-1)
            # A ruler, or the words that lead from the error before to this one; then the headline.
            frames = [str(line) for line in lines[max(last, 0) + 2 : -1]]
            return {
                "frames": frames[:100],
                "before": [str(line) for line in lines[: last + 1]][:100],
            }
        except Exception:
            return {}

    # ------------------------------------------------------------------ files

    def _write_files(self, request: dict, blob: bytes) -> dict:
        """Lay the submission's files out in the working folder."""
        for name, start, length in request["files"]:
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(blob[start : start + length])
            self.before[name] = path.stat().st_mtime_ns
            self.folder.note(name)
        return {"ok": True}

    def _files(self) -> tuple[dict, bytes]:
        """Return the regular files that the notebook has made or changed."""
        listed, blob = [], bytearray()
        for folder, folders, names in os.walk(".", followlinks=False):
            folders[:] = [one for one in folders if not os.path.islink(os.path.join(folder, one))]
            for name in names:
                path = os.path.normpath(os.path.join(folder, name))
                with contextlib.suppress(OSError):
                    facts = os.lstat(path)
                    if not stat.S_ISREG(facts.st_mode):
                        continue
                    if self.before.get(path) == facts.st_mtime_ns:
                        continue
                    too_much = len(blob) + facts.st_size > MOST_FILE_BYTES
                    if too_much or len(listed) >= MOST_FILES:
                        return {"files": listed, "cut": True}, bytes(blob)
                    data = Path(path).read_bytes()
                    listed.append([path, len(blob), len(data)])
                    blob += data
        return {"files": listed, "cut": False}, bytes(blob)


def _text(error: BaseException) -> str:
    try:
        return str(error)[:10_000]
    except BaseException:
        return ""


def _steps(step: Callable) -> Iterator:
    """Return an iterator of which every step is one of an iterator of the test's."""
    while one := step():
        yield one[0]


def _signature(parameters: list[list]) -> inspect.Signature:
    """Return what libraries ask a function for: how many arguments it takes, and which."""
    return inspect.Signature([
        inspect.Parameter(name, inspect._ParameterKind(kind), default=... if default else
                          inspect.Parameter.empty)
        for name, kind, default in parameters
    ])  # fmt: skip


def _error_of_test(told: dict, arguments: list) -> BaseException:
    """Build an error that code of the student's can catch; the test knows it by its number."""
    known = getattr(builtins, told["bases"][0])
    same = getattr(sys.modules.get(told["module"]), told["name"], None)
    if told["module"] == "__main__" or not isinstance(same, type):
        same = type(told["name"], (known,), {})
    kind = known if known.__name__ == told["name"] else same
    try:
        error = kind(*arguments)
    except Exception:
        error = kind.__new__(kind)
        error.args = tuple(arguments)
    error._lent = told["n"]
    return error


@contextlib.contextmanager
def _undisturbed(keep_off: bool = True) -> Iterator[None]:
    """Keep the clock from ringing between the parts of a message; with False, let it ring."""
    how = signal.SIG_BLOCK if keep_off else signal.SIG_UNBLOCK
    before = signal.pthread_sigmask(how, [signal.SIGALRM])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _clock:
    """Interrupts the cell after its time, as ``jupyter`` interrupts a kernel.

    Code can get round this (it may set its own handler); the examiner's clock cannot be reached.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.rang = False

    def __enter__(self) -> _clock:
        signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, self.seconds)
        return self

    def __exit__(self, *error: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, *_: object) -> None:
        self.rang = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        raise KeyboardInterrupt
