"""The examiner: runs the tests in a process of its own and asks the student's for data.

It gets the submitted notebook as bytes, brings it in line with the course, has the student's
process run the student's cells, and runs the test cells itself, in the order of the notebook. A
name that a test reads is looked up in this order:

1. names that an answer cell makes (known from the course's own notebook): the student's;
2. names that the course's locked cells or the tests have made: the examiner's own;
3. names of the language: the examiner's own;
4. anything else: the student's, fetched as data when it is read.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import inspect
import itertools
import json
import os
import signal
import socket
import sys
import threading
import time
import traceback
import types
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import nbjson, rwbase

from grading.engine import ambient, generators, handles, marks, sanitise
from grading.engine import shell as shells
from grading.engine.assignment import Notebook, Settings, notebook_from
from grading.engine.files import Folder, is_plain_path, is_shared, named_in
from grading.engine.handles import FOUND, MADE, MAKER, PART, Callable, Handle, Instance
from grading.engine.values import CLASSES, BadValue, CannotCross, Decoder, Encoder, data_types
from grading.engine.wire import Channel, TimedOut, WireError

#: Seconds that the student's process may take beyond a cell's time before it is ended.
GRACE = 2.0
#: Questions about one notebook, those of the student's code to the test included.
MOST_QUESTIONS = 200_000
#: Warnings of one call that a test may collect.
MOST_WARNINGS = 1_000
#: Classes of student's objects that keep their name.
MOST_FORMS = 1_000
#: How deep calls may go back and forth between a test and the student's code.
MOST_TURNS = 50


class StudentProcessEnded(RuntimeError):
    """The process that ran the student's cells is gone, so its names are too."""


