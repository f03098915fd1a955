"""The process that runs a learner's notebook, so that nothing else ends with it.

    python -m grading.selfcheck.process NOTEBOOK SOURCE EVENTS

See :func:`grading.selfcheck.run.run`.
"""

import sys
from pathlib import Path

NOT_NEEDED = (
    # A grammar of addresses for nbformat's validator: it takes two seconds to build, and no
    # notebook needs it. Without it the validator leaves that one format alone.
    "rfc3987_syntax",
    # What jupytext adds to a notebook server. Without it jupytext reads texts as before, and half
    # a second earlier, because no server is loaded.
    "jupytext.sync_contentsmanager",
    "jupytext.async_contentsmanager",
)
"""Modules that others load if they are there, and that are slow to load."""


def main(notebook: str, source: str, events: str) -> None:
    """Run a notebook with the tests of its source and write the events into a file."""
    for name in NOT_NEEDED:
        sys.modules.setdefault(name, None)
    # As in a kernel: modules that lie beside the notebook can be imported.
    sys.path.insert(0, "")
    from grading.selfcheck.run import run

    with open(events, "a", encoding="utf-8") as file:
        run(Path(notebook), Path(source), file)


if __name__ == "__main__":
    main(*sys.argv[1:])
