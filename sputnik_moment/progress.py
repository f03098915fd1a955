"""How far a learner is, in one small file that belongs to the learner.

The file is `progress.json`, in the folder that holds the folders of the lessons. It is plain text:
for every lesson that was checked, when, and for every exercise its state and its points.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sputnik_moment.results import RIGHT, STATES, Result

FILE = "progress.json"


class ProgressError(ValueError):
    """A progress file that cannot be read; the message says what to do next."""


def place(notebook: str | Path, lesson: str) -> Path:
    """Return where the progress of somebody who works on this notebook is kept.

    Parameters
    ----------
    notebook
        The learner's notebook.
    lesson
        Its lesson, for example ``"04-market-reaction"``. Where the notebook lies in a folder of
        that name, the file lies beside that folder; elsewhere it lies beside the notebook.
    """
    folder = Path(notebook).resolve().parent
    return (folder.parent if folder.name == lesson else folder) / FILE


def read(path: Path) -> dict[str, Any]:
    """Return the checked lessons by name; nothing if there is no file yet.

    Returns
    -------
    dict
        Lesson to ``{"checked": time, "exercises": {exercise: {"state", "points", "of"}}}``.

    Raises
    ------
    ProgressError
        If the file is there and is not a record of progress. It is left as it is.
    """
    try:
        lessons = json.loads(path.read_text(encoding="utf-8"))["lessons"]
        fine = all(_is_entry(entry) for entry in lessons.values())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        fine = False
    if not fine:
        raise ProgressError(
            f"{path} cannot be read as a record of progress, so it was left as it is. "
            "Rename it to keep it, or delete it; the next check begins a new one."
        )
    return lessons


def record(path: Path, lesson: str, results: Iterable[Result]) -> dict[str, Any]:
    """Store the results of one lesson in the place of its earlier ones; return all lessons.

    An exercise that was right once stays "passed", even where a later notebook has it wrong.

    Raises
    ------
    ProgressError
        If an existing file cannot be read; nothing is written then.
    """
    lessons = read(path)
    before = lessons.get(lesson, {}).get("exercises", {})
    lessons[lesson] = {
        "checked": datetime.now().astimezone().isoformat(timespec="seconds"),
        "exercises": {result.exercise: _entry(result, before) for result in results},
    }
    _write(path, {"lessons": lessons})
    return lessons


def passed(lessons: Mapping[str, Any], lesson: str, exercise: str) -> bool:
    """Tell whether an exercise has been right in any check so far."""
    exercises = lessons.get(lesson, {}).get("exercises", {})
    return bool(exercises.get(exercise, {}).get("passed"))


def _entry(result: Result, before: Mapping[str, Any]) -> dict[str, Any]:
    earlier = before.get(result.exercise, {})
    return {
        "state": result.state,
        "points": result.points,
        "of": result.of,
        "passed": result.state == RIGHT or bool(earlier.get("passed")),
    }


def _is_entry(entry: Any) -> bool:
    exercises = entry["exercises"].values()
    return isinstance(entry["checked"], str) and all(one["state"] in STATES for one in exercises)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    # Written beside and renamed, so that a crash in between leaves the old file whole.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    os.replace(draft, path)
