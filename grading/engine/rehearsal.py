"""A rehearsal: the notebook as it was handed out is run once, before the students'.

It runs in a throw-away fork of the warm process, behind the same walls as a submission, and
contains no student's work and no test. What comes back for the warm process to keep: the calls of
functions whose results the course's library keeps for itself (``functools.cache``), such as the
reading of a dataset; the pictures that were drawn; and the names of the modules that the cells
loaded on their way. So each submission starts with them. The warm process makes such a call while
the fork makes it, too: its time would otherwise be spent twice.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grading.engine import pictures
from grading.engine import shell as shells
from grading.engine.wire import Channel, WireError, pair

#: Seconds that a rehearsal may take; what it has by then is kept.
SECONDS = 30
#: Calls of cached functions that are made again in the warm process.
MOST_CALLS = 100
CACHED = type(functools.cache(len))


def serve(worker: socket.socket, zygote: socket.socket) -> int:
    """Run the course's cells; send what is worth keeping to the warm process."""
    job, blob = Channel(worker).receive(timeout=30)
    for name, start, length in job["parts"]:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blob[start : start + length])
    sys.path.insert(0, "")
    before = set(sys.modules)
    keeper = Channel(zygote)
    record_cached_calls(job["tops"], lambda call: keeper.send({"call": call}))
    pictures.ALBUM.recording = True
    shell = shells.RecordingShell.instance()
    ends = time.monotonic() + SECONDS
    for count, source in enumerate(job["cells"], 1):
        if time.monotonic() < ends:
            shell.run(source, count)
            shell.recorder.clear_everything()
    listed, data = pictures.ALBUM.to_parts()
    here = os.getcwd()
    new = [name for name in list(sys.modules) if name not in before and _is_installed(name, here)]
    keeper.send({"pictures": listed, "modules": new}, data, timeout=30)
    return 0


def record_cached_calls(tops: list[str], tell: Callable[[list], None]) -> None:
    """Tell from now on the calls of the cached functions of some packages, each once.

    Parameters
    ----------
    tops
        Names of top-level packages.
    tell
        Takes [module, function, arguments] of a call with plain arguments, before it is made.
    """
    told: list = []
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in tops and _is_own(module):
            for attribute, value in list(vars(module).items()):
                if isinstance(value, CACHED) and value.__module__ == name:
                    setattr(module, attribute, _recorded(name, attribute, value, told, tell))


def _is_own(module: object) -> bool:
    """Say whether a module is Python source."""
    return str(getattr(module, "__file__", "")).endswith(".py")


def _recorded(
    module: str, attribute: str, function: Callable, told: list, tell: Callable[[list], None]
) -> Callable:
    def recorded(*arguments: Any, **named: Any) -> Any:
        call = [module, attribute, list(arguments)]
        plain = all(one is None or type(one) in (str, int, float, bool) for one in arguments)
        if plain and not named and call not in told and len(told) < MOST_CALLS:
            told.append(call)
            tell(call)
        return function(*arguments, **named)

    return recorded


def _is_installed(name: str, here: str) -> bool:
    """Say whether a module lies outside the working folder, so that others can load it."""
    origin = getattr(getattr(sys.modules.get(name), "__spec__", None), "origin", None)
    return isinstance(origin, str) and not os.path.abspath(origin).startswith(here + os.sep)


def learn(channel: Channel) -> dict:
    """Take over, in the warm process, what a rehearsal sends; return how much was learnt."""
    calls = 0
    try:
        message, blob = channel.receive(timeout=SECONDS + 10)
        while "call" in message:
            module, function, arguments = message["call"]
            with contextlib.suppress(Exception):
                getattr(sys.modules[module], function)(*arguments)
            calls += 1
            message, blob = channel.receive(timeout=SECONDS + 10)
    except WireError as error:
        return {"error": str(error)}
    pictures.ALBUM.add(message["pictures"], blob)
    for name in message["modules"]:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    return {"calls": calls, **{name: len(listed) for name, listed in message.items()}}


def rehearse(cells: list[str], tops: list[str]) -> dict:
    """Rehearse in a fork of this process, with no walls, and learn from it; for measurements."""
    mine, theirs = pair()
    out, back = pair()
    pid = os.fork()
    if pid == 0:
        serve(theirs, back)
        os._exit(0)
    back.close()
    Channel(mine).send({"cells": cells, "parts": [], "tops": tops})
    learnt = learn(Channel(out))
    os.waitpid(pid, 0)
    return learnt