class Questions:
    """The examiner's end of the channel to the student's process.

    Parameters
    ----------
    channel
        The channel; what comes over it is data from a stranger.
    modules
        Modules that the course's notebooks import: the only ones that are looked up by name.
    on_death
        Called once with the reason when the process has to be ended.
    """

    def __init__(self, channel: Channel, modules: set[str], on_death: Any) -> None:
        self.channel = channel
        self.modules = modules
        self.tops = {name.split(".")[0] for name in modules}
        self.on_death = on_death
        self.dead = ""
        self.deadline = 0.0
        self.asked = 0
        #: Questions that may have run code of the student's.
        self.calls = 0
        self.errors: dict[int, type] = {}
        self.before = ambient.now()
        self.touches = ambient.count_touches()
        self.touches_told = 0
        #: A test may ask from several threads; a thread may ask again while it waits.
        self.turn = threading.RLock()
        #: Functions that tests have passed to the student's code, errors that these have raised.
        self.lent: list[Any] = []
        self.lent_numbers: dict[int, int] = {}
        self.shared = generators.Shared()
        self.turns = 0
        #: Files that both sides see, and those of them that the test has named.
        self.folder = Folder()
        self.named: set[str] = set()
        self.folders: set[str] = set()
        #: The same object of the student's is the same stand-in, for a test that asks `is`.
        self.stand_ins: dict[tuple, Handle] = {}
        self.forms: dict[tuple, type[Handle]] = {}

    # -------------------------------------------------------------- requests

    def give(self, seconds: float) -> None:
        """Set how long the next cell may take, questions included."""
        self.deadline = time.monotonic() + seconds
        self.before = ambient.now()

    def request(self, message: dict, blob: bytes = b"") -> tuple[dict, bytes]:
        """Send one request and wait for its answer, but not for ever."""
        if self.dead:
            raise StudentProcessEnded(self.dead)
        message["seconds"] = self._left()
        try:
            with self.turn:
                return self._exchange(message, blob)
        except (TimedOut, KeyboardInterrupt):
            # After an interruption nobody knows any more who has to answer whom.
            self.end("timeout", "The cell took too long and could not be interrupted.")
        except WireError as error:
            self.end("gone", f"The student's process ended ({str(error)[:80]}).")
        except OSError:
            self.end("gone", "The student's process ended.")
        raise StudentProcessEnded(self.dead)

    def _left(self) -> float:
        return max(0.05, self.deadline - time.monotonic())

    def _exchange(self, message: dict, blob: bytes) -> tuple[dict, bytes]:
        """Send a request; while its answer is being made, do what that asks of the test."""
        answer, data = self._send(message, blob)
        while "ask" in answer and message["op"] not in ("run", "end", "files", "put", "look"):
            self._count()
            answer, data = self._send(*self._oblige(answer, data))
        return answer, data

    def _send(self, message: dict, blob: bytes) -> tuple[dict, bytes]:
        """Send one message and wait for the next one."""
        if time.monotonic() > self.deadline + 2 * GRACE:
            raise TimedOut("questions without an end")
        message["moved"] = self.shared.moved()
        self.channel.send(message, blob, timeout=self._left() + GRACE)
        answer, data = self.channel.receive(timeout=self._left() + GRACE)
        try:
            self.shared.follow(answer.get("moved", {}))
        except ValueError as lie:
            raise self._lied(lie) from None
        return answer, data

    def _oblige(self, question: dict, data: bytes) -> tuple[dict, bytes]:
        """Call a function of the test for the student's code; errors are part of the reply."""
        try:
            replay(question.get("outputs"))
            function = _typed if question["ask"] == "input" else self._was_lent(question["ask"])
            function = _steps(function) or function
            decoder = Decoder(data, lambda tree: self._stand_in(tree, FOUND))
            arguments = decoder.typed(question.get("arguments"), list, 0)
            named = decoder.typed(question.get("named"), dict, 0)
        except BadValue as lie:
            raise self._lied(lie) from None
        encoder = Encoder(self._outward)
        self.turns += 1
        try:
            if self.turns > MOST_TURNS:
                raise RecursionError("maximum recursion depth exceeded")
            return {"value": encoder.encode(function(*arguments, **named))}, bytes(encoder.blob)
        except StudentProcessEnded:
            raise
        except BaseException as error:
            return self._raised(error)
        finally:
            self.turns -= 1

    def _was_lent(self, number: Any) -> Any:
        if type(number) is not int or not 0 <= number < len(self.lent):
            raise BadValue("a number under which no test has passed anything")
        return self.lent[number]

    def _lend(self, value: Any) -> int:
        """Keep something of a test that the student's code may use; return its number."""
        number = self.lent_numbers.setdefault(id(value), len(self.lent))
        if number == len(self.lent):
            self.lent.append(value)
        return number

    def _raised(self, error: BaseException) -> tuple[dict, bytes]:
        """Describe an error of a test's function, so that the student's code may catch it."""
        encoder, kind = Encoder(self._outward), type(error)
        try:
            arguments = encoder.encode(list(error.args))
        except CannotCross:
            encoder.blob.clear()
            arguments = [str(error)]
        bases = [one.__name__ for one in kind.__mro__ if one.__module__ == "builtins"]
        with contextlib.suppress(Exception):
            frames = traceback.walk_tb(shells.without_engine(error.__traceback__))
            error._frames_below = len(list(frames))
        told = {"n": self._lend(error), "name": kind.__name__, "bases": bases}
        return {"raise": told, "arguments": arguments}, bytes(encoder.blob)

    def _count(self) -> None:
        self.asked += 1
        if self.asked > MOST_QUESTIONS:
            self.end("asked", "The test and the student's code asked each other too much.")
            raise StudentProcessEnded(self.dead)

    def end(self, reason: str, text: str) -> None:
        """Give the student's process up."""
        if not self.dead:
            self.dead = text
            self.on_death(reason)

    def ask(self, op: str, standing: str = FOUND, blob: bytes = b"", **message: Any) -> Any:
        """Ask one question; replay what was printed meanwhile; return the value or raise.

        Objects in the answer get the ``standing``.
        """
        __tracebackhide__ = True
        self._count()
        self.calls += op != "get"
        if self.named and op != "get":
            self._show_files()
        changed = ambient.changes(self.before, self._outward)
        changed["touched"] = self.touches() > self.touches_told
        answer, data = self.request({**message, "op": op, "ambient": changed}, blob)
        if self.named and op != "get":
            self.look_at_files()
        error, done = None, None
        try:
            replay(answer.get("outputs", []))
            self._collect(answer.get("warned", []), changed)
            if "error" in answer:
                error = self._error(answer["error"], data)
                done = {}
            else:
                done = answer["ok"]
            if not isinstance(done, dict):
                raise BadValue("no answer")
            if "value" in done:
                done["sent"] = (done["value"], data)
                decoder = Decoder(data, lambda tree: self._stand_in(tree, standing))
                done["value"] = decoder.decode(done["value"])
                if "arguments" in done:
                    done["arguments"] = decoder.decode(done["arguments"])
        except (BadValue, KeyError) as lie:
            raise self._lied(lie) from None
        # Not counting what was touched in order to read the answer.
        self.touches_told = self.touches()
        if error is not None:
            # Outside the `try`: the student's own KeyError is an answer, not a lie.
            raise error
        return done

    def _show_files(self) -> None:
        found, blob = self.folder.changed(self.named)
        made = {os.path.dirname(one) for one in self.named if one.startswith("/tmp/")}
        made = {one for one in made if os.path.isdir(one)} - self.folders
        if found or made:
            self.folders |= made
            self.request({"op": "put", "files": found, "folders": sorted(made)}, blob)

    def look_at_files(self) -> None:
        """Bring the files that the test has named to where they are in the student's folder."""
        answer, data = self.request({"op": "look", "names": sorted(self.named)})
        found = answer.get("files")
        try:
            if not set(found) <= self.named:
                raise ValueError("files that no test has named")
            self.folder.put(found, data)
        except (ValueError, TypeError, OSError) as lie:
            raise self._lied(lie) from None

    def _collect(self, warned: Any, changed: dict) -> None:
        """Give a test that collects warnings those of the student's function."""
        if not isinstance(warned, list) or (warned and "record" not in changed):
            raise BadValue("warnings that nobody collects")
        for one in warned[:MOST_WARNINGS]:
            if not (isinstance(one, list) and len(one) == 4 and isinstance(one[0], dict)):
                raise BadValue("a warning that is none")
            category, text, file, line = one
            kind = self._stand_in({**category, "kind": "exception"}, FOUND)
            if not issubclass(kind, Warning) or type(line) is not int:
                raise BadValue("a warning that is none")
            ambient.collect(kind, str(text)[:10_000], str(file)[:1_000], line)

    def _lied(self, lie: Exception) -> StudentProcessEnded:
        self.end("lied", f"The student's process sent something that is no answer: {lie}")
        return StudentProcessEnded(self.dead)

    # -------------------------------------------------------------- the Peer of the handles

    def call(self, on: Handle, arguments: tuple, named: dict) -> Any:
        """Call an object of the student's with data."""
        __tracebackhide__ = True
        encoder = Encoder(self._outward)
        message = {"on": {"$": "handle", "n": on._tree["n"]},
                   "arguments": encoder.encode(list(arguments)),
                   "named": encoder.encode(named)}  # fmt: skip
        paths = (one for one in (*arguments, *named.values()) if isinstance(one, str | PurePath))
        self.named |= {str(one) for one in paths if is_shared(str(one))}
        standing = MADE if on._standing == MAKER else _below(on)
        done = self.ask("call", standing, bytes(encoder.blob), **message)
        for mine, theirs in zip(arguments, done.get("arguments") or [], strict=False):
            update_in_place(mine, theirs)
        return done["value"]

    def attribute(self, on: Handle, name: str) -> Any:
        """Fetch one attribute."""
        __tracebackhide__ = True
        tree = {"$": "handle", "n": on._tree["n"]}
        standing = MAKER if on._standing == MAKER else _below(on)
        return self.ask("attribute", standing, on=tree, name=name)["value"]

    def set_attribute(self, on: Handle, name: str, value: Any) -> None:
        """Set one attribute to data."""
        encoder = Encoder(self._outward)
        tree, value = {"$": "handle", "n": on._tree["n"]}, encoder.encode(value)
        self.ask("set", blob=bytes(encoder.blob), on=tree, name=name, value=value)

    def builtin(self, name: str, *arguments: Any) -> Any:
        """Apply ``len``, ``str`` and the like."""
        __tracebackhide__ = True
        return self._apply("builtin", name, arguments, _below(*arguments))

    def operator(self, name: str, *arguments: Any) -> Any:
        """Apply an operator of the language."""
        __tracebackhide__ = True
        made = any(isinstance(one, Handle) and one._standing == MADE for one in arguments)
        standing = MADE if made and name != "getitem" else _below(*arguments)
        return self._apply("operator", name, arguments, standing)

    def _apply(self, op: str, name: str, arguments: tuple, standing: str) -> Any:
        __tracebackhide__ = True
        encoder = Encoder(self._outward)
        tree = encoder.encode(list(arguments))
        return self.ask(op, standing, bytes(encoder.blob), name=name, arguments=tree)["value"]

    def fetch(self, name: str, standing: str) -> tuple[bool, Any, Any]:
        """Return whether the student has ``name``, its value, and how it was sent."""
        done = self.ask("get", standing, name=name)
        return ("value" in done), done.get("value"), done.get("sent")

    # -------------------------------------------------------------- stand-ins

    def _stand_in(self, tree: dict, standing: str) -> Any:
        kind = tree.get("kind")
        name = tree.get("name")
        if not isinstance(name, str):
            raise BadValue("a handle without a name")
        if kind == "module":
            return self._own_module(name)
        if kind == "lent":
            return self._was_lent(tree.get("n"))
        if type(tree.get("n")) is not int:
            raise BadValue("a handle without a number")
        tree = {"n": tree["n"], "kind": kind, "name": name, "type": str(tree.get("type"))[:100],
                "doc": str(tree.get("doc", ""))[:5000], "module": str(tree.get("module")),
                "bases": tree.get("bases")}  # fmt: skip
        if kind == "exception":
            return self._exception_class(tree)
        if kind not in ("function", "class", "object"):
            raise BadValue("a handle of an unknown kind")
        if kind == "object" and standing == MAKER:
            standing = PART
        if kind == "class" and tree["module"] == "builtins" and name in CLASSES:
            return CLASSES[name]
        key = (tree["n"], kind, standing)
        if key not in self.stand_ins:
            self.stand_ins[key] = self._form(tree)(self, tree, standing)
        return self.stand_ins[key]

    def _form(self, tree: dict) -> type[Handle]:
        """Return a kind of stand-in that has the name of the object's own class.

        Where that is a class of the language or of a library, ``isinstance`` says so. A class of
        data is not believed: what is data crosses as data.
        """
        name, module = tree["type"], tree["module"] if tree["kind"] == "object" else "builtins"
        base = Instance if tree["kind"] == "object" else Callable
        if (base, module, name) not in self.forms and len(self.forms) < MOST_FORMS:
            parts: dict[str, Any] = {"__module__": module}
            known = self._class_of_library(module, name)
            if known is not None:
                parts["__class__"] = property(lambda handle: known)
            with contextlib.suppress(ValueError):
                self.forms[base, module, name] = type(name, (base,), parts)
        return self.forms.get((base, module, name), base)

    def _class_of_library(self, module: str, name: str) -> type | None:
        if module == "builtins":
            kinds = [type, *(one for one in vars(types).values() if isinstance(one, type))]
            return next((one for one in kinds if one.__name__ == name), None)
        if module.split(".")[0] not in self.tops | set(sys.stdlib_module_names):
            return None
        found = vars(sys.modules.get(module, types)).get(name)
        return found if isinstance(found, type) and not issubclass(found, data_types()) else None

    def _own_module(self, name: str) -> types.ModuleType:
        """Return the examiner's own copy of a module that the course imports."""
        known = name.split(".")[0] in self.tops | set(sys.stdlib_module_names)
        if known and name in sys.modules:
            return sys.modules[name]
        if name in self.modules:
            return importlib.import_module(name)
        raise CannotCross(
            f"the answer refers to the module '{name[:100]}', which is not the course's"
        )

    def _exception_class(self, tree: dict) -> type:
        module, name = tree["module"], tree["name"]
        if module == "builtins":
            found = getattr(builtins, name, None)
        elif module.split(".")[0] in self.tops and module in sys.modules:
            found = vars(sys.modules[module]).get(name)
        else:
            found = None
        if isinstance(found, type) and issubclass(found, BaseException):
            return found
        if tree["n"] not in self.errors:
            bases = tree["bases"] if isinstance(tree["bases"], list) else []
            own = [getattr(builtins, one, None) for one in bases if isinstance(one, str)]
            base = next(
                (one for one in own if isinstance(one, type) and issubclass(one, BaseException)),
                Exception,
            )
            self.errors[tree["n"]] = type(
                name[:100] or "Error", (base,), {"__module__": "__main__"}
            )
        return self.errors[tree["n"]]

    def _error(self, tree: dict, data: bytes) -> BaseException:
        """Build the exception that the student's function raised, or find that of the test's."""
        if "lent" in tree:
            error = self._was_lent(tree["lent"])
            if not isinstance(error, BaseException):
                raise BadValue("an error that is none")
            return _with_frames(error, tree)
        kind = self._stand_in({**tree["class"], "kind": "exception"}, FOUND)
        decoder = Decoder(data, lambda one: self._stand_in(one, FOUND))
        arguments = decoder.decode(tree["arguments"])
        if not isinstance(arguments, list):
            raise BadValue("an exception without arguments")
        try:
            error = kind(*arguments)
        except Exception:
            error = kind.__new__(kind)
            error.args = (str(tree.get("text"))[:10_000],)
        return _with_frames(error, tree)

    def _outward(self, value: Any) -> dict:
        """Describe something that is not data for the student's side, or refuse."""
        if isinstance(value, Handle):
            return {"$": "handle", "n": value._tree["n"]}
        if isinstance(value, types.ModuleType) and value.__name__.split(".")[0] in self.tops:
            return {"$": "handle", "kind": "library", "module": value.__name__, "name": ""}
        module = getattr(value, "__module__", None)
        name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
        if isinstance(module, str) and isinstance(name, str) and "<" not in name:
            public = module.split(".")[0] in self.tops | {"builtins", "math", "operator"}
            if public and _resolves(module, name, value):
                return {"$": "handle", "kind": "library", "module": module, "name": name}
        told = generators.state(value)
        if told is not None:
            number = self._lend(value)
            self.shared.add(number, value)
            return {"$": "handle", "kind": "lent", "n": number, **told}
        if isinstance(value, PurePath):
            return {"$": "handle", "kind": "path", "name": str(value)}
        if _steps(value):
            return {"$": "handle", "kind": "lent", "n": self._lend(value), "iterator": True}
        if callable(value) and not isinstance(value, type):
            return {"$": "handle", "kind": "lent", "n": self._lend(value), **_looks(value)}
        raise CannotCross(
            f"A test passes {type(value).__name__} '{str(name)[:60]}' to the student's code. Only "
            "data, functions and the public names of libraries that the notebook imports can cross "
            "to the student's process; an object or a class of the test's own cannot."
        )


