"""A newcomer enters by lesson 00, whichever way the course is opened."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FIRST = "lessons/en/00-start-here/start-here.ipynb"


def test_make_lab_opens_the_first_lesson():
    (default,) = re.findall(r"^LESSON \?= (\S+)$", MAKEFILE, re.MULTILINE)
    assert (ROOT / "lessons" / "en" / default) == (ROOT / FIRST).parent
    assert (ROOT / FIRST).is_file()


@pytest.mark.parametrize("way", [r"^    lab/tree/(\S+)$", r"default_url=/lab/tree/(\S+)$"])
def test_binder_and_windows_open_it_too(way):
    assert re.findall(way, README, re.MULTILINE) == [FIRST]


def test_the_other_lesson_that_the_readme_names_is_there():
    (other,) = re.findall(r"make lab LESSON=(\S+)`", README)
    assert (ROOT / "lessons" / "en" / other).is_dir()
