"""Check yourself: all tests of a lesson, on a learner's own notebook, without a class.

``process`` runs one notebook, with ``run``, and writes down what happens; ``check`` starts that
process, watches it and makes the results of it; ``__main__`` is the command. Nothing here
needs more than a student has installed, apart from ``solutions/``, where the tests are written.
"""
