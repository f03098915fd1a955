"""Rosters: the columns of Canvas, Moodle and plain; nothing is written when a line is bad."""

import json

import pytest
from small_course import NAME, opened

from grading.instructor.here import Refused
from grading.instructor.roster import Student, read

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Ripples (77)
    Points Possible,,,,,10
"Lovelace, Ada",4711,u1,ada@example.org,A,
"Hopper, Grace",4712,u2,grace,A,9
"Student, Test",4713,,f3a,A,
"""
MOODLE = """First name;Surname;Username;ID number;Email address
Ada;Lovelace;ada;815;ada@example.org
José;Ñandú;jose;816;jose@example.org
"""
PLAIN = "\ufeffid,last_name,first_name,email\nada,Lovelace,Ada,ada@example.org\n"


@pytest.fixture
def file(tmp_path):
    def write(text, name="class.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_canvas_names_students_by_login_and_keeps_its_own_id(file):
    ada = Student("ada@example.org", "Ada", "Lovelace", "ada@example.org", "4711")
    assert read(file(CANVAS)) == [ada, Student("grace", "Grace", "Hopper", "", "4712")]


def test_moodle_with_semicolons(file):
    ada, jose = read(file(MOODLE))
    assert ada == Student("ada", "Ada", "Lovelace", "ada@example.org")
    assert jose == Student("jose", "José", "Ñandú", "jose@example.org")


def test_moodle_without_username_takes_the_id_number(file):
    text = "First name,Last name,ID number,Email address\nAda,Lovelace,815,ada@example.org\n"
    assert [one.id for one in read(file(text))] == ["815"]


def test_plain_and_another_column(file):
    assert read(file(PLAIN)) == [Student("ada", "Ada", "Lovelace", "ada@example.org")]
    assert read(file(PLAIN), "Email")[0].id == "ada@example.org"
    with pytest.raises(Refused, match=r"no column 'Matrikel'. There are: id, last_name"):
        read(file(PLAIN), "Matrikel")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id\nada\nada\n", "line 3: 'ada' is on line 2 already"),
        ("id,email\nada,a@b.c\n,b@b.c\n", "line 3: the column 'id' is empty"),
        ("id\n../../etc\n", "line 2: '../../etc' cannot name a student"),
        ("id\na+b\n", "line 2: 'a+b' cannot name"),
        ("id,email\nada,a,b,c\n", "line 2 has 4 fields, the header 2"),
        ("id\n", "there is no student in it"),
        ("", "No column says who a student is"),
        ("name,age\nAda,36\n", "There are: name, age"),
        ("id,id\na,b\n", "two columns 'id'"),
        ("id,email\nJos\xe9,x\n".encode("latin-1"), "is not UTF-8"),
        ('id\n"ada\n', "line 2: unexpected end"),
    ],
)
def test_what_cannot_be_taken_is_named(file, text, told):
    with pytest.raises(Refused) as caught:
        read(file(text))
    assert told in str(caught.value)


def people(root):
    with opened(root).gradebook() as gradebook:
        return {
            one.id: (one.first_name, one.last_name, one.email, one.lms_user_id)
            for one in gradebook.students
        }


def test_an_import_can_be_done_twice(course, file, run):
    code, told = run("roster", "import", file(CANVAS))
    assert (code, told) == (0, "2 new, 0 changed, 0 as before.\n")
    first = people(course)
    assert run("roster", "import", file(CANVAS))[1] == "0 new, 0 changed, 2 as before.\n"
    assert people(course) == first
    assert first["ada@example.org"] == ("Ada", "Lovelace", "ada@example.org", "4711")


def test_a_new_file_changes_what_it_says_and_removes_nobody(course, file, run):
    run("roster", "import", file(MOODLE))
    code, told = run("roster", "import", file("id,first_name\nada,Augusta Ada\n"))
    assert code == 0
    assert "0 new, 1 changed, 0 as before." in told
    assert "nobody was removed): jose." in told
    assert people(course)["ada"] == ("Augusta Ada", "Lovelace", "ada@example.org", None)


def test_with_a_bad_line_nothing_is_written(course, file, run):
    before = people(course)
    code, told = run("roster", "import", file("id\nada\n.hidden\nbob\nbob\n"))
    assert code == 1
    assert "line 3: '.hidden'" in told and "line 5: 'bob' is on line 4" in told
    assert "nothing has changed" in told
    assert people(course) == before
    assert not (course / ".grading/roster.json").exists()


def test_unknown_students_are_reported(graded, file, run):
    code, told = run("roster", "check")
    assert code == 1 and "There is no roster yet" in told
    names = "\n".join(["id", *sorted(people(graded))[:-1]])
    run("roster", "import", file(names))
    (graded / "submitted" / "stranger" / NAME).mkdir(parents=True)
    code, told = run("roster", "check")
    assert code == 1
    assert told == f"! stranger is not on the roster, but there is a submission to {NAME}.\n"
    assert "stranger" not in people(graded)
    (graded / "submitted" / "stranger" / NAME).rmdir()
    assert run("roster", "check")[0] == 0
    assert len(json.loads((graded / ".grading/roster.json").read_text())) == 13


def test_a_missing_file_and_no_file(course, run):
    code, told = run("roster", "import", "none.csv")
    assert code == 1 and "none.csv cannot be read" in told
    code, told = run("roster", "import")
    assert code == 1 and "roster import FILE.csv" in told
