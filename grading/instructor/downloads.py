"""Submissions from an LMS: the zip file that Canvas or Moodle hands to teachers.

The names in such a file are taken apart, never used as paths: where a notebook goes is made of the
student's name on the roster and of the notebook's name in the assignment.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import stat
import tempfile
import unicodedata
import zipfile
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer
from nbgrader.utils import parse_utc
from rich.console import Console
from rich.markup import escape

from grading.engine.submission import MOST_NOTEBOOK, printable
from grading.instructor.here import Here, Refused, bar, plainly

#: Caps on a download: entries, bytes when unpacked, and unpacked bytes for each packed one.
MOST_ENTRIES, MOST_BYTES, MOST_RATIO = 20_000, 4 * 2**30, 200

#: lovelaceada_LATE_4711_815_ripples-1.ipynb: name, user's number, attachment's number, file; from
#: the second attempt on, Canvas adds a number to the file.
CANVAS = re.compile(r"(?P<name>[^_/]+)(?P<late>_LATE)?_(?P<number>\d+)_\d+_(?P<file>[^/]+)")

#: Ada Lovelace_815_assignsubmission_file_/ripples.ipynb, or the same without the slash.
MOODLE = re.compile(
    r"(?P<name>[^/]+)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)_/?(?P<file>.*)"
)

#: What browsers and LMSs add to the name of a file that is there already.
COPY = re.compile(r"(?P<stem>.+?)(-| ?\()(?P<number>\d+)\)?")


@dataclass(frozen=True)
class Entry:
    """One notebook in a download.

    ``number`` is Canvas's number of the user, empty for Moodle; ``attempt`` counts from 1; ``when``
    is in UTC, None where nobody knows.
    """

    name: str
    number: str
    notebook: str
    attempt: int
    late: bool
    when: dt.datetime | None
    info: zipfile.ZipInfo = field(repr=False)


@dataclass
class Imported:
    """What became of a download: students by what was done, and sentences for a person."""

    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


# ------------------------------------------------------------------ the file


def check(archive: zipfile.ZipFile) -> None:
    """Refuse a zip file that is built to hurt; nothing of it has been unpacked by then.

    Raises
    ------
    Refused
        For paths that leave their folder, links, encrypted entries, and too many bytes.
    """
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise _hostile(f"it has {len(entries)} entries; at most {MOST_ENTRIES} are read")
    total = 0
    for entry in entries:
        shown = printable(entry.orig_filename)
        if _leaves_its_folder(entry.orig_filename):
            raise _hostile(f"the path '{shown}' leads out of it")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _hostile(f"'{shown}' is a symbolic link")
        if entry.flag_bits & 1:
            raise _hostile(f"'{shown}' is encrypted")
        total += entry.file_size
        packed = max(entry.compress_size, 1)
        if total > MOST_BYTES:
            raise _hostile(f"it unpacks to more than {MOST_BYTES // 2**30} GB")
        if entry.file_size > 2**20 and entry.file_size / packed > MOST_RATIO:
            raise _hostile(f"'{shown}' unpacks to {entry.file_size / packed:.0f} times its size")


def _hostile(reason: str) -> Refused:
    return Refused(
        f"The zip file was refused and nothing was imported: {reason}. Canvas and Moodle do not "
        "make such files; download it again, or find out who changed it."
    )


def _leaves_its_folder(path: str) -> bool:
    parts = PurePosixPath(path.replace("\\", "/")).parts
    drive = bool(re.match(r"[A-Za-z]:", path))
    return "\x00" in path or "\\" in path or drive or path.startswith("/") or ".." in parts


def entries(
    archive: zipfile.ZipFile, notebooks: Iterable[str], timezone: dt.tzinfo = dt.UTC
) -> tuple[list[Entry], list[str]]:
    """Take the names in a download apart.

    Parameters
    ----------
    archive
        The zip file, after :func:`check`.
    notebooks
        Names of the assignment's notebooks, without ``.ipynb``.
    timezone
        That of the times in the file; a zip file does not say.

    Returns
    -------
    tuple
        The notebooks, and sentences about what is none.
    """
    known = list(notebooks)
    found, problems = [], []
    for info in archive.infolist():
        if info.is_dir() or PurePosixPath(info.filename).name.startswith("."):
            continue
        parts = MOODLE.fullmatch(info.filename)
        parts = parts or CANVAS.fullmatch(PurePosixPath(info.filename).name)
        shown = printable(info.filename)
        if parts is None:
            problems.append(f"{shown}: neither Canvas nor Moodle names files like this; left out.")
            continue
        facts = parts.groupdict()
        file = PurePosixPath(facts["file"]).name
        notebook, attempt = _notebook(file, known)
        if notebook is None:
            wanted = ", ".join(f"{name}.ipynb" for name in known)
            problems.append(f"{shown}: is not {wanted}; left out.")
            continue
        late = bool(facts.get("late"))
        number = "" if "kind" in facts else facts["number"]
        when = _when(info, timezone)
        found.append(Entry(facts["name"], number, notebook, attempt, late, when, info))
    return _without_download_time(found), problems


def _notebook(file: str, known: list[str]) -> tuple[str | None, int]:
    """Return which notebook a file is, and the attempt that its name states."""
    if not file.lower().endswith(".ipynb"):
        return None, 0
    stem = file[: -len(".ipynb")]
    if stem in known:
        return stem, 1
    copy = COPY.fullmatch(stem)
    if copy and copy["stem"] in known:
        return copy["stem"], int(copy["number"]) + 1
    # Students rename files; with one notebook there is no doubt which one it is.
    return (known[0], 1) if len(known) == 1 else (None, 0)


def _when(info: zipfile.ZipInfo, timezone: dt.tzinfo) -> dt.datetime | None:
    """Return the time of an entry, in UTC; 1980 is what is written where nobody knows."""
    try:
        local = dt.datetime(*info.date_time, tzinfo=timezone)
    except ValueError:
        return None
    return local.astimezone(dt.UTC) if local.year > 1980 else None


def _without_download_time(found: list[Entry]) -> list[Entry]:
    """Forget the times if all are the same minute: that is when the file was made."""
    minutes = {one.when.replace(second=0) if one.when else None for one in found}
    if len(found) < 2 or len(minutes) > 1:
        return found
    return [Entry(**{**vars(one), "when": None}) for one in found]


# ------------------------------------------------------------------ whose it is


class Finder:
    """Finds the student of the roster to whom an entry belongs.

    Parameters
    ----------
    people
        Student's id -> (first name, last name, number in the LMS).
    """

    def __init__(self, people: Mapping[str, tuple[str, str, str]]) -> None:
        self.by_number = {number: student for student, (_, _, number) in people.items() if number}
        self.by_name: dict[str, set[str]] = {}
        for student, (first, last, _) in people.items():
            for name in {f"{first}{last}", f"{last}{first}", student}:
                self.by_name.setdefault(_letters(name), set()).add(student)

    def student(self, entry: Entry) -> str | None:
        """Return the student's id, or None if nobody or more than one has this name."""
        if entry.number in self.by_number:
            return self.by_number[entry.number]
        found = self.by_name.get(_letters(entry.name), set())
        return next(iter(found)) if len(found) == 1 else None


