"""``python -m grading.site``: builds the web edition into ``build/site``."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import build_main

from grading.site import pages


def build(to: Path, repository: str = "", root: Path = pages.ROOT) -> int:
    """Build the web edition; return 0, or another code where a lesson stops or Sphinx warns.

    Where a lesson stops, the pages of before stay as they were.

    Parameters
    ----------
    to
        Folder for the pages; what is in it is replaced.
    repository
        Address on GitHub, for the launch buttons.
    root
        Folder that holds ``solutions/`` and ``lessons/``.
    """
    with tempfile.TemporaryDirectory() as folder:
        text, cache = Path(folder, "text"), Path(folder, "cache")
        text.mkdir()
        try:
            pages.write(text, repository, root)
        except pages.LessonStops as error:
            print(error, file=sys.stderr)
            return 1
        shutil.rmtree(to, ignore_errors=True)
        places = ["-c", str(Path(__file__).parent), "-d", str(cache), str(text), str(to)]
        return build_main(["--quiet", "--fail-on-warning", "--builder", "html", *places])


def main(arguments: list[str] | None = None) -> int:
    """Build the pages and say where they are."""
    parser = argparse.ArgumentParser(prog="python -m grading.site", description=__doc__)
    parser.add_argument(
        "--repository", default="", help="https://github.com/OWNER/NAME, for Binder"
    )
    parser.add_argument("--to", type=Path, default=pages.ROOT / "build" / "site")
    options = parser.parse_args(arguments)
    code = build(options.to, options.repository)
    if not code:
        print(f"Open {options.to / 'index.html'} in a browser.")
    return code


if __name__ == "__main__":
    sys.exit(main())
