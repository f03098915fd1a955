"""Hostile submissions: what each tries, the marks it must get, what must not happen.

Every module of this package has a list ``ATTACKS``. All of them hand in the same assignment (see
``vault.py``) and answer it wrongly; a mark above 0 is an undeserved mark unless the attack says so.
"""
