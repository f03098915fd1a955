"""A worker's station: one warm process behind the outer wall, and the grading of submissions.

The station lives in the worker's own process. It opens no file of a submission, parses no
notebook, and reads nothing from the sandbox but framed JSON with a cap.
"""

from __future__ import annotations

import base64
import contextlib
import json
import math
import os
import select
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grading.engine import sandbox
from grading.engine.assignment import Assignment, Notebook
from grading.engine.sandbox import Limits
from grading.engine.wire import Channel, Closed, TimedOut, WireError, pair

REASONS = {
    "memory": "it used more memory than it may",
    "processes": "it started more processes than it may",
    "timeout": "a cell took too long and could not be interrupted",
    "notebook": "the notebook took longer than it may",
    "lied": "it sent something that is no answer",
    "asked": "it and the tests asked each other too many questions",
    "gone": "it ended itself",
}


class StationFailed(RuntimeError):
    """The warm process could not be started, or has ended."""


def data_folders(names: list[str]) -> list[Path]:
    """Return folders of data that lie beside the packages of a course, as in a clone."""
    beside = [path.parent / "datasets" for path in sandbox.package_paths(names)]
    return [path for path in beside if (path / "datapackage.json").is_file()]


class Station:
    """Grades submissions of one assignment, one at a time.

    Parameters
    ----------
    assignment
        What the course says.
    limits
        What one submission may use.
    confined
        False only when the user has said ``--unconfined``.
    """

    def __init__(self, assignment: Assignment, limits: Limits, confined: bool = True) -> None:
        self.assignment = assignment
        self.limits = limits
        self.confined = confined
        self.course = {path: base64.b64decode(data) for path, data in assignment.files}
        self.jobs = 0
        self.failed_imports: list[str] = []
        self.memory = 0
        self.first = True
        self._ended: dict[str, dict] = {}
        self._start()

    def split(self) -> Station:
        """Return another station, whose warm process is a copy of this one's and shares its memory.

        Both stand behind the same outer wall, and end when this station is closed.
        """
        copy = object.__new__(Station)
        vars(copy).update(vars(self), jobs=0, first=False, _ended={})
        copy.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            socket.send_fds(self.control, [b'{"split": true}'], [theirs.fileno()])
        except OSError as error:
            copy.control.close()
            raise StationFailed(f"The warm process has ended: {error}") from None
        finally:
            theirs.close()
        copy._wait_until_ready()
        return copy

    @property
    def alive(self) -> bool:
        """Say whether the warm process runs."""
        return self.process.poll() is None

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        modules = self.assignment.modules
        confined = "confined" if self.confined else "open"
        module = ["-I", "-m", "grading.engine.zygote"]
        imports = json.dumps([modules, self.assignment.statements])
        command = [sandbox.PYTHON, *module, str(theirs.fileno()), confined, imports]
        if self.confined:
            tops = sorted({name.split(".")[0] for name in modules})
            readable = [*sandbox.package_paths(tops), *data_folders(tops)]
            command = sandbox.outer_command(command, readable)
            cache = _matplotlib_cache()
            if cache is not None:
                at = command.index("--remount-ro")
                # With a mode, or only root could go in.
                folder = ["--perms", "0755", "--dir", "/run"]
                command[at:at] = [*folder, "--ro-bind", str(cache), "/run/matplotlib"]
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  (open as long as the process)
        environment = None if self.confined else {**os.environ, "MPLCONFIGDIR": _own_cache()}
        self.process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            env=environment,
            start_new_session=True,
        )
        theirs.close()
        self.control = ours

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 120
        while True:
            message = self._hear(deadline - time.monotonic())
            if message is None:
                raise StationFailed(f"The warm process did not start: {self._log_tail()}")
            self.failed_imports += message.get("failed", [])
            if "ready" in message:
                self.memory = message["memory"]
                return

    def _log_tail(self) -> str:
        self.log.seek(0)
        return self.log.read()[-2000:].decode("utf-8", "replace").strip()

    def _hear(self, timeout: float) -> dict | None:
        if not select.select([self.control], [], [], max(0, timeout))[0]:
            return None
        try:
            data = self.control.recv(65536)
        except OSError:  # it ended with a message unread
            data = b""
        return json.loads(data) if data else None

    def close(self) -> None:
        """End the warm process and all it has started."""
        self.control.close()
        if not self.first:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()

    # ------------------------------------------------------------------ grading

    def grade(self, parts: dict[str, bytes], files: dict[str, bytes]) -> dict[str, Any]:
        """Grade one submission.

        Parameters
        ----------
        parts
            Notebook name -> bytes of the ``.ipynb``.
        files
            Path -> bytes of the other submitted files.

        Returns
        -------
        Notebook name -> ``{"marks": [...], "notebook": bytes, "files": {...}, ...}`` or
        ``{"problem": ..., "text": ...}``.
        """
        given = {path: data for path, data in files.items() if path not in self.course}
        results = {}
        for name in sorted(parts):
            if not self.alive:
                raise StationFailed(f"The warm process has ended: {self._log_tail()}")
            result = self._grade_notebook(
                self.assignment.notebooks[name], parts[name], given, self.course
            )
            # What one notebook writes, the next may read, as under nbgrader.
            given.update(result.get("files", {}))
            results[name] = result
        return results

    def make_ready(self, rehearse: bool) -> None:
        """Wait until the warm process has loaded the course's modules.

        Parameters
        ----------
        rehearse
            Have it learn, as well, from the notebooks as they were handed out. For one or two
            submissions that does not pay.
        """
        self._wait_until_ready()
        tops = sorted({name.split(".")[0] for name in self.assignment.modules})
        notebooks = self.assignment.notebooks.values() if rehearse else []
        runs = [cells for notebook in notebooks for cells in notebook.rehearsals]
        for number, cells in enumerate(runs, start=1):
            self._rehearse(cells, tops, last=number == len(runs))

    def _rehearse(self, cells: list[str], tops: list[str], last: bool) -> None:
        mine, theirs = pair()
        channel = Channel(mine)
        limits = asdict(self.limits)
        message = json.dumps({"rehearse": True, "last": last, "limits": limits}).encode()
        socket.send_fds(self.control, [message], [theirs.fileno()])
        theirs.close()
        listed, blob = _listed(self.course.items())
        with contextlib.suppress(WireError):
            channel.send({"cells": cells, "parts": listed, "tops": tops}, blob, timeout=60)
        while True:
            message = self._hear(240)
            if message is None:
                raise StationFailed(f"The rehearsal did not end: {self._log_tail()}")
            if "rehearsed" in message:
                break
        channel.close()

    def _grade_notebook(
        self, notebook: Notebook, data: bytes, files: dict[str, bytes], course: dict[str, bytes]
    ) -> dict[str, Any]:
        self.jobs += 1
        began = time.perf_counter()
        student, examiner = f"student-{self.jobs}", f"examiner-{self.jobs}"
        for_student, for_examiner = pair()
        mine, theirs = pair()
        channel = Channel(mine, most_bytes=256 * 2**20)
        try:
            self._fork(student, "student", [for_student])
            self._fork(examiner, "examiner", [for_examiner, theirs], looser=True)
            for one in (for_student, for_examiner, theirs):
                one.close()
            self._send_job(channel, notebook, data, files, course)
            result = self._await(channel, student, examiner)
        finally:
            peak, cpu = self._end(student, examiner)
            mine.close()
        result["seconds"] = time.perf_counter() - began
        result["peak"] = peak
        result["cpu"] = cpu
        return result

    def _fork(self, name: str, role: str, socks: list[socket.socket], looser: bool = False) -> None:
        limits = asdict(self.limits)
        if looser:
            limits["notebook_seconds"] += 60
        message = json.dumps({"fork": name, "role": role, "limits": limits}).encode()
        socket.send_fds(self.control, [message], [one.fileno() for one in socks])

    def _send_job(
        self,
        channel: Channel,
        notebook: Notebook,
        data: bytes,
        files: dict[str, bytes],
        course: dict[str, bytes],
    ) -> None:
        parts = [("notebook", data)]
        for kind, group in (("given", files), ("course", course)):
            parts += [(f"{kind}/{path}", content) for path, content in group.items()]
        listed, blob = _listed(parts)
        settings = asdict(self.assignment.settings)
        job = {
            "notebook": asdict(notebook),
            "settings": settings,
            "modules": self.assignment.modules,
            "limits": asdict(self.limits),
            "parts": listed,
        }
        channel.send(job, blob, timeout=60)

    def _await(self, channel: Channel, student: str, examiner: str) -> dict[str, Any]:
        """Wait for the examiner's result; end what it asks to be ended."""
        deadline = time.monotonic() + self.limits.notebook_seconds + 45
        reason = ""
        while True:
            left = deadline - time.monotonic()
            ready = select.select([channel, self.control], [], [], max(0, min(left, 1)))[0]
            if self.control in ready:
                message = self._hear(0)
                if message is None:
                    raise StationFailed(f"The warm process ended: {self._log_tail()}")
                if message.get("ended") == student:
                    reason = reason or message["reason"]
                    self._note_end(message)
                elif message.get("ended") == examiner:
                    self._note_end(message)
                    if channel not in select.select([channel], [], [], 0)[0]:
                        return _failure(message["reason"] or "gone", self._log_tail())
            if channel in ready:
                try:
                    message, blob = channel.receive(timeout=30)
                except (Closed, TimedOut, WireError) as error:
                    return _failure(reason or "gone", f"{error} {self._log_tail()}")
                if "kill" in message:
                    reason = str(message["kill"])
                    self._kill(student, reason)
                    continue
                return self._result(message, blob, reason)
            if left <= 0:
                return _failure("notebook", "")

    def _kill(self, name: str, reason: str) -> None:
        self.control.send(json.dumps({"kill": name, "reason": reason}).encode())

    def _note_end(self, message: dict) -> None:
        self._ended[message["ended"]] = message

    def _end(self, *names: str) -> tuple[int, float]:
        """End both processes and wait until nothing of them is left.

        Returns
        -------
        The peak memory in bytes and the processor time of both in seconds.
        """
        waiting = {name for name in names if name not in self._ended}
        for name in waiting:
            with contextlib.suppress(OSError):
                self._kill(name, "")
        deadline = time.monotonic() + 10
        while waiting and self.alive and time.monotonic() < deadline:
            message = self._hear(0.5)
            if message and "ended" in message:
                self._note_end(message)
                waiting.discard(message["ended"])
        if waiting:
            # Something refuses to end: the outer wall falls, and everything behind it with it.
            self.process.kill()
            self.process.wait()
        peak = max((one.get("peak", 0) for one in self._ended.values()), default=0)
        cpu = sum(one.get("cpu", 0.0) for one in self._ended.values())
        self._ended.clear()
        return peak, cpu

    def _result(self, message: dict, blob: bytes, reason: str) -> dict[str, Any]:
        if "problem" in message:
            return {"problem": str(message["problem"]), "text": str(message["text"])}
        start, length = message["notebook"]
        result = {
            "marks": [checked_mark(one) for one in message["marks"]],
            "notes": [str(one)[:500] for one in message["notes"]][:100],
            "notebook": blob[start : start + length],
            "files": {name: blob[a : a + n] for name, a, n in message["files"]},
            "timings": message["timings"],
            "ended": reason if message["ended"] else "",
        }
        if result["ended"] in REASONS:
            result["notes"].append(f"The student's process was ended: {REASONS[result['ended']]}.")
        return result


