"""How the tests are shared out when several processes run them, as in ``make test``."""

import pytest


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items):
    """Keep together what shares something costly: a browser, a lesson's course, a file's own."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item):
    folder = item.path.parent.name
    if folder == "browser":
        return folder
    if folder == "lessons" and hasattr(item, "callspec"):
        return f"{folder}/{item.callspec.params['lesson']}"
    return str(item.path)
