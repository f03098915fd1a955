"""What a test sets around a call and Python keeps for the whole process: warnings, NumPy's errors.

``with np.errstate(all="ignore"):`` or ``with warnings.catch_warnings():`` around a call of a
student's function means that function, which runs in another process. So each question carries what
the test has changed since its cell began, and the student's process answers under the same rules.
What the student's own cells have set there stays in force below that.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

_MODES = ("ignore", "warn", "raise", "print")

#: What Python shows a warning with, unless a test collects them: `catch_warnings(record=True)`.
_SHOW = warnings._showwarnmsg_impl


def now() -> tuple[list, dict]:
    """Return the warning filters and NumPy's way to treat errors, as they are in this process."""
    numpy = sys.modules.get("numpy")
    return list(warnings.filters), numpy.geterr() if numpy else {}


def changes(before: tuple[list, dict], outward: Callable[[Any], dict]) -> dict:
    """Return what has changed, as data; empty if nothing has.

    Parameters
    ----------
    before
        What :func:`now` returned when the cell began.
    outward
        Describes the class of a warning for the other side; raises ``TypeError`` if it cannot.
    """
    found: dict[str, Any] = {"record": True} if warnings._showwarnmsg_impl is not _SHOW else {}
    if before == now():
        return found
    (old, old_errors), (filters, errors) = before, now()
    if errors != old_errors and all(mode in _MODES for mode in errors.values()):
        found["errors"] = errors
    new = []
    for action, message, category, module, line in filters:
        if (action, message, category, module, line) not in old:
            # A warning of a kind that only the tests know is none that the student can raise.
            with contextlib.suppress(TypeError):
                new.append([action, _text(message), outward(category), _text(module), line])
    if new:
        found["filters"] = new
    return found


def count_touches() -> Callable[[], int]:
    """Count from now on how often this process touches its warning filters; return who says it.

    Python shows a warning once for each place in the code, and again when somebody has touched the
    filters, be it to put back what they were (``catch_warnings``). A test that does so between two
    calls of a student's function would let it warn twice.
    """
    touched = 0

    def counted(mutated: Callable[[], None]) -> Callable[[], None]:
        def count() -> None:
            nonlocal touched
            touched += 1
            mutated()

        return count

    for name in ("_filters_mutated", "_filters_mutated_lock_held"):  # the second from 3.14 on
        if hasattr(warnings, name):
            setattr(warnings, name, counted(getattr(warnings, name)))
    return lambda: touched


def _text(pattern: Any) -> str:
    return getattr(pattern, "pattern", pattern) or ""


@contextlib.contextmanager
def applied(changed: dict, inward: Callable[[dict], Any]) -> Iterator[list]:
    """Answer one question under what the test has changed; yield the warnings that it collects.

    Parameters
    ----------
    changed
        What :func:`changes` returned on the other side; with ``touched``, if the filters have been
        touched there since the last question.
    inward
        Returns the class that a description stands for.
    """
    with contextlib.ExitStack() as stack:
        if changed.get("touched"):
            with warnings.catch_warnings():
                pass
        if "errors" in changed:
            import numpy

            stack.enter_context(numpy.errstate(**changed["errors"]))
        collected: list[warnings.WarningMessage] = []
        if "record" in changed:
            collected = stack.enter_context(warnings.catch_warnings(record=True))
        if "filters" in changed:
            stack.enter_context(warnings.catch_warnings())
            for action, message, category, module, line in reversed(changed["filters"]):
                warnings.filterwarnings(action, message, inward(category), module, line)
        yield collected


def collect(category: type, text: str, file: str, line: int) -> None:
    """Give a test that collects warnings one of the student's function."""
    message = warnings.WarningMessage(category(text), category, file, line)
    warnings._showwarnmsg_impl(message)