def _letters(name: str) -> str:
    """Keep letters and digits only, small and without accents, as Canvas writes names."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(one for one in plain if one.isalnum())


# ------------------------------------------------------------------ into submitted/


def bring_in(
    here: Here, assignment: str, archive: zipfile.ZipFile, found: list[Entry], tell=lambda: None
) -> Imported:
    """Write the latest attempt of every known student into ``submitted/``.

    A submission that is there already is replaced by another one, unless that is older.
    """
    result = Imported()
    with here.gradebook() as gradebook:
        people = {
            one.id: (one.first_name or "", one.last_name or "", one.lms_user_id or "")
            for one in gradebook.students
        }
    finder = Finder(people)
    latest: dict[str, dict[str, Entry]] = {}
    for entry in found:
        student = finder.student(entry)
        if student is None:
            result.problems.append(
                f"{printable(entry.name)}: no student of the roster, or more than one, has this "
                "name; not imported."
            )
            continue
        mine = latest.setdefault(student, {})
        mine[entry.notebook] = max(mine.get(entry.notebook, entry), entry, key=_age)
    for student, mine in sorted(latest.items()):
        if any(entry.late for entry in mine.values()):
            result.late.append(student)
        _store(here, assignment, archive, student, mine, result)
        tell()
    return result


def _age(entry: Entry) -> tuple:
    return (entry.attempt, entry.when or dt.datetime.min.replace(tzinfo=dt.UTC))


def _store(
    here: Here,
    assignment: str,
    archive: zipfile.ZipFile,
    student: str,
    mine: Mapping[str, Entry],
    result: Imported,
) -> None:
    try:
        content = {f"{name}.ipynb": _unpacked(archive, entry) for name, entry in mine.items()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        result.problems.append(f"{student}: cannot be unpacked ({error}); not imported.")
        return
    when = max((entry.when for entry in mine.values() if entry.when), default=None)
    if when:
        content["timestamp.txt"] = f"{when:%Y-%m-%d %H:%M:%S.%f} UTC".encode()
    folder = here.folder("submitted", student, assignment)
    if folder.is_dir():
        if all(_read(folder / name) == data for name, data in content.items()):
            result.same.append(student)
            return
        before = _stamp(folder)
        if before and when and when < before:
            result.problems.append(
                f"{student}: the submission in the course is newer "
                f"({before:%d %B %Y %H:%M} UTC); it was kept."
            )
            return
        result.replaced.append(student)
    else:
        result.new.append(student)
    _write(folder, content)


def _unpacked(archive: zipfile.ZipFile, entry: Entry) -> bytes:
    """Unpack one notebook, and stop at the cap whatever the file says about its size."""
    with archive.open(entry.info) as file:
        data = file.read(MOST_NOTEBOOK + 1)
    if len(data) > MOST_NOTEBOOK:
        raise ValueError(f"more than {MOST_NOTEBOOK // 2**20} MB")
    return data


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _stamp(folder: Path) -> dt.datetime | None:
    text = _read(folder / "timestamp.txt")
    try:
        return parse_utc(text.decode().strip()).replace(tzinfo=dt.UTC) if text else None
    except Exception:
        return None


def _write(folder: Path, content: Mapping[str, bytes]) -> None:
    """Write a submission beside the old one, then put it in its place."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".", dir=folder.parent))
    fresh.chmod(0o755)
    for name, data in content.items():
        (fresh / name).write_bytes(data)
    if folder.exists():
        shutil.rmtree(folder)
    fresh.rename(folder)