def _below(*arguments: Any) -> str:
    """Return the standing of what objects hold or return."""
    found = all(not isinstance(one, Handle) or one._standing == FOUND for one in arguments)
    return FOUND if found else PART


def _with_frames(error: BaseException, tree: dict) -> BaseException:
    """Note at an error the lines of the traceback that only the student's process knows."""
    for part in ("frames", "before"):
        lines = tree.get(part)
        if isinstance(lines, list):
            with contextlib.suppress(Exception):
                cut = [str(one)[:20_000] for one in lines[:100]]
                setattr(error, f"_{part}_in_student_process", cut)
    return error


def _resolves(module: str, name: str, value: Any) -> bool:
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is value


def replay(outputs: Any) -> None:
    """Show, as output of the test, what the student's code printed and displayed."""
    if not isinstance(outputs, list):
        raise BadValue("outputs that are no list")
    recorder = shells.RecordingShell.instance().recorder
    for output in outputs[: shells.MOST_OUTPUTS]:
        clean = clean_output(output)
        if clean is None or clean["output_type"] not in ("stream", "display_data"):
            continue
        if clean["output_type"] == "stream":
            # The test may have put something of its own there (`redirect_stdout`).
            getattr(sys, clean["name"]).write(clean["text"])
        else:
            recorder.add(clean, len(json.dumps(clean["data"])))


