"""Helpers of these tests: the small course, grading it, and what a student does."""

import os
from pathlib import Path

from traitlets.config import Config

from grading.course import Course
from grading.engine.classroom import Classroom, Options
from grading.engine.cluster import close_stations
from grading.instructor.here import Here

SOURCE = Path(__file__).parents[1] / "builder" / "course"
NAME = "01-ripples"
SIZE = 14


def grade(course, *students, force=False):
    options = Options(students=list(students), workers=1, confined=False, force=force)
    room = Classroom(course.directory(), course.config, NAME, options)
    try:
        return {row.student: row for row in room.grade(lambda row, total: None)}
    finally:
        close_stations()


def opened(root):
    """Return a course folder as the commands see it."""
    course = Course(root)
    return Here(course.directory(), course.config)


class Pupil:
    """What a student does in nbgrader's exchange, in a folder of their own."""

    def __init__(self, folder, exchange, cache):
        self.folder = folder
        folder.mkdir()
        self.config = Config(
            {
                "Exchange": {"root": str(exchange), "cache": str(cache)},
                "CourseDirectory": {"course_id": "sputnik-moments"},
            }
        )

    def does(self, step):
        from nbgrader.auth import Authenticator
        from nbgrader.coursedir import CourseDirectory

        coursedir = CourseDirectory(config=self.config, assignment_id=NAME)
        here = os.getcwd()
        os.chdir(self.folder)
        try:
            step(coursedir=coursedir, authenticator=Authenticator(), config=self.config).start()
        finally:
            os.chdir(here)