# ------------------------------------------------------------------ the command


def import_submissions(
    file: Annotated[Path, typer.Argument(help="The zip file of Canvas or Moodle.")],
    assignment: Annotated[
        str, typer.Option(help="Name, number or slug; if left out, the notebooks' names say.")
    ] = "",
    timezone: Annotated[str, typer.Option(help="Of the times in the zip file.")] = "UTC",
) -> None:
    """Bring the submissions of an LMS download into submitted/; students must be on the roster.

    Exit code 0: all were brought in. 1: something needs a person; the lines say what.
    """
    console = Console(soft_wrap=True)
    with plainly():
        here = Here.open()
        zone = _zone(timezone)
        if not here.students():
            raise Refused(
                "There is no student in the gradebook. Import the roster first, so that names can "
                "be matched: `python -m grading roster import FILE.csv`."
            )
        with _opened(file) as archive:
            check(archive)
            name = here.released(assignment or _guess(here, archive))
            found, problems = entries(archive, _notebooks(here)[name], zone)
            if not found:
                told = "\n".join(f"  {one}" for one in problems[:10])
                raise Refused(f"There is no submission to '{name}' in {file}.\n{told}")
            with bar(console, f"import {name}", len(found)) as tell:
                result = bring_in(here, name, archive, found, tell)
    _tell(console, result, problems)


def _tell(console: Console, result: Imported, problems: list[str]) -> None:
    console.print(
        f"{len(result.new)} imported, {len(result.replaced)} replaced by a newer attempt, "
        f"{len(result.same)} as before.",
        highlight=False,
    )
    if result.late:
        console.print(f"Late, says Canvas: {escape(', '.join(result.late))}.", highlight=False)
    for line in [*result.problems, *problems]:
        console.print(f"[yellow]![/] {escape(line)}", highlight=False)
    if result.problems or problems:
        raise typer.Exit(1)


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
    except zipfile.BadZipFile as error:
        raise Refused(f"{file} is no zip file ({error}). Download it again.") from None


def _zone(name: str) -> dt.tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise Refused(f"'{name}' is no time zone. Say, for example, Europe/Berlin.") from None


def _notebooks(here: Here) -> dict[str, list[str]]:
    """Return the notebooks of every assignment in the gradebook."""
    with here.gradebook() as gradebook:
        return {
            one.name: sorted(notebook.name for notebook in one.notebooks)
            for one in gradebook.assignments
        }


def _guess(here: Here, archive: zipfile.ZipFile) -> str:
    """Return the only assignment whose notebooks are in the file."""
    found = {
        assignment
        for assignment, notebooks in _notebooks(here).items()
        if any(name in notebooks for name in _stems(archive))
    }
    if len(found) == 1:
        return found.pop()
    listed = ", ".join(sorted(found)) or "none of them"
    raise Refused(
        f"The file does not say which assignment it belongs to (its notebooks fit {listed}). Say "
        "--assignment NAME."
    )


def _stems(archive: zipfile.ZipFile) -> Iterator[str]:
    for info in archive.infolist():
        parts = MOODLE.fullmatch(info.filename)
        parts = parts or CANVAS.fullmatch(PurePosixPath(info.filename).name)
        file = PurePosixPath(parts["file"]).name if parts else ""
        if file.endswith(".ipynb"):
            stem = file.removesuffix(".ipynb")
            yield stem
            if copy := COPY.fullmatch(stem):
                yield copy["stem"]
