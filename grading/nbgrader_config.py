"""nbgrader's configuration for this course; read by every nbgrader command and by Formgrader.

nbgrader looks for a file of this name in the folder it is started from. The one in the repository
root loads this one.
"""

from pathlib import Path

import nbgrader.server_extensions.formgrader

import grading.preprocessors as ours

c = get_config()  # noqa: F821 - given by the loader

c.CourseDirectory.course_id = "sputnik-moments"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons/en"

# These never leave solutions/: not for the student edition, and not for the folder in which a
# submission runs. The wide patterns also catch the copies that editors leave behind.
c.CourseDirectory.ignore = [
    ".*",
    "__pycache__",
    "*.pyc",
    "*.md*",
    "answers*",
    "*~",
    "*.bak",
    "*.orig",
    "feedback",
]

c.GenerateAssignment.preprocessors.prepend([ours.DropInstructorCells])
c.ClearSolutions.code_stub = {"python": "# Write your answer here"}
c.ClearSolutions.text_stub = ""
c.ClearSolutions.begin_solution_delimeter = "BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "END SOLUTION"
c.ClearHiddenTests.begin_test_delimeter = "BEGIN HIDDEN TESTS"
c.ClearHiddenTests.end_test_delimeter = "END HIDDEN TESTS"

# Lessons answer in milliseconds; the limits are for endless loops and for slow machines.
c.Execute.timeout = 60
c.Execute.startup_timeout = 180
c.Execute.iopub_timeout = 30
# Kernels listen on this machine only; without this each one warns that it does not encrypt.
c.Execute.extra_arguments = ["--log-level=ERROR"]

c.GenerateFeedback.preprocessors.prepend([ours.HideTests])
theirs = Path(nbgrader.server_extensions.formgrader.__file__).with_name("templates")
c.HTMLExporter.extra_template_basedirs = [str(Path(__file__).with_name("templates")), str(theirs)]
# Our template of Formgrader's page extends nbgrader's, which has the same name.
c.HTMLExporter.extra_template_paths = [str(theirs)]
c.HTMLExporter.preprocessors = [
    "grading.instructor.harmless.HarmlessMarkdown",
    "grading.instructor.rubrics.ShowRubrics",
]
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {"clean_html": "grading.feedback_html.clean_html"}
c.HTMLExporter.exclude_anchor_links = True
# Without a kernel a widget's live view is empty; its picture and readout are not.
c.WidgetsDataTypeFilter.display_data_priority = [
    "text/html",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/markdown",
    "text/latex",
    "text/plain",
]
