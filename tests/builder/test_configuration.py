"""nbgrader's commands see this course as it is meant: folders, secrets, pages."""

import nbformat
import pytest
from nbgrader.utils import find_all_files
from traitlets.config import PyFileConfigLoader

from grading.answers import fill
from grading.course import REPOSITORY, configuration
from grading.feedback_html import clean_html
from grading.preprocessors import HideTests

SECRETS = ["ripples.md", "answers.py", "answers.py~", "ripples.md.orig", ".ripples.md.swp"]


def test_the_file_in_the_root_is_the_same_configuration():
    root = PyFileConfigLoader("nbgrader_config.py", str(REPOSITORY)).load_config()
    assert str(root) == str(configuration())
    directory = root.CourseDirectory
    assert (directory.source_directory, directory.release_directory) == ("solutions", "lessons/en")


def test_sources_never_reach_the_folder_in_which_a_submission_runs(built):
    """Stock nbgrader copies what it finds in the source folder next to the student's notebook."""
    name, source = "01-ripples", built.folder("solutions", ".", "01-ripples")
    for secret in SECRETS:
        (source / secret).write_text("secret")
    (source / "__pycache__").mkdir()
    (source / "__pycache__/answers.cpython-311.pyc").write_text("secret")
    (source / "pond.csv").write_text("depth\n3\n")
    edition = nbformat.read(built.root / f"lessons/en/{name}/ripples.ipynb", as_version=4)
    look = "import os\nprint(sorted(os.listdir()))"
    built.submit(name, "curious", fill(edition, {"ring-width": look}))
    built.autograde(name, "curious")
    (answer,) = (cell for cell in built.autograded(name, "curious").cells
                 if cell.id == "01-ring-width")  # fmt: skip
    assert answer.outputs[0].text == "['pond.csv', 'ripples.ipynb']\n"
    for secret in [*SECRETS, "pond.csv"]:
        (source / secret).unlink()


@pytest.mark.parametrize("secret", SECRETS)
def test_sources_never_reach_a_release(tmp_path, secret):
    (tmp_path / secret).write_text("secret")
    (tmp_path / "pond.csv").write_text("depth\n3\n")
    found = find_all_files(str(tmp_path), configuration().CourseDirectory.ignore)
    assert found == [str(tmp_path / "pond.csv")]


def test_hidden_tests_are_cut_from_pages():
    graded = {"grade": True, "solution": False, "grade_id": "t", "locked": True, "points": 1}
    error = nbformat.v4.new_output(
        "error", ename="AssertionError", evalue="secret 5.0", traceback=["secret 5.0"]
    )
    cell = nbformat.v4.new_code_cell(
        "check(x)\n### BEGIN HIDDEN TESTS\nassert x == 'secret'\n### END HIDDEN TESTS",
        metadata={"nbgrader": graded},
        outputs=[error],
    )
    shown, _ = HideTests().preprocess_cell(cell, {}, 0)
    assert shown.source == "check(x)\n# Hidden tests ran here."
    assert "secret" not in str(shown)


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        ("<p>One <em>two</em></p>", "<p>One <em>two</em></p>"),
        ("<script>alert(1)</script>three", "three"),
        ("<style>p {color: red}</style>four", "four"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="data:text/html,x">x</a>', "<a>x</a>"),
        ('<a href="https://a.org/">x</a>', '<a href="https://a.org/">x</a>'),
        ('<img src="x" onerror="alert(1)">', "<img>"),
        ('<img src="https://spy.org/pixel.png" alt="a">', '<img alt="a">'),
        (
            '<img src="data:image/png;base64,AA==" alt="a">',
            '<img src="data:image/png;base64,AA==" alt="a">',
        ),
        ('<p style="color: red; position: fixed">x</p>', '<p style="color: red;">x</p>'),
        ("<table><thead><tr><th>a</th></tr></thead></table>", None),
    ],
)
def test_html_of_submissions_cannot_run(markup, kept):
    assert clean_html(markup) == (markup if kept is None else kept)


@pytest.mark.parametrize(
    "markup",
    [
        "<iframe src='https://a.org'></iframe>",
        "<form action='https://a.org'><input></form>",
        "<svg onload=alert(1)></svg>",
        "<scr<script>x</script>ipt>alert(1)</script>",
        "<object data='x'></object>",
        "<meta http-equiv='refresh' content='0;url=https://a.org'>",
    ],
)
def test_what_is_not_known_is_shown_as_text(markup):
    cleaned = clean_html(markup)
    for tag in ("<iframe", "<form", "<input", "<svg", "<script", "<object", "<meta"):
        assert tag not in cleaned
