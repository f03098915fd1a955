"""Stand-ins, on the examiner's side, for objects that stay in the student's process.

A handle never computes with what the test expects. ``answer == 5`` on an object of the student's
own making would let that object decide, so it is refused; the test gets data, or an error. Where
the exercise is a class (the course's own answer defines one under that name), objects that the test
makes with it, as in ``Account(100)``, may be compared and computed with; what such an object holds
or returns (``account.balance``), and what comes of computing, is compared only with other objects.
"""

from __future__ import annotations

from typing import Any, Protocol

from grading.engine.values import CannotCross


class Peer(Protocol):
    """What a handle needs from the examiner's connection to the student's process."""

    def call(self, on: Handle, arguments: tuple, named: dict) -> Any:
        """Call the object."""

    def attribute(self, on: Handle, name: str) -> Any:
        """Fetch an attribute."""

    def set_attribute(self, on: Handle, name: str, value: Any) -> None:
        """Set an attribute."""

    def builtin(self, name: str, *arguments: Any) -> Any:
        """Apply a function of the language."""

    def operator(self, name: str, *arguments: Any) -> Any:
        """Apply an operator."""

    def leave(self, on: Handle, error: BaseException | None) -> Any:
        """Leave a block that the object manages."""


class NotData(TypeError):
    """A test compares, or computes with, an object that is not plain data."""


#: What a stand-in has itself; a copy of one, half made, has not.
_LOCAL = frozenset(("_peer", "_tree", "_standing"))

#: How an object has come to the test: as an answer or from one; from an object or a class that is
#: the exercise, or by computing with one; made by calling that class; the class itself.
FOUND, PART, MADE, MAKER = "found", "part", "made", "maker"

#: Methods of texts, sets, arrays and tables that compare with what a test expects. The real ones
#: are data; an object that has them and is none would decide for itself.
_VERDICTS = frozenset(
    (
        *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__", "equals"),
        *("eq", "ne", "lt", "le", "gt", "ge", "isin", "issubset", "issuperset", "isdisjoint"),
        *("startswith", "endswith", "compare"),
    )
)


class Handle:
    """An object in the student's process.

    Parameters
    ----------
    peer
        The connection.
    tree
        What the student's side says about the object: number, kind, names.
    standing
        How the object has come to the test: ``FOUND``, ``PART``, ``MADE`` or ``MAKER``.
    """

    __array_ufunc__ = None

    def __init__(self, peer: Peer, tree: dict, standing: str = FOUND) -> None:
        put = object.__setattr__
        put(self, "_peer", peer)
        put(self, "_tree", tree)
        put(self, "_standing", standing)
        put(self, "__name__", tree["name"])
        put(self, "__qualname__", tree["name"])
        put(self, "__module__", tree["module"])
        # Examples in it would be run here by `doctest`.
        put(self, "__doc__", (tree.get("doc") or "").replace(">>>", ">> >") or None)

    def __getattr__(self, name: str) -> Any:
        if name in _LOCAL:
            raise AttributeError(name)
        if name.startswith("__array") or name.startswith("_repr_") or name.startswith("_ipython"):
            raise AttributeError(name)
        if name in ("__signature__", "__text_signature__", "__len__", "__iter__", "__globals__"):
            raise AttributeError(name)
        if name in _VERDICTS and self._standing in (FOUND, PART):
            raise self._refuse("compare")
        __tracebackhide__ = True
        return self._peer.attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._peer.set_attribute(self, name, value)

    @property
    def __dict__(self) -> Any:
        return self._peer.attribute(self, "__dict__")

    def __dir__(self) -> list[str]:
        return self._peer.builtin("dir", self)

    def __hash__(self) -> int:
        return hash(("handle", self._tree["n"]))

    def __format__(self, how: str) -> str:
        return str(self._peer.builtin("format", self, how))

    def __reversed__(self) -> Any:
        return iter(self._peer.builtin("reversed", self))

    def __bool__(self) -> bool:
        return self._peer.builtin("bool", self) is True

    def __str__(self) -> str:
        return str(self._peer.builtin("str", self))

    def __repr__(self) -> str:
        return str(self._peer.builtin("repr", self))

    def __float__(self) -> float:
        return float(self._peer.builtin("float", self))

    def __int__(self) -> int:
        return int(self._peer.builtin("int", self))

    def __getitem__(self, key: Any) -> Any:
        return self._peer.operator("getitem", self, key)

    def __iter__(self) -> Any:
        iterator = self._peer.builtin("iter", self)
        return iterator if isinstance(iterator, Handle) else iter(iterator)

    def __next__(self) -> Any:
        return self._peer.builtin("next", self)

    def __len__(self) -> int:
        return self._peer.builtin("len", self)

    def __await__(self) -> Any:
        yield from ()
        return self._peer.builtin("await", self)

    def __enter__(self) -> Any:
        return self._peer.builtin("enter", self)

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        taken = self._peer.leave(self, error) is True
        # That a test has failed is not for the student's code to take.
        own = isinstance(error, AssertionError | NotData | CannotCross)
        return taken and isinstance(error, Exception) and not own

    def __instancecheck__(self, instance: Any) -> bool:
        try:
            return self._peer.builtin("isinstance", instance, self) is True
        except CannotCross:
            return False

    def __subclasscheck__(self, kind: Any) -> bool:
        return isinstance(kind, Handle) and self._peer.builtin("issubclass", kind, self) is True

    def _refuse(self, what: str) -> NotData:
        kind = self._tree["type"]
        return NotData(
            f"The answer is an object of the type '{kind}', which is not plain data: a test cannot "
            f"{what} it. Give a number, text, container, array or table."
        )


