"""The web edition: every lesson as a page, executed, with its answers folded away.

``pages`` writes what Sphinx reads, ``conf`` is Sphinx's configuration, ``mathml`` sets formulas so
that a browser needs no script for them, and ``__main__`` is the command behind ``make site``.
"""
