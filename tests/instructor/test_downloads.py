"""Downloads of Canvas and Moodle, friendly and hostile."""

import datetime as dt
import io
import stat
import zipfile

import pytest
from small_course import NAME, opened

from grading.instructor import downloads

ROSTER = """id,first_name,last_name,lms_user_id
ada,Ada,Lovelace,4711
grace,Grace,Hopper,4712
jose,José,Ñandú,4713
ann1,Ann,Miller,4714
ann2,Ann,Miller,4715
"""
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
NEWER = NOTEBOOK.replace(b"[]", b"[ ]")


@pytest.fixture
def room(course, run):
    (course / "class.csv").write_text(ROSTER)
    assert run("roster", "import", "class.csv")[0] == 0
    return course


def packed(path, *files):
    """Write a zip file; each file is (path, bytes) or (path, bytes, time)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for day, (name, data, *when) in enumerate(files, start=1):
            info = zipfile.ZipInfo(name, when[0] if when else (2026, 3, day, 12, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return path


def submitted(root):
    found = {}
    for path in sorted((root / "submitted").rglob("*.*")):
        found[str(path.relative_to(root / "submitted"))] = path.read_bytes()
    return found


def test_canvas(room, run):
    file = packed(
        room / "c.zip",
        ("lovelaceada_4711_801_ripples.ipynb", NOTEBOOK),
        ("hoppergrace_LATE_4712_802_ripples-2.ipynb", NEWER),
        ("nandujose_9999_803_My Ripples (1).ipynb", NOTEBOOK),
    )
    code, told = run("import-submissions", file)
    assert (code, told) == (
        0,
        "3 imported, 0 replaced by a newer attempt, 0 as before.\nLate, says Canvas: grace.\n",
    )
    assert submitted(room) == {
        f"ada/{NAME}/ripples.ipynb": NOTEBOOK,
        f"ada/{NAME}/timestamp.txt": b"2026-03-01 12:00:00.000000 UTC",
        f"grace/{NAME}/ripples.ipynb": NEWER,
        f"grace/{NAME}/timestamp.txt": b"2026-03-02 12:00:00.000000 UTC",
        f"jose/{NAME}/ripples.ipynb": NOTEBOOK,
        f"jose/{NAME}/timestamp.txt": b"2026-03-03 12:00:00.000000 UTC",
    }
    assert run("import-submissions", file)[1].startswith("0 imported, 0 replaced by a newer")


@pytest.mark.parametrize("slash", ["/", ""])
def test_moodle(room, run, slash):
    file = packed(
        room / "m.zip",
        (f"Ada Lovelace_815_assignsubmission_file_{slash}ripples.ipynb", NOTEBOOK),
        (f"José Ñandú_816_assignsubmission_file_{slash}ripples.ipynb", NEWER),
    )
    code, told = run("import-submissions", file, "--timezone", "Europe/Berlin")
    assert code == 0, told
    found = submitted(room)
    assert found[f"ada/{NAME}/ripples.ipynb"] == NOTEBOOK
    assert found[f"jose/{NAME}/ripples.ipynb"] == NEWER
    assert found[f"ada/{NAME}/timestamp.txt"] == b"2026-03-01 11:00:00.000000 UTC"


def test_of_several_attempts_the_last_counts(room, run):
    file = packed(
        room / "c.zip",
        ("lovelaceada_4711_801_ripples-1.ipynb", NEWER),
        ("lovelaceada_4711_800_ripples.ipynb", NOTEBOOK),
    )
    assert run("import-submissions", file)[1].startswith("1 imported")
    assert submitted(room)[f"ada/{NAME}/ripples.ipynb"] == NEWER


def test_an_older_download_does_not_replace_a_newer_one(room, run):
    name, other = "lovelaceada_4711_1_ripples.ipynb", "hoppergrace_4712_2_ripples.ipynb"
    run("import-submissions", packed(room / "new.zip", (name, NEWER, (2026, 3, 9, 9, 0, 0)),
                                     (other, NOTEBOOK)))  # fmt: skip
    code, told = run("import-submissions", packed(room / "old.zip", (name, NOTEBOOK),
                                                  (other, NOTEBOOK)))  # fmt: skip
    assert code == 1
    assert "ada: the submission in the course is newer (09 March 2026 09:00 UTC)" in told
    assert submitted(room)[f"ada/{NAME}/ripples.ipynb"] == NEWER


def test_unknown_students_are_named_and_not_made(room, run):
    file = packed(
        room / "c.zip",
        ("lovelaceada_4711_801_ripples.ipynb", NOTEBOOK),
        ("strangerdoctor_9_802_ripples.ipynb", NOTEBOOK),
        ("Ann Miller_3_assignsubmission_file_/ripples.ipynb", NOTEBOOK),
        ("hoppergrace_4712_803_essay.docx", b"words"),
        ("readme.txt", b"hello"),
        ("Grace Hopper_8_assignsubmission_onlinetext_/onlinetext.html", b"hi"),
    )
    code, told = run("import-submissions", file)
    assert code == 1
    assert told.startswith("1 imported")
    assert "strangerdoctor: no student of the roster, or more than one" in told
    assert "Ann Miller: no student of the roster, or more than one" in told
    assert "essay.docx: is not ripples.ipynb; left out" in told
    assert "readme.txt: neither Canvas nor Moodle" in told
    assert {path.partition("/")[0] for path in submitted(room)} == {"ada"}
    assert "strangerdoctor" not in opened(room).students()


def test_the_time_at_which_the_file_was_made_is_no_time_of_submission(room, run):
    now = (2026, 3, 9, 9, 0, 0)
    file = packed(
        room / "c.zip",
        ("lovelaceada_4711_801_ripples.ipynb", NOTEBOOK, now),
        ("hoppergrace_4712_802_ripples.ipynb", NOTEBOOK, now),
    )
    assert run("import-submissions", file)[0] == 0
    assert not any(path.endswith("timestamp.txt") for path in submitted(room))


# ------------------------------------------------------------------ hostile files


@pytest.mark.parametrize(
    "path",
    [
        "../ada_4711_801_ripples.ipynb",
        "ada_4711_801_../../../etc/ripples.ipynb",
        "/etc/ada_4711_801_ripples.ipynb",
        "C:\\ada_4711_801_ripples.ipynb",
        "Ada Lovelace_1_assignsubmission_file_/..\\..\\ripples.ipynb",
        "Ada Lovelace_1_assignsubmission_file_/../../../ripples.ipynb",
        "ada_4711_801_ripples.ipynb\x00.txt",
    ],
)
def test_paths_that_lead_out_are_refused(room, run, path):
    file = packed(room / "evil.zip", ("lovelaceada_4711_801_ripples.ipynb", NOTEBOOK))
    # zipfile cleans names when it writes, so the evil one goes in by hand.
    place = b"x" * len(path.encode())
    file = packed(file, ("lovelaceada_4711_801_ripples.ipynb", NOTEBOOK), (place.decode(), b"{}"))
    file.write_bytes(file.read_bytes().replace(place, path.encode()))
    before = sorted(room.parent.rglob("*"))
    code, told = run("import-submissions", file, "--assignment", "01")
    assert code == 1 and "leads out of it" in told, told
    assert sorted(room.parent.rglob("*")) == before
    assert submitted(room) == {}


def test_links_are_refused(room, run):
    file = room / "evil.zip"
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("lovelaceada_4711_801_ripples.ipynb")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    code, told = run("import-submissions", file, "--assignment", "01")
    assert code == 1 and "is a symbolic link" in told
    assert submitted(room) == {}


def test_a_bomb_is_refused_before_it_is_unpacked(room, run):
    file = packed(room / "bomb.zip", ("lovelaceada_4711_801_ripples.ipynb", b"0" * 30_000_000))
    assert file.stat().st_size < 100_000
    code, told = run("import-submissions", file, "--assignment", "01")
    assert code == 1 and "times its size" in told


def test_a_notebook_above_the_cap_is_left_out_and_the_others_go_in(room, monkeypatch):
    monkeypatch.setattr(downloads, "MOST_NOTEBOOK", 1000)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("lovelaceada_4711_801_ripples.ipynb", b"x" * 5000)
        archive.writestr("hoppergrace_4712_802_ripples.ipynb", NOTEBOOK)
    with zipfile.ZipFile(data) as archive:
        found, _ = downloads.entries(archive, ["ripples"])
        result = downloads.bring_in(opened(room), NAME, archive, found)
    assert result.new == ["grace"]
    assert result.problems == ["ada: cannot be unpacked (more than 0 MB); not imported."]


def test_too_many_entries_and_too_many_bytes(monkeypatch, tmp_path):
    names = [(f"a_{k}_1_ripples.ipynb", NOTEBOOK) for k in range(1, 6)]
    file = packed(tmp_path / "many.zip", *names)
    with zipfile.ZipFile(file) as archive:
        downloads.check(archive)
        monkeypatch.setattr(downloads, "MOST_ENTRIES", 4)
        with pytest.raises(downloads.Refused, match="5 entries"):
            downloads.check(archive)
        monkeypatch.setattr(downloads, "MOST_ENTRIES", 5)
        monkeypatch.setattr(downloads, "MOST_BYTES", 4 * len(NOTEBOOK))
        with pytest.raises(downloads.Refused, match="unpacks to more than"):
            downloads.check(archive)


def test_damaged_data_of_one_student_does_not_stop_the_others(room, run):
    file = room / "c.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("lovelaceada_4711_801_ripples.ipynb", b"D" * 300)
        archive.writestr("hoppergrace_4712_802_ripples.ipynb", NOTEBOOK)
    file.write_bytes(file.read_bytes().replace(b"D" * 300, b"E" * 300))
    code, told = run("import-submissions", file)
    assert code == 1 and "ada: cannot be unpacked" in told and told.startswith("1 imported")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 broken"])
def test_what_is_no_zip_file(room, run, content):
    (room / "x.zip").write_bytes(content)
    code, told = run("import-submissions", room / "x.zip")
    assert code == 1 and "is no zip file" in told


def test_refusals(course, room, run):
    code, told = run("import-submissions", "none.zip")
    assert code == 1 and "none.zip cannot be read" in told
    file = packed(room / "c.zip", ("lovelaceada_4711_801_other.ipynb", NOTEBOOK))
    code, told = run("import-submissions", file)
    assert code == 1 and "Say --assignment NAME" in told
    code, told = run("import-submissions", file, "--timezone", "Mars")
    assert code == 1 and "'Mars' is no time zone" in told
    empty = packed(room / "e.zip", ("notes.txt", b"hi"))
    code, told = run("import-submissions", empty, "--assignment", "01")
    assert code == 1 and "There is no submission to '01-ripples'" in told


def test_without_a_roster(course, run):
    code, told = run("import-submissions", packed(course / "c.zip", ("a_1_2_b.ipynb", b"")))
    assert code == 1 and "Import the roster first" in told


def test_times_are_utc():
    info = zipfile.ZipInfo("a", (2026, 7, 1, 12, 0, 0))
    berlin = downloads._zone("Europe/Berlin")
    assert downloads._when(info, berlin) == dt.datetime(2026, 7, 1, 10, tzinfo=dt.UTC)
    assert downloads._when(zipfile.ZipInfo("a", (1980, 1, 1, 0, 0, 0)), berlin) is None
