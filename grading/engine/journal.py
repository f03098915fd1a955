"""What has been graded, and the lock: how a killed run goes on where it was.

For every submission one small JSON file says what it was graded from (a hash of the submission, of
the assignment and of the engine) and what came out. It is written last, after the gradebook and the
files; a run that is killed before that grades the submission once more, with the same result.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

FOLDER = ".grading"


class Locked(RuntimeError):
    """Another grader is at work on this gradebook."""


class Journal:
    """The records of one assignment, under ``COURSE/.grading/journal``."""

    def __init__(self, course: Path, assignment: str) -> None:
        self.folder = course / FOLDER / "journal" / assignment
        self.folder.mkdir(parents=True, exist_ok=True)
        self.logs = course / FOLDER / "logs" / assignment
        self.logs.mkdir(parents=True, exist_ok=True)

    def read(self, student: str) -> dict | None:
        """Return the record of a student's submission, or None."""
        try:
            return json.loads((self.folder / f"{student}.json").read_text())
        except (OSError, ValueError):
            return None

    def write(self, student: str, record: dict) -> None:
        """Write the record of a submission, whole or not at all."""
        _replace(self.folder / f"{student}.json", json.dumps(record, indent=1, sort_keys=True))

    def log(self, student: str, text: str) -> None:
        """Write the log of a submission."""
        _replace(self.logs / f"{student}.log", text)


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fresh.write_text(text)
    os.replace(fresh, path)


@contextlib.contextmanager
def lock(course: Path) -> Iterator[None]:
    """Hold the course's lock, or raise :class:`Locked`; a killed holder frees it by dying."""
    folder = course / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise Locked(
                f"Another grader is at work on this course ({holder}). Wait until it has finished, "
                "or end it, and run the command again: it goes on where that one stopped."
            ) from None
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
        yield
