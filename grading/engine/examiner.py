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
import json
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import nbjson, rwbase

from grading.engine import marks, sanitise
from grading.engine import shell as shells
from grading.engine.assignment import Notebook, Settings, notebook_from
from grading.engine.files import is_plain_path, named_in
from grading.engine.handles import FOUND, MAKER, Handle
from grading.engine.questions import GRACE, Questions, StudentProcessEnded, clean_output
from grading.engine.wire import Channel

#: Longest cell whose text a test may ask for, in characters.
MOST_SOURCE = 20_000


class Names(dict):
    """The examiner's global names: its own, the language's, and the student's when asked for."""

    def __init__(self, own: dict, questions: Questions, answers: set[str]) -> None:
        super().__init__(own)
        self.questions = questions
        self.answers = answers
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
        standing = MAKER if name in self.questions.classes else FOUND
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
        self.questions.classes = frozenset(self.notebook.classes)
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
        self.names = Names(dict(self.shell.user_ns), self.questions, set(self.notebook.answers))
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
        seconds = self._seconds()
        self.questions.give(seconds)
        try:
            answer, _ = self.questions.request({"op": "run", "source": cell.source, "count": count})
        except StudentProcessEnded as error:
            cell.outputs = [_ended_output(str(error))]
            return
        cell.outputs = self._take_outputs(answer, count)
        if self.asks_for_source and len(cell.source) < MOST_SOURCE and answer.get("ok") is True:
            with contextlib.suppress(Exception):
                shell, source = self.shell, cell.source
                shell.compile.cache(shell.transform_cell(source), count, raw_code=source)
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
        # It rings again for code that takes the first ring for an error like any other.
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE + 1, GRACE)
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


__all__ = ["Examination", "Names", "serve"]
