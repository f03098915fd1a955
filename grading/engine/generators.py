"""Random generators that a test passes to a student's function: their state crosses, and back.

``simulate(np.random.default_rng(1), 5)`` means *that* generator. So each side has one of its own,
and with every message the state of those that have moved: each goes on from where the other is.
"""

from __future__ import annotations

import math
import random
import sys
from typing import Any

_BITS = ("PCG64", "PCG64DXSM", "MT19937")


class Shared:
    """The generators that both sides have, by number, with the last state that both know."""

    def __init__(self) -> None:
        self.all: dict[str, Any] = {}
        self.known: dict[str, dict] = {}

    def add(self, number: int, value: Any) -> None:
        """Share ``value`` from now on; the other side is told its state when it gets the number."""
        if str(number) not in self.all:
            self.all[str(number)], self.known[str(number)] = value, state(value)

    def moved(self) -> dict[str, dict]:
        """Return the states that the other side does not know yet."""
        now = {name: state(value) for name, value in self.all.items()}
        found = {name: one for name, one in now.items() if one != self.known[name]}
        self.known.update(found)
        return found

    def follow(self, moved: Any) -> None:
        """Move the generators on to where they are on the other side.

        Raises :class:`ValueError` if that is no place for them.
        """
        try:
            for name, told in moved.items():
                restore(self.all[name], told)
                self.known[name] = state(self.all[name])
        except Exception as error:
            raise ValueError(f"the state of a generator that is none: {error}") from None


def state(value: Any) -> dict | None:
    """Return the state of a generator of ``random`` or NumPy as JSON, None for anything else."""
    if type(value) is random.Random:
        version, numbers, spare = value.getstate()
        return {"generator": "Random", "state": [version, list(numbers), spare]}
    numpy = sys.modules.get("numpy")
    if numpy and type(value) is numpy.random.RandomState:
        return {"generator": "RandomState", "state": _plain(value.get_state(legacy=False))}
    if numpy and type(value) is numpy.random.Generator:
        bits = value.bit_generator
        if type(bits).__name__ in _BITS:
            return {"generator": type(bits).__name__, "state": _plain(bits.state)}
    return None


def build(told: dict) -> Any:
    """Return a new generator in the state that :func:`state` has told."""
    if told["generator"] == "Random":
        made: Any = random.Random()
    else:
        from numpy import random as of_numpy

        kind = getattr(of_numpy, told["generator"])
        made = kind() if told["generator"] == "RandomState" else of_numpy.Generator(kind())
    restore(made, told)
    return made


def restore(value: Any, told: Any) -> None:
    """Put a generator into a state.

    Raises :class:`ValueError`, :class:`TypeError` or :class:`KeyError` for what is no state of its
    kind. NumPy itself takes positions outside its memory, so every part is looked at here.
    """
    inside = told["state"]
    if told["generator"] != state(value)["generator"]:
        raise ValueError("another kind of generator")
    if type(value) is random.Random:
        version, (*key, position), spare = inside
        _require(version == 3 and _is_twister(key, position) and _is_spare(spare))
        value.setstate((version, (*key, position), spare))
        return
    within = inside["state"]
    if told["generator"] in ("RandomState", "MT19937"):
        _require(_is_twister(within["key"], within["pos"]))
    else:
        _require(_is_int(within["state"], 128) and _is_int(within["inc"], 128))
        _require(within["inc"] % 2 == 1)
        _require(_is_int(inside["has_uint32"], 1) and _is_int(inside["uinteger"], 32))
    if told["generator"] == "RandomState":
        _require(inside["bit_generator"] == "MT19937")
        _require(_is_int(inside["has_gauss"], 1) and _is_spare(inside["gauss"]))
        value.set_state(inside)
    else:
        value.bit_generator.state = inside


def _require(fine: bool) -> None:
    if not fine:
        raise ValueError("a state that is none")


def _is_int(number: Any, bits: int) -> bool:
    return type(number) is int and 0 <= number < 2**bits


def _is_twister(key: Any, position: Any) -> bool:
    """Say whether this is a state of the Mersenne Twister; one of zeros never leaves zero."""
    fine = isinstance(key, list) and len(key) == 624 and all(_is_int(one, 32) for one in key)
    return fine and any(key[1:]) and type(position) is int and 0 <= position <= 624


def _is_spare(number: Any) -> bool:
    return number is None or (type(number) is float and math.isfinite(number))


def _plain(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _plain(one) for key, one in part.items()}
    return part.tolist() if hasattr(part, "tolist") else part