def _typed(*prompt: Any) -> Any:
    """Return what ``input`` gives the student's code: the test may have replaced it."""
    shell = shells.RecordingShell.instance()
    return dict.get(shell.user_ns, "input", builtins.input)(*prompt)


def _steps(value: Any) -> Any:
    """Return what takes one step of an iterator: a tuple with its next value, () at its end."""
    if not isinstance(value, Iterator) or hasattr(value, "read"):
        return None
    return lambda: tuple(itertools.islice(value, 1))


def _looks(function: Any) -> dict:
    """Return the name and the parameters of a function; of its defaults, only that they exist."""
    try:
        found = inspect.signature(function).parameters.values()
        parameters = [[one.name, int(one.kind), one.default is not one.empty] for one in found]
    except (TypeError, ValueError):
        parameters = None
    return {"name": str(getattr(function, "__name__", "function")), "parameters": parameters}


def clean_output(output: Any, count: int | None = None) -> dict | None:
    """Return one output of the student's process in the exact form of nbformat, or None."""
    if not isinstance(output, dict):
        return None
    kind = output.get("output_type")
    if kind == "stream" and output.get("name") in ("stdout", "stderr"):
        text = output.get("text")
        return {"output_type": kind, "name": output["name"], "text": text} if isinstance(
            text, str) else None  # fmt: skip
    if kind in ("display_data", "execute_result"):
        data, metadata = output.get("data"), output.get("metadata")
        if not isinstance(data, dict) or not isinstance(metadata, dict):
            return None
        clean = {"output_type": kind, "data": data, "metadata": metadata}
        if kind == "execute_result":
            clean["execution_count"] = count
        return clean
    if kind == "error":
        lines = output.get("traceback")
        if not isinstance(lines, list):
            return None
        return {"output_type": kind, "ename": str(output.get("ename"))[:1000],
                "evalue": str(output.get("evalue"))[:100_000],
                "traceback": [str(line) for line in lines[:1000]]}  # fmt: skip
    return None


