# `nbgrader` and Formgrader look for this file in the folder they are started from.
load_subconfig("grading/nbgrader_config.py")  # noqa: F821 - given by the loader
