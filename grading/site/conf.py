"""Sphinx's configuration of the web edition; everything comes from PyPI, nothing from the web."""

from pathlib import Path

project = "Sputnik Moments"
author = "The Sputnik Moments authors"
copyright = "The Sputnik Moments authors; text and figures CC BY 4.0, code MIT"
language = "en"

extensions = ["myst_nb", "grading.site.mathml"]
exclude_patterns = ["notebooks"]
myst_enable_extensions = ["attrs_inline", "dollarmath"]
myst_heading_anchors = 3
html_math_renderer = "mathml"

# The pages are executed before Sphinx sees them, so that a failing cell stops the command.
nb_execution_mode = "off"
nb_merge_streams = True

html_theme = "furo"
html_title = "Sputnik Moments"
html_static_path = [str(Path(__file__).with_name("static"))]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_use_index = False  # the glossary is the index
