"""Reading what a student handed in, as if it had been built to hurt.

Nothing is followed, nothing is believed: symbolic links, devices and pipes are left out, sizes and
counts are capped before anything is read, and the notebook stays unparsed bytes until it is inside
a sandbox.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import hashlib
import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.utils import parse_utc

#: Caps on one submission: bytes of a notebook, bytes of all files, number of files, depth.
MOST_NOTEBOOK = 20 * 2**20
MOST_BYTES = 100 * 2**20
MOST_FILES = 500
MOST_DEPTH = 8


@dataclass
class Submission:
    """One student's files for one assignment.

    ``notebooks`` and ``files`` map a name (path inside the folder) to bytes; ``problems`` are
    sentences for the instructor, of which those in ``bad`` belong to a notebook that cannot be
    graded. ``human`` says that somebody has to look, though everything could be graded.
    """

    student: str
    assignment: str
    notebooks: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    bad: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    timestamp: str | None = None
    human: bool = False

    def hash(self) -> str:
        """Return the SHA-256 over names and contents of everything that was handed in."""
        sums = {
            name: hashlib.sha256(data).hexdigest()
            for name, data in [*self.notebooks.items(), *self.files.items()]
        }
        facts = [self.student, self.assignment, self.timestamp, self.bad, self.problems, sums]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def read(folder: Path, student: str, assignment: str, ignore: list[str]) -> Submission:
    """Read a submission folder.

    Parameters
    ----------
    folder
        ``submitted/STUDENT/ASSIGNMENT``. It may be hostile down to its file names.
    student, assignment
        Whose, and of what.
    ignore
        Patterns of file names that the course ignores.
    """
    submission = Submission(student, assignment)
    try:
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        submission.problems.append(
            f"The folder cannot be opened ({error.strerror}); a symbolic link is not followed."
        )
        return submission
    try:
        _walk(root, "", submission, ignore, 0)
    finally:
        os.close(root)
    stamp = submission.files.pop("timestamp.txt", None)
    if stamp is not None:
        submission.timestamp = _timestamp(stamp, submission)
        # It stays a file of the submission, as in nbgrader.
        submission.files["timestamp.txt"] = stamp
    return submission


def _walk(folder: int, prefix: str, submission: Submission, ignore: list[str], depth: int) -> None:
    for name in sorted(os.listdir(folder)):
        if any(fnmatch.fnmatch(name, pattern) for pattern in ignore):
            continue
        path = prefix + name
        shown = printable(path)
        facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISDIR(facts.st_mode):
            if depth >= MOST_DEPTH:
                submission.problems.append(f"'{shown}' lies too deep and was left out.")
                continue
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            try:
                _walk(inner, path + "/", submission, ignore, depth + 1)
            finally:
                os.close(inner)
        elif stat.S_ISREG(facts.st_mode):
            _take(folder, name, path, submission)
        else:
            kind = "a symbolic link" if stat.S_ISLNK(facts.st_mode) else "not a regular file"
            text = f"'{shown}' is {kind} and was not read."
            if "/" not in path and name.endswith(".ipynb"):
                submission.bad[name.removesuffix(".ipynb")] = text
            submission.problems.append(text)


def _take(folder: int, name: str, path: str, submission: Submission) -> None:
    shown = printable(path)
    is_notebook = name.endswith(".ipynb")
    if is_notebook and "/" in path:
        return
    if len(submission.files) + len(submission.notebooks) >= MOST_FILES:
        submission.problems.append(f"more than {MOST_FILES} files; '{shown}' was left out.")
        return
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    with os.fdopen(handle, "rb") as file:
        size = os.fstat(handle).st_size
        held = sum(map(len, submission.files.values()))
        if is_notebook and size > MOST_NOTEBOOK:
            submission.bad[name.removesuffix(".ipynb")] = (
                f"'{shown}' has {size / 2**20:.0f} MB; at most {MOST_NOTEBOOK // 2**20} MB are "
                "read. Ask for it again with its outputs cleared."
            )
        elif not is_notebook and held + size > MOST_BYTES:
            submission.problems.append(f"'{shown}' ({size / 2**20:.0f} MB) is too large; left out.")
        elif is_notebook:
            submission.notebooks[name.removesuffix(".ipynb")] = file.read(MOST_NOTEBOOK)
        else:
            submission.files[path] = file.read(MOST_BYTES)


def _timestamp(data: bytes, submission: Submission) -> str | None:
    """Read ``timestamp.txt`` as nbgrader does; say so where it is not a time."""
    text = data[:200].decode("utf-8", "replace").strip()
    try:
        stamp: dt.datetime = parse_utc(text)
    except Exception:
        submission.problems.append(
            f"timestamp.txt holds no time ({printable(text)[:40]!r}); the submission counts as "
            "undated."
        )
        # An empty file is what some tools leave; anything else may hide a late submission.
        submission.human = bool(text)
        return None
    return stamp.isoformat()


def printable(text: str) -> str:
    """Return text of a student's that is safe for a terminal, a log and a table."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)[:200]
