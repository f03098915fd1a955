"""The process that runs a learner's notebook, so that nothing else ends with it.

    python -m grading.selfcheck.process NOTEBOOK SOURCE EVENTS

See :func:`grading.selfcheck.run.run`.
"""

import sys
from pathlib import Path


def main(notebook: str, source: str, events: str) -> None:
    """Run a notebook with the tests of its source and write the events into a file."""
    # nbformat's validator asks for a grammar of addresses, which takes two seconds to build and
    # which no notebook needs. Without it the validator leaves that one format alone.
    sys.modules.setdefault("rfc3987_syntax", None)
    # As in a kernel: modules that lie beside the notebook can be imported.
    sys.path.insert(0, "")
    from grading.selfcheck.run import run

    with open(events, "a", encoding="utf-8") as file:
        run(Path(notebook), Path(source), file)


if __name__ == "__main__":
    main(*sys.argv[1:])
