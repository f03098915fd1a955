"""Files of data that a test names cross, as if both sides worked in one folder.

``pd.read_csv("out.csv")`` in a test means the file that the notebook has written, and
``read_first("in.txt")`` one that the test has. To the test come files that its text names, to the
student's code those whose names it is given; only such as hold data, nothing that could be run or
unpickled, and never over a file that the course hands out.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SUFFIXES = frozenset(
    (
        *(".csv", ".tsv", ".txt", ".json", ".md", ".html", ".xml", ".svg", ".dat", ".log"),
        *(".png", ".jpg", ".jpeg", ".gif", ".pdf", ".xlsx"),
    )
)

#: Where files may lie beside the working folder.
TEMPORARY = "/tmp/"

#: Bytes of all files that cross at one time.
MOST_BYTES = 20 * 2**20


def is_plain_path(name: str) -> bool:
    """Say whether ``name`` is a relative path that stays inside its folder."""
    parts = name.split("/")
    fine = all(part not in ("", ".", "..") and len(part) <= 200 for part in parts)
    return fine and len(parts) <= 10 and "\0" not in name and not os.path.isabs(name)


def is_shared(name: Any) -> bool:
    """Say whether ``name`` is that of a file of data, in the folder or among temporary files."""
    if not isinstance(name, str) or os.path.splitext(name)[1].lower() not in SUFFIXES:
        return False
    return is_plain_path(name.removeprefix(TEMPORARY))


def named_in(source: str) -> set[str]:
    """Return the files of data that the text of a test names."""
    with contextlib.suppress(SyntaxError, ValueError):
        nodes = ast.walk(ast.parse(source))
        return {
            one.value for one in nodes if isinstance(one, ast.Constant) and is_shared(one.value)
        }
    return set()


class Folder:
    """What one side knows of the files that both may see.

    Parameters
    ----------
    keep
        Names of files that the other side has no say in.
    """

    def __init__(self, keep: Iterable[str] = ()) -> None:
        self.keep = frozenset(keep)
        self.known: dict[str, bytes | None] = {}

    def note(self, name: str) -> None:
        """Take the file as it is for what both sides have."""
        self.known[name] = _digest(_content(name))

    def is_known(self, name: str) -> bool:
        """Say whether nothing on this side has changed the file since it last crossed."""
        return _digest(_content(name)) == self.known.get(name)

    def changed(self, names: Iterable[str]) -> tuple[dict, bytes]:
        """Return the files that the other side has otherwise: [start, length], None if gone."""
        found: dict[str, list[int] | None] = {}
        blob = bytearray()
        for name in sorted(names):
            data = _content(name)
            if _digest(data) == self.known.get(name) or len(blob) + len(data or b"") > MOST_BYTES:
                continue
            self.known[name] = _digest(data)
            found[name] = None if data is None else [len(blob), len(data)]
            blob += data or b""
        return found, bytes(blob)

    def put(self, found: Any, blob: bytes) -> None:
        """Do to the files here what was done to them there.

        Raises :class:`ValueError` for what :meth:`changed` would not return.
        """
        if not isinstance(found, dict) or not all(map(is_shared, found)):
            raise ValueError("files that are none")
        for name, place in found.items():
            if name in self.keep:
                continue
            if place is None:
                with contextlib.suppress(OSError):
                    Path(name).unlink(missing_ok=True)
            else:
                start, length = place
                if not 0 <= start <= start + length <= len(blob):
                    raise ValueError("a file outside the bytes that were sent")
                with contextlib.suppress(OSError):
                    Path(name).parent.mkdir(parents=True, exist_ok=True)
                    Path(name).write_bytes(blob[start : start + length])
            self.note(name)


def _content(name: str) -> bytes | None:
    """Return the bytes of a regular file that is not too large."""
    with contextlib.suppress(OSError):
        facts = os.lstat(name)
        if stat.S_ISREG(facts.st_mode) and facts.st_size <= MOST_BYTES:
            return Path(name).read_bytes()
    return None


def _digest(data: bytes | None) -> bytes | None:
    # Not the time of the last change: two may fall into one tick of the clock.
    return None if data is None else hashlib.blake2b(data).digest()
