"""Web editions to look at, and a browser without a window."""

import contextlib
import functools
import os
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from grading.browser import chromium
from grading.builder import release
from grading.site import pages
from grading.site.__main__ import build

COURSE = Path(__file__).parents[1] / "builder" / "course"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The pages of the small course, executed; Sphinx's warnings are errors."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(COURSE, root, dirs_exist_ok=True)
    release.install(root=root)
    folder = root / "build" / "site"
    assert build(folder, "https://github.com/someone/ripples", root) == 0
    return folder


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """The pages of this course without outputs: that all cells run is tested elsewhere."""
    folder = tmp_path_factory.mktemp("texts") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "executed", lambda notebook: notebook)
        assert build(folder) == 0
    return folder


@pytest.fixture(scope="module")
def whole():
    """The pages of this course with all outputs, which `make site` has built."""
    if "SITE" not in os.environ:
        pytest.skip("takes minutes: `make site`, then `SITE=build/site pytest tests/site`")
    return Path(os.environ["SITE"]).resolve()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """Serve a folder and say where a browser finds it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def serve():
    """Return :func:`served`."""
    return served


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser
