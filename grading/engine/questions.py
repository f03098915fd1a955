"""The examiner's end of the channel: questions to the student's process, and what comes back.

What is asked are names, calls, attributes and operators; what comes back is data, or stand-ins for
objects that stay where they are. While the student's code answers, it may call functions that the
test has passed to it.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import inspect
import itertools
import json
import os
import re
import sys
import threading
import time
import traceback
import types
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from grading.engine import ambient, generators
from grading.engine import shell as shells
from grading.engine.files import TEMPORARY, Folder, is_shared
from grading.engine.handles import (
    FOUND,
    MADE,
    MAKER,
    PART,
    Callable,
    CallableInstance,
    Handle,
    Instance,
)
from grading.engine.values import (
    CLASSES,
    BadValue,
    CannotCross,
    Decoder,
    Encoder,
    data_types,
    update_in_place,
)
from grading.engine.wire import TURN, Channel, TimedOut, WireError

#: Seconds that the student's process may take beyond a cell's time before it is ended.
GRACE = 2.0
#: Questions about one notebook, those of the student's code to the test included.
MOST_QUESTIONS = 200_000
#: Warnings of one call that a test may collect.
MOST_WARNINGS = 1_000
#: Classes of student's objects that keep their name.
MOST_FORMS = 1_000
#: How deep calls may go back and forth between a test and the student's code.
MOST_TURNS = 400

#: Attributes that are classes of the same exercise, and their standing until it is known.
_KIN, KIN = ("__class__", "__mro__", "__bases__", "__base__"), "kin"
#: Classes of the language that `inspect` asks for, of what can be called and of other objects.
_CALLED = {one.__name__: one for one in
           (types.FunctionType, types.MethodType, types.BuiltinFunctionType)}  # fmt: skip
_KINDS = {one.__name__: one for one in (types.GeneratorType, types.CoroutineType,
                                        types.AsyncGeneratorType, types.CodeType)}  # fmt: skip
#: Annotations as text that `typing` may evaluate: names and what stands in brackets after them.
_HINT = re.compile(r"[\w.\[\], |]{1,200}")
#: What IPython calls a cell.
_CELL = re.compile(re.escape(shells.CELLS) + r"\d+/\d+\.py")


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
        self.limit = sys.getrecursionlimit()
        #: Files that both sides see, and those of them that the test has named.
        self.folder = Folder()
        self.named: set[str] = set()
        #: Those whose names it has passed to the student's code.
        self.passed: set[str] = set()
        self.folders: set[str] = set()
        #: The same object of the student's is the same stand-in, for a test that asks `is`.
        self.stand_ins: dict[tuple, Handle] = {}
        self.forms: dict[tuple, type[Handle]] = {}
        #: The names of the classes that students are to write.
        self.classes: frozenset[str] = frozenset()

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
        while "ask" in answer and "ambient" in message:  # while a test asks, not between
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
            decoder = Decoder(data, self._handed_back)
            arguments = decoder.typed(question.get("arguments"), list, 0)
            named = decoder.typed(question.get("named"), dict, 0)
        except BadValue as lie:
            raise self._lied(lie) from None
        encoder = Encoder(self._outward)
        self._turn(1)
        try:
            if self.turns > MOST_TURNS:
                raise RecursionError("maximum recursion depth exceeded")
            value = function(*arguments, **named)
            reply = {"value": encoder.encode(value)}
            # A function that returns nothing may have worked on its arguments in place.
            reply["arguments"] = encoder.encode(arguments if value is None else [])
            return reply, bytes(encoder.blob)
        except StudentProcessEnded:
            raise
        except BaseException as error:
            return self._raised(error)
        finally:
            self._turn(-1)

    def _turn(self, step: int) -> None:
        self.turns += step
        sys.setrecursionlimit(self.limit + self.turns * TURN)

    def _handed_back(self, tree: dict) -> Any:
        """Return the stand-in for an object that the test may have from the exercise's class."""
        known = ((tree.get("n"), tree.get("kind"), standing) in self.stand_ins
                 for standing in (MADE, PART))  # fmt: skip
        return self._stand_in(tree, PART if any(known) else FOUND)

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
            # What an assertion says may be what the test expects.
            arguments = encoder.encode([] if kind is AssertionError else list(error.args))
        except CannotCross:
            encoder.blob.clear()
            arguments = [str(error)]
        bases = [one.__name__ for one in kind.__mro__ if one.__module__ == "builtins"]
        with contextlib.suppress(Exception):
            frames = traceback.walk_tb(shells.without_engine(error.__traceback__))
            error._frames_below = len(list(frames))
        told = {"n": self._lend(error), "module": kind.__module__, "name": kind.__name__,
                "bases": bases}  # fmt: skip
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
        if isinstance(error, StopIteration | StopAsyncIteration) and not _iterates(op, message):
            # As inside a generator: it would end a loop of the test as if all were well.
            raise RuntimeError(f"the student's code raised {type(error).__name__}") from error
        if error is not None:
            # Outside the `try`: the student's own KeyError is an answer, not a lie.
            raise error
        return done

    def _show_files(self) -> None:
        found, blob = self.folder.changed(self.passed)
        made = {os.path.dirname(one) for one in self.passed if one.startswith(TEMPORARY)}
        made = {one for one in made if os.path.isdir(one)} - self.folders
        if found or made:
            self.folders |= made
            self.request({"op": "put", "files": found, "folders": sorted(made)}, blob)

    def look_at_files(self) -> None:
        """Bring the files that the test has named to where they are in the student's folder.

        What this side has written itself is changed only by code that was given its name.
        """
        names = {one for one in self.named if one in self.passed or self.folder.is_known(one)}
        answer, data = self.request({"op": "look", "names": sorted(names)})
        found = answer.get("files")
        try:
            if not set(found) <= names:
                raise ValueError("files that no test has named")
            self.folder.put(found, data)
        except (ValueError, TypeError) as lie:
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
        self.passed |= {str(one) for one in paths if is_shared(str(one))}
        self.named |= self.passed
        standing = MADE if on._standing == MAKER else _below(on)
        done = self.ask("call", standing, bytes(encoder.blob), **message)
        if done["value"] is None:
            for mine, theirs in zip(arguments, done.get("arguments") or [], strict=False):
                update_in_place(mine, theirs)
        return done["value"]

    def attribute(self, on: Handle, name: str) -> Any:
        """Fetch one attribute."""
        __tracebackhide__ = True
        tree = {"$": "handle", "n": on._tree["n"]}
        standing = _below(on)
        if name in _KIN and standing == PART:
            # The same class is the same stand-in: `type(dog).__mro__[1] is Animal`.
            standing = KIN
            for one in self.classes:
                self.fetch(one, MAKER)
        value = self.ask("attribute", standing, on=tree, name=name)["value"]
        if name == "co_filename" and not (isinstance(value, str) and _CELL.fullmatch(value)):
            return "<not a cell>"  # `inspect` would open it
        if name == "__annotations__" and isinstance(value, dict):
            # `typing.get_type_hints` would run it.
            return {one: kind for one, kind in value.items()
                    if not isinstance(kind, str) or _HINT.fullmatch(kind)}  # fmt: skip
        return value

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
        return self._apply("operator", name, arguments, _below(*arguments))

    def leave(self, on: Handle, error: BaseException | None) -> Any:
        """Leave a block that the object manages; return whether it takes the error."""
        told, blob = ({"raise": None}, b"") if error is None else self._raised(error)
        tree = {"$": "handle", "n": on._tree["n"]}
        return self.ask("leave", blob=blob, on=tree, **told)["value"]

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
        if kind not in ("function", "class", "object", "caller"):
            raise BadValue("a handle of an unknown kind")
        if standing == KIN:
            standing = MAKER if (tree["n"], kind, MAKER) in self.stand_ins else PART
        if kind != "class" and standing == MAKER:
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
        base = {"object": Instance, "caller": CallableInstance}.get(tree["kind"], Callable)
        name, module = tree["type"], "builtins" if base is Callable else tree["module"]
        if tree["kind"] == "class":
            known: type | None = type
        elif base is Callable:
            known = _CALLED.get(name)
        else:
            known = self._class_of_library(module, name)
        if (base, module, name) not in self.forms and len(self.forms) < MOST_FORMS:
            parts: dict[str, Any] = {"__module__": module}
            if known is not None:
                parts["__class__"] = property(lambda handle: known)
            with contextlib.suppress(ValueError):
                self.forms[base, module, name] = type(name, (base,), parts)
        return self.forms.get((base, module, name), base)

    def _class_of_library(self, module: str, name: str) -> type | None:
        if module == "builtins":
            return _KINDS.get(name)
        if module in ("numbers", "collections.abc", "typing"):
            return None
        if module.split(".")[0] not in self.tops | set(sys.stdlib_module_names):
            return None
        found = getattr(sys.modules.get(module), "__dict__", {}).get(name)
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
        elif module.split(".")[0] in ("unittest", "pytest", "_pytest"):
            found = None  # a test that is skipped has not failed
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
        if not isinstance(tree, dict) or not isinstance(tree.get("class"), dict):
            raise BadValue("an error without a class")
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


def _iterates(op: str, message: dict) -> bool:
    return op == "builtin" and message.get("name") in ("next", "await")


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
    """Return how a function presents itself; of its defaults, only that they exist."""
    try:
        found = inspect.signature(function).parameters.values()
        parameters = [[one.name, int(one.kind), one.default is not one.empty] for one in found]
    except (TypeError, ValueError):
        parameters = None
    name, doc = getattr(function, "__name__", "function"), getattr(function, "__doc__", None)
    noted = getattr(function, "__annotations__", None) or {}
    kinds = {one: getattr(kind, "__name__", None) for one, kind in dict(noted).items()}
    return {"name": str(name), "doc": doc and str(doc), "parameters": parameters,
            "kinds": {one: kind for one, kind in kinds.items()
                      if kind in CLASSES and CLASSES[kind] is noted[one]}}  # fmt: skip


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