def _listed(parts: Iterable[tuple[str, bytes]]) -> tuple[list, bytes]:
    """Return [name, start, length] of each part, and all parts in one run of bytes."""
    listed, blob = [], bytearray()
    for name, content in parts:
        listed.append([name, len(blob), len(content)])
        blob += content
    return listed, bytes(blob)


def checked_mark(mark: dict) -> dict:
    """Check the form of one mark that came out of the sandbox."""
    score = mark["auto_score"]
    if score is not None and not (isinstance(score, int | float) and math.isfinite(score)):
        raise WireError("a mark that is no number")
    return mark


def _failure(reason: str, detail: str) -> dict[str, Any]:
    text = REASONS.get(reason, reason)
    return {
        "problem": reason,
        "text": f"The notebook could not be graded: {text}. {detail[-500:]}".strip(),
    }


def _matplotlib_cache() -> Path | None:
    """Return the user's font list of matplotlib, made once, to spare every worker the making."""
    try:
        import matplotlib

        folder = Path(matplotlib.get_cachedir())
        if not list(folder.glob("fontlist-*.json")):
            import matplotlib.font_manager
        return folder
    except Exception:
        return None


def _own_cache() -> str:
    cache = _matplotlib_cache()
    return str(cache) if cache else tempfile.gettempdir()
