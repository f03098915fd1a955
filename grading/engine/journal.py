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

import sqlalchemy

FOLDER = ".grading"

#: The number of the advisory lock in a PostgreSQL gradebook, the same for all graders.
ADVISORY = int.from_bytes(b"grading", "big")
_HOLDER = sqlalchemy.text("""
    select application_name || coalesce(' at ' || host(client_addr), '')
    from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and granted and database = (
        select oid from pg_database where datname = current_database()
    ) and (classid::bigint << 32) | objid::bigint = :number
""")


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
            raise _locked("course", file.read().strip()) from None
        file.seek(0)
        file.truncate()
        file.write(_me())
        file.flush()
        yield


@contextlib.contextmanager
def lock_gradebook(url: str) -> Iterator[None]:
    """Hold the lock of a gradebook that several machines can reach, or raise :class:`Locked`.

    PostgreSQL keeps such a lock as long as the connection lives, so that a killed holder frees it
    too. A gradebook in a file needs none: its course folder has one.
    """
    if sqlalchemy.make_url(url).get_backend_name() != "postgresql":
        yield
        return
    number = {"number": ADVISORY}
    engine = sqlalchemy.create_engine(url, connect_args={"application_name": _me()[:63]})
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            wanted = sqlalchemy.text("select pg_try_advisory_lock(:number)")
            if not connection.execute(wanted, number).scalar():
                raise _locked("gradebook", connection.execute(_HOLDER, number).scalar())
            yield
    finally:
        engine.dispose()


def _me() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _locked(what: str, holder: str | None) -> Locked:
    return Locked(
        f"Another grader is at work on this {what} ({holder or 'another process'}). Wait until it "
        "has finished, or end it, and run the command again: it goes on where that one stopped."
    )