def update_in_place(mine: Any, theirs: Any) -> None:
    """Do to the test's own argument what the student's function did to its copy."""
    kind = type(mine)
    if kind is not type(theirs):
        return
    if kind in (list, bytearray):
        mine[:] = theirs
    elif kind in (dict, set):
        mine.clear()
        mine.update(theirs)
    elif kind.__name__ == "ndarray" and mine.shape == theirs.shape and mine.dtype == theirs.dtype:
        mine[...] = theirs
    elif kind.__name__ in ("DataFrame", "Series") and kind.__module__.startswith("pandas"):
        mine._update_inplace(theirs)


class Names(dict):
    """The examiner's global names: its own, the language's, and the student's when asked for."""

    def __init__(self, own: dict, questions: Questions, notebook: Notebook) -> None:
        super().__init__(own)
        self.questions = questions
        self.answers, self.classes = set(notebook.answers), set(notebook.classes)
        self.open = False
        self.new_cell()

    def new_cell(self) -> None:
        """Forget what was fetched: the student's cells may have changed it."""
        self.fetched: dict[str, Any] = {}
        self.gone: set[str] = set()
        #: How data was sent, and after how many calls: a later one may have changed it.
        self.sent: dict[str, tuple[Any, int]] = {}

    def __getitem__(self, name: str) -> Any:
        if self.open and name in self.answers:
            found, value = self._fetch(name)
            if found:
                return value
        return super().__getitem__(name)

    def __missing__(self, name: str) -> Any:
        __tracebackhide__ = True
        if not self.open or not isinstance(name, str) or name.startswith("__"):
            raise KeyError(name)
        if hasattr(builtins, name):
            raise KeyError(name)
        found, value = self._fetch(name)
        if not found:
            raise KeyError(name)
        return value

    def _fetch(self, name: str) -> tuple[bool, Any]:
        calls = self.questions.calls
        if name in self.fetched and self.sent.get(name, (None, calls))[1] == calls:
            return True, self.fetched[name]
        if name in self.gone:
            return False, None
        standing = MAKER if name in self.classes else FOUND
        found, value, sent = self.questions.fetch(name, standing)
        if not found:
            self.fetched.pop(name, None)
            self.gone.add(name)
        elif name not in self.fetched or sent != self.sent.get(name, (None, 0))[0]:
            self.fetched[name] = value
        if found and not isinstance(value, Handle):
            self.sent[name] = (sent, calls)
        return found, self.fetched.get(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.sent.pop(name, None)
        theirs = self.open and (name in self.answers or name in self.gone)
        if theirs and isinstance(value, Handle):
            # A test that took a function away (`del squares`) puts it back.
            tree = {"$": "handle", "n": value._tree["n"]}
            self.questions.ask("bind", name=name, value=tree)
            self.fetched[name] = value
            self.gone.discard(name)
        elif theirs:
            # For this cell only: what a test makes up never enters the student's process.
            self.fetched[name] = value
        else:
            super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        if self.open and (name in self.fetched or name in self.answers):
            if name not in self.fetched and not self._fetch(name)[0]:
                raise KeyError(name)
            del self.fetched[name]
            self.sent.pop(name, None)
            self.gone.add(name)
            self.questions.ask("delete", name=name)
        else:
            super().__delitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a name, or ``default``."""
        try:
            return self[name]
        except KeyError:
            return default

    def keys(self) -> Any:
        """Return all names, for ``dir()``."""
        theirs = self.questions.ask("names")["names"] if self.open else []
        return dict.fromkeys([*super().keys(), *(one for one in theirs if isinstance(one, str))])

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        if not self.open or not isinstance(name, str) or name.startswith("_"):
            return False
        return not hasattr(builtins, name) and self._fetch(name)[0]


class _Main:
    """Stands for the module ``__main__``, whose names are a :class:`Names`."""


# ------------------------------------------------------------------------- one examination


def serve(student: socket.socket, worker: socket.socket) -> int:
    """Examine one notebook: take the job from the worker, give the result back."""
    boss = Channel(worker)
    job, blob = boss.receive(timeout=60)
    result, data = Examination(job, blob, Channel(student), boss).run()
    boss.send(result, data)
    return 0


class Examination:
    """One submitted notebook being examined."""

    def __init__(self, job: dict, blob: bytes, student: Channel, boss: Channel) -> None:
        self.job = job
        self.boss = boss
        self.notebook: Notebook = notebook_from(job["notebook"])
        self.settings = Settings(**job["settings"])
        cells = self.notebook.cells.values()
        #: Only then is the student's text kept where `inspect` looks for that of a function.
        self.asks_for_source = any(one.is_test and "getsource" in one.source for one in cells)
        self.parts = {name: blob[a : a + n] for name, a, n in job["parts"]}
        self.questions = Questions(
            student, set(job["modules"]), lambda reason: boss.send({"kill": reason})
        )
        self.ends = time.monotonic() + job["limits"]["notebook_seconds"]
        self.runs: dict[str, dict] = {}
        self.notes: list[str] = []
        self.locked_done: set[str] = set()
        self.counts: dict[str | None, int] = {}
        self.timings: dict[str, float] = {}
        self.displays: dict[str, list[NotebookNode]] = {}

    def run(self) -> tuple[dict, bytes]:
        """Return the result as data and the executed notebook as bytes."""
        began = time.perf_counter()
        try:
            nb = sanitise.read(self.parts.pop("notebook"))
            self.notes += sanitise.sanitise(nb, self.notebook, self.settings)
        except sanitise.Unreadable as error:
            return {"problem": "unreadable", "text": str(error)}, b""
        self.timings["read"] = time.perf_counter() - began
        self._prepare()
        began = time.perf_counter()
        self._run_cells(nb)
        self.timings["run"] = time.perf_counter() - began
        files, blob = self._collect_files()
        self._finish(nb)
        given = marks.mark_cells(nb, self.notebook, self.runs)
        text = self._write(nb)
        if self.questions.dead:
            self.notes.append(self.questions.dead)
        result = {
            "marks": [one.to_dict() for one in given],
            "notes": self.notes,
            "ended": bool(self.questions.dead),
            "files": [[name, len(text) + start, length] for name, start, length in files],
            "notebook": [0, len(text)],
            "timings": self.timings,
        }
        return result, text + blob

    # ---------------------------------------------------------------- preparing

    def _prepare(self) -> None:
        sys.path.insert(0, "")
        for name, data in self.parts.items():
            if name.startswith("course/"):
                path = Path(name.removeprefix("course/"))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                self.questions.folder.note(str(path))
        self.questions.folder.keep = frozenset(self.questions.folder.known)
        files, blob = [], bytearray()
        for name, data in self.parts.items():
            files.append([name.split("/", 1)[1], len(blob), len(data)])
            blob += data
        self.questions.give(30)
        if files:
            with contextlib.suppress(StudentProcessEnded):
                self.questions.request({"op": "files", "files": files}, bytes(blob))
        self.shell = shells.RecordingShell.instance()
        main = _Main()
        self.names = Names(dict(self.shell.user_ns), self.questions, self.notebook)
        main.__dict__ = self.names
        self.shell.user_module = main
        self.shell.user_ns = self.names
        self.names["__builtins__"] = builtins
        for statement in self.notebook.imports:
            with contextlib.suppress(Exception):
                exec(statement, self.names)
        self._mirror_seeds()

    def _mirror_seeds(self) -> None:
        """Let a test that seeds the generators seed those of the student's process too."""
        import random

        def mirrored(which: str, seed: Any) -> Any:
            def both(*arguments: Any, **named: Any) -> Any:
                value = arguments[0] if arguments else next(iter(named.values()), None)
                if self.names.open and value is not None and isinstance(value, int):
                    self.questions.ask("seed", which=which, value=int(value))
                return seed(*arguments, **named)

            return both

        random.seed = mirrored("random", random.seed)
        if "numpy" in sys.modules:
            module = sys.modules["numpy"].random
            module.seed = mirrored("numpy", module.seed)

    # ---------------------------------------------------------------- running

    def _run_cells(self, nb: NotebookNode) -> None:
        runnable = [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]
        self.counts = {sanitise.grade_id(cell): n for n, cell in enumerate(runnable, 1)}
        for count, cell in enumerate(runnable, 1):
            name = sanitise.grade_id(cell)
            known = self.notebook.cells.get(name) if name else None
            if known is not None and known.is_test and not self.settings.in_kernel:
                self._examine(cell, known.name, count)
            else:
                self._have_run(cell, count)
                if known is not None and known.is_test:
                    self._judge_in_kernel(cell, known.name)
                elif known is not None and known.locked:
                    self._run_locked(known.name)

    def _seconds(self) -> float:
        """Return how long the next cell may take."""
        return max(0.1, min(self.settings.timeout, self.ends - time.monotonic()))

    def _have_run(self, cell: NotebookNode, count: int) -> None:
        """Have the student's process run one cell; take its outputs as data."""
        cell.execution_count = count
        if self.questions.dead:
            cell.outputs = [_ended_output(self.questions.dead)]
            return
        if self.asks_for_source:
            with contextlib.suppress(Exception):
                shell, source = self.shell, cell.source
                shell.compile.cache(shell.transform_cell(source), count, raw_code=source)
        seconds = self._seconds()
        self.questions.give(seconds)
        try:
            answer, _ = self.questions.request({"op": "run", "source": cell.source, "count": count})
        except StudentProcessEnded as error:
            cell.outputs = [_ended_output(str(error))]
            return
        cell.outputs = self._take_outputs(answer, count)
        if answer.get("late") is True:
            cell.outputs.append(nbformat.from_dict(_timeout_output()))
            self.notes.append(f"cell {count} took longer than {seconds:g} s and was interrupted")
        if answer.get("ok") is not True and not any(
            one.output_type == "error" for one in cell.outputs
        ):
            text = "An error occurred while showtraceback was disabled"
            cell.outputs.append(nbformat.from_dict(_error_output("Error", text)))

    def _take_outputs(self, answer: dict, count: int) -> list[NotebookNode]:
        """Return a cell's outputs, and bring the displays of earlier cells up to date."""

        def listed(name: str) -> list:
            return answer[name] if isinstance(answer.get(name), list) else []

        for one in listed("updates"):
            if not isinstance(one, dict):
                continue
            clean = clean_output({**one, "output_type": "display_data"})
            for output in self.displays.get(str(one.get("id")), []) if clean else []:
                output.update(nbformat.from_dict(clean))
        places = [clean_output(one, count) for one in listed("outputs")]
        places = [None if one is None else nbformat.from_dict(one) for one in places]
        for one in listed("display_ids"):
            place, name = one if isinstance(one, list) and len(one) == 2 else (None, None)
            if type(place) is int and 0 <= place < len(places) and places[place] is not None:
                self.displays.setdefault(str(name), []).append(places[place])
        return [one for one in places if one is not None]

    def _judge_in_kernel(self, cell: NotebookNode, name: str) -> None:
        """Judge a test that ran in the student's process, from its outputs, as nbgrader does."""
        run = {"ok": not sanitise.has_failed(cell), "how": marks.IN_KERNEL}
        for output in cell.outputs:
            if output.output_type == "execute_result":
                text = output.data.get("text/plain", "")
                with contextlib.suppress(ValueError, TypeError):
                    run["result"] = float(text)
                break
        self.runs[name] = run

    def _examine(self, cell: NotebookNode, name: str, count: int) -> None:
        """Run one test cell here."""
        place = self.notebook.order.index(name) if name in self.notebook.order else None
        for earlier in self.notebook.order[:place]:
            self._run_locked(earlier)
        source = self.notebook.cells[name].source
        self.questions.named = named_in(source)
        if self.questions.named and not self.questions.dead:
            self.questions.give(self._seconds())
            with contextlib.suppress(StudentProcessEnded):
                self.questions.look_at_files()
        # A cell that the course put back carries a line that says so; it runs as well.
        ok, outputs = self._run_here(cell.source if cell.source.endswith(source) else source, count)
        recorder = self.shell.recorder
        run: dict[str, Any] = {"ok": ok, "how": marks.EXAMINED}
        if self.questions.dead:
            run["why"] = self.questions.dead
        if recorder.has_result:
            run["result"] = recorder.result
            if isinstance(recorder.result, Handle):
                run["ok"] = False
                run["why"] = "The test ended with an object of the student's, not with a number."
        cell.execution_count = count
        cell.outputs = [nbformat.from_dict(one) for one in outputs]
        if not ok and not sanitise.has_failed(cell):
            cell.outputs.append(nbformat.from_dict(_error_output("Error", "The test failed.")))
        self.runs[name] = run

    def _run_locked(self, name: str) -> None:
        """Run a locked cell of the course here too, once, for the names that it makes."""
        known = self.notebook.cells[name]
        if name in self.locked_done or name in self.notebook.idle or not known.runs_in_both:
            return
        self.locked_done.add(name)
        self._run_here(known.source, self.counts.get(name, 0))

    def _run_here(self, source: str, count: int) -> tuple[bool, list[dict]]:
        self.names.new_cell()
        seconds = self._seconds()
        self.questions.give(seconds)
        self.names.open = True
        rang = []

        def ring(*_: object) -> None:
            rang.append(True)
            raise KeyboardInterrupt

        signal.signal(signal.SIGALRM, ring)
        # The student's own clock rings first, so that its answer is what the test sees.
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE + 1)
        try:
            ok = self.shell.run(source, count)
        except KeyboardInterrupt:
            ok = False
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.names.open = False
        outputs = self.shell.recorder.take()
        if rang or time.monotonic() > self.questions.deadline:
            ok = False
            outputs.append(_timeout_output())
        return ok, outputs

    # ---------------------------------------------------------------- finishing

    def _collect_files(self) -> tuple[list, bytes]:
        """Take the files that the notebook made, if their names stay inside the folder."""
        if self.questions.dead:
            return [], b""
        self.questions.give(10)
        try:
            answer, blob = self.questions.request({"op": "end"})
        except StudentProcessEnded:
            return [], b""
        files, listed = [], answer.get("files")
        for one in listed if isinstance(listed, list) else []:
            if not (isinstance(one, list) and len(one) == 3):
                continue
            name, start, length = one
            if not isinstance(name, str) or type(start) is not int or type(length) is not int:
                continue
            if is_plain_path(name) and start >= 0 and length >= 0 and start + length <= len(blob):
                files.append([name, start, length])
        if answer.get("cut"):
            self.notes.append("the notebook left more files behind than are kept")
        return files, blob

    def _finish(self, nb: NotebookNode) -> None:
        """Apply the course's rules for outputs and metadata."""
        sanitise.limit_outputs(nb, self.settings)
        if self.settings.clear_metadata:
            from nbconvert.preprocessors import ClearMetadataPreprocessor

            ClearMetadataPreprocessor(enabled=True).preprocess(nb, {})

    def _write(self, nb: NotebookNode) -> bytes:
        nb.metadata["language_info"] = nbformat.from_dict(_language())
        try:
            # As `nbformat.writes` does it, without its check, which only logs what it finds, and
            # without its copy of the notebook.
            plain = rwbase.strip_transient(rwbase.split_lines(nb))
            return json.dumps(plain, **_AS_NBFORMAT).encode()
        except Exception:
            return nbformat.writes(nb, version=nbformat.NO_CONVERT).encode("utf-8", "replace")


_AS_NBFORMAT: dict[str, Any] = {
    "ensure_ascii": False,
    "indent": 1,
    "sort_keys": True,
    "separators": (",", ": "),
    "cls": nbjson.BytesEncoder,
}


def _language() -> dict:
    """Return what a Python kernel says about its language, in every notebook that it runs."""
    version = ".".join(map(str, sys.version_info[:3]))
    return {
        "name": "python",
        "version": version,
        "mimetype": "text/x-python",
        "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
        "pygments_lexer": f"ipython{sys.version_info[0]}",
        "nbconvert_exporter": "python",
        "file_extension": ".py",
    }


def _error_output(name: str, text: str) -> dict:
    return {
        "output_type": "error",
        "ename": name,
        "evalue": text,
        "traceback": [f"\x1b[0;31m{name}\x1b[0m: {text}"],
    }


def _timeout_output() -> dict:
    """Return what nbgrader shows for a cell that ran out of time."""
    output = _error_output("CellTimeoutError", "No reply from kernel before timeout")
    return {**output, "evalue": ""}


def _ended_output(text: str) -> NotebookNode:
    return nbformat.from_dict(_error_output("StudentProcessEnded", text))


__all__ = ["Examination", "Names", "Questions", "handles", "serve"]
