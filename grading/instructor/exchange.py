"""nbgrader's exchange: whether it can be used, and who has handed in through it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from grading.instructor.here import Here, Refused


def remedy(here: Here, to_release: bool = False) -> str:
    """Return what to do so that the exchange can be used, or an empty text if it can.

    Parameters
    ----------
    here
        The course.
    to_release
        Whether the command is to put the first assignment of the course there.
    """
    elsewhere = (
        "or work without it: `release --no-exchange`, and `import-submissions` for what you "
        "download from your LMS."
    )
    if sys.platform == "win32":
        return f"nbgrader has no exchange on Windows. Use Linux or macOS, {elsewhere}"
    if not here.coursedir.course_id:
        return "The course has no name. Set c.CourseDirectory.course_id in nbgrader_config.py."
    root = Path(here.api.exchange_root)
    if not root.is_dir():
        return (
            f"There is no exchange at {root}. Make it once (`sudo mkdir -p {root}; sudo chmod 777 "
            f"{root}`), or set c.Exchange.root in nbgrader_config.py to a folder that all students "
            f"of the machine can write to, {elsewhere}"
        )
    if not os.access(root, os.W_OK | os.X_OK):
        return f"You may not write to the exchange {root}. Run `sudo chmod 777 {root}`, {elsewhere}"
    if not to_release and not inbound(here).is_dir():
        return (
            f"The exchange {root} has no course '{here.coursedir.course_id}' yet. Hand out an "
            "assignment with `python -m grading release` first."
        )
    return ""


def require(here: Here, to_release: bool = False) -> None:
    """Raise :class:`Refused`, with what to do, unless the exchange can be used."""
    if problem := remedy(here, to_release):
        raise Refused(problem)


def inbound(here: Here) -> Path:
    """Return the folder of the exchange into which students hand in."""
    return Path(here.api.exchange_root, here.coursedir.course_id, "inbound")


def handed_in(here: Here, assignment: str) -> list[str]:
    """List the students who have handed in an assignment through the exchange, sorted."""
    # Folders are named student+assignment+time, and +secret where the course says so.
    parts = [path.name.split("+") for path in inbound(here).iterdir() if path.is_dir()]
    return sorted({part[0] for part in parts if len(part) in (3, 4) and part[1] == assignment})
