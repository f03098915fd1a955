"""Grade a course in a process of its own, so that a test can kill it."""

import sys
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grading.engine.classroom import Classroom, Options

root = Path(sys.argv[1])
config = Config({"Execute": {"timeout": 2}})
coursedir = CourseDirectory(config=config, root=str(root), course_id="test")
room = Classroom(coursedir, config, "ps", Options(workers=1))
print("ready", flush=True)
room.grade(lambda row, total: print(row.student, flush=True))