class Callable(Handle):
    """A function, a method or another thing to call; never equal to data."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it in the student's process; the arguments cross as data."""
        __tracebackhide__ = True
        return self._peer.call(self, arguments, named)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handle) and other._tree["n"] == self._tree["n"]

    __hash__ = Handle.__hash__


class Instance(Handle):
    """An object with operators of its own, which count only when the test made the object."""

    def __hash__(self) -> int:
        if self._standing == FOUND:
            return super().__hash__()
        return self._peer.builtin("hash", self)

    def __round__(self, *digits: Any) -> Any:
        return self._peer.builtin("round", self, *digits)


class CallableInstance(Instance):
    """An object that can be called and has operators of its own."""

    __call__ = Callable.__call__


_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge", "contains")


def _binary(name: str, swapped: bool) -> Any:
    compares = name in _COMPARISONS

    def method(self: Instance, other: Any) -> Any:
        __tracebackhide__ = True
        among_objects = isinstance(other, Handle)
        if self._standing == FOUND or (self._standing == PART and compares and not among_objects):
            raise self._refuse("compare" if compares else "compute with")
        pair = (other, self) if swapped else (self, other)
        result = self._peer.operator(name, *pair)
        if self._standing == PART and not among_objects and not isinstance(result, Handle):
            # An object that is not the test's own could compute what the test will compare.
            raise self._refuse("compute with")
        same = isinstance(result, Handle) and result._tree["n"] == self._tree["n"]
        return self if same and name.startswith("i") else result

    return method


def _unary(name: str) -> Any:
    def method(self: Instance) -> Any:
        __tracebackhide__ = True
        if self._standing == FOUND:
            raise self._refuse("compute with")
        return self._peer.operator(name, self)

    return method


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_",
              "xor", "lshift", "rshift"):  # fmt: skip
    _plain = _name.rstrip("_")
    setattr(Instance, f"__{_plain}__", _binary(_name, False))
    setattr(Instance, f"__r{_plain}__", _binary(_name, True))
    setattr(Instance, f"__i{_plain}__", _binary(f"i{_plain}", False))
for _name in _COMPARISONS:
    setattr(Instance, f"__{_name}__", _binary(_name, False))
for _name in ("neg", "pos", "abs", "invert"):
    setattr(Instance, f"__{_name}__", _unary(_name))


def _set_item(self: Instance, key: Any, value: Any) -> None:
    self._peer.operator("setitem", self, key, value)


def _delete_item(self: Instance, key: Any) -> None:
    self._peer.operator("delitem", self, key)


Instance.__setitem__ = _set_item
Instance.__delitem__ = _delete_item
