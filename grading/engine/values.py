"""Values as data: what may cross between the student's process and the examiner's.

``Encoder`` turns a value into a JSON tree plus one run of bytes; ``Decoder`` builds it anew on the
other side. Numbers, text, containers, dates, NumPy arrays and pandas objects cross as data. All
else crosses as a *handle*: a number under which its owner keeps the object. Nothing is pickled,
and a decoder never imports a module, looks up an attribute or calls a constructor that the other
side has named: each kind has its own reader below.

Only exact types count as data. An instance of a subclass of ``float`` is an object with ideas of
its own about equality, so it becomes a handle.
"""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import fractions
import sys
from collections.abc import Callable
from typing import Any

#: Deepest nesting and largest number of nodes of one value.
MOST_DEPTH = 60
MOST_NODES = 2_000_000

_ARRAY_KINDS = "biufcmMUS"


class CannotCross(TypeError):
    """The value cannot be sent as data, and the other side has no use for a handle."""


class BadValue(Exception):
    """The other side sent something that is not a value."""


Blob = bytearray


def data_types() -> tuple[type, ...]:
    """Return the classes whose objects are data, and so are those of the classes below them."""
    found = [*_PLAIN, str, bool, type(None), BaseException, type]
    if "numpy" in sys.modules:
        numpy = sys.modules["numpy"]
        found += [numpy.ndarray, numpy.generic, numpy.dtype]
    if "pandas" in sys.modules:
        pandas = sys.modules["pandas"]
        found += [pandas.DataFrame, pandas.Series, pandas.Index, pandas.Period]
        found += [pandas.api.extensions.ExtensionArray]
    return tuple(found)


class Encoder:
    """Write values as JSON with one run of bytes beside it.

    Parameters
    ----------
    handle
        Called with an object that is not data; returns the JSON for a handle, or raises
        :class:`CannotCross`.
    """

    def __init__(self, handle: Callable[[Any], dict]) -> None:
        self.handle = handle
        self.blob = Blob()
        self.nodes = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        """Return the JSON tree for ``value``; its bytes are appended to ``self.blob``."""
        self.nodes += 1
        if depth > MOST_DEPTH or self.nodes > MOST_NODES:
            raise CannotCross("the value is nested too deeply or has too many parts")
        kind = type(value)
        if value is None or kind is bool:
            return value
        writer = _PLAIN.get(kind)
        if writer is not None:
            return writer(self, value, depth)
        module = getattr(kind, "__module__", "")
        if not isinstance(module, str):
            return self.handle(value)
        if module == "numpy" and "numpy" in sys.modules:
            written = _write_numpy(self, value, depth)
        elif module.startswith("pandas.") or module == "pandas":
            written = _write_pandas(self, value, depth)
        elif kind.__bases__ == (tuple,):
            written = _write_named(self, value, depth)
        else:
            written = None
        return self.handle(value) if written is None else written

    def bytes(self, data: bytes) -> list[int]:
        """Append ``data`` to the run of bytes; return where it lies."""
        place = [len(self.blob), len(data)]
        self.blob += data
        return place

    def all(self, values: Any, depth: int) -> list:
        """Encode every member of ``values``."""
        return [self.encode(one, depth + 1) for one in values]


def _int(enc: Encoder, value: int, depth: int) -> Any:
    if -(2**53) < value < 2**53:
        return value
    if value.bit_length() > 10_000_000:
        raise CannotCross("an integer with more than three million digits")
    return {"$": "int", "v": hex(value)}


def _float(enc: Encoder, value: float, depth: int) -> Any:
    if value - value == 0.0:
        return value
    return {"$": "float", "v": repr(value)}


_PLAIN: dict[type, Callable[[Encoder, Any, int], Any]] = {
    int: _int,
    float: _float,
    str: lambda enc, value, depth: value,
    bytes: lambda enc, value, depth: {"$": "bytes", "b": enc.bytes(value)},
    bytearray: lambda enc, value, depth: {"$": "bytearray", "b": enc.bytes(bytes(value))},
    complex: lambda enc, value, depth: {
        "$": "complex",
        "v": [_float(enc, value.real, depth), _float(enc, value.imag, depth)],
    },
    list: lambda enc, value, depth: enc.all(value, depth),
    tuple: lambda enc, value, depth: {"$": "tuple", "v": enc.all(value, depth)},
    set: lambda enc, value, depth: {"$": "set", "v": enc.all(value, depth)},
    frozenset: lambda enc, value, depth: {"$": "frozenset", "v": enc.all(value, depth)},
    dict: lambda enc, value, depth: _dictionary(enc, value, depth, "dict"),
    range: lambda enc, value, depth: {
        "$": "range",
        "v": [_int(enc, n, depth) for n in (value.start, value.stop, value.step)],
    },
    slice: lambda enc, value, depth: {
        "$": "slice",
        "v": enc.all((value.start, value.stop, value.step), depth),
    },
    type(...): lambda enc, value, depth: {"$": "..."},
    type(NotImplemented): lambda enc, value, depth: {"$": "NotImplemented"},
    dt.date: lambda enc, value, depth: {"$": "date", "v": value.isoformat()},
    dt.datetime: lambda enc, value, depth: _datetime(enc, value),
    dt.time: lambda enc, value, depth: (
        enc.handle(value) if value.tzinfo else {"$": "time", "v": value.isoformat()}
    ),
    dt.timedelta: lambda enc, value, depth: {
        "$": "timedelta",
        "v": [value.days, value.seconds, value.microseconds],
    },
    decimal.Decimal: lambda enc, value, depth: {"$": "decimal", "v": str(value)},
    fractions.Fraction: lambda enc, value, depth: {
        "$": "fraction",
        "v": [_int(enc, value.numerator, depth), _int(enc, value.denominator, depth)],
    },
    collections.deque: lambda enc, value, depth: {
        "$": "deque",
        "v": enc.all(value, depth),
        "m": value.maxlen,
    },
    collections.Counter: lambda enc, value, depth: _dictionary(enc, value, depth, "Counter"),
    collections.OrderedDict: lambda enc, value, depth: _dictionary(
        enc, value, depth, "OrderedDict"
    ),
    collections.defaultdict: lambda enc, value, depth: _defaultdict(enc, value, depth),
    type({}.keys()): lambda enc, value, depth: {"$": "keys", "v": enc.all(value, depth)},
    type({}.values()): lambda enc, value, depth: {"$": "values", "v": enc.all(value, depth)},
    type({}.items()): lambda enc, value, depth: {"$": "items", "v": enc.all(value, depth)},
}

#: The classes of the language that are the same on both sides; a ``defaultdict`` that makes its
#: values with one of them is data.
CLASSES = {one.__name__: one for one in (int, float, str, list, dict, set, tuple, bool)}


def _dictionary(enc: Encoder, value: dict, depth: int, kind: str) -> dict:
    pairs = [[enc.encode(k, depth + 1), enc.encode(v, depth + 1)] for k, v in value.items()]
    return {"$": kind, "v": pairs}


def _defaultdict(enc: Encoder, value: collections.defaultdict, depth: int) -> Any:
    factory = value.default_factory
    name = getattr(factory, "__name__", None)
    if factory is not None and CLASSES.get(name) is not factory:
        return enc.handle(value)
    return {**_dictionary(enc, value, depth, "defaultdict"), "f": name}


#: The classes of named tuples that have crossed, by name and fields.
_NAMED: dict[tuple[str, tuple[str, ...]], type] = {}
_OF_NAMED = set(vars(collections.namedtuple("Sample", ""))) | {"__annotations__", "__orig_bases__"}


def _write_named(enc: Encoder, value: tuple, depth: int) -> Any:
    """Write a named tuple; one with methods of its own is no plain data."""
    kind = type(value)
    fields = vars(kind).get("_fields")
    if type(fields) is not tuple or set(vars(kind)) - _OF_NAMED - set(fields):
        return None
    _NAMED[kind.__name__, fields] = kind
    return {"$": "namedtuple", "n": kind.__name__, "f": list(fields), "v": enc.all(value, depth)}


def _read_named(dec: Decoder, tree: dict, depth: int) -> Any:
    name, fields = tree["n"], tuple(tree["f"])
    if (name, fields) not in _NAMED:
        if len(fields) > 1_000 or len(_NAMED) > 10_000:
            raise BadValue("a named tuple with too many fields, or too many of them")
        _NAMED[name, fields] = collections.namedtuple(name, fields, module="__main__")
    return _NAMED[name, fields](*dec.all(tree["v"], depth))


def _datetime(enc: Encoder, value: dt.datetime) -> Any:
    if value.tzinfo is not None and type(value.tzinfo) is not dt.timezone:
        return enc.handle(value)
    return {"$": "datetime", "v": value.isoformat(), "fold": value.fold}


def _write_numpy(enc: Encoder, value: Any, depth: int) -> Any:
    import numpy as np

    if type(value) is np.ndarray:
        if value.dtype.kind in _ARRAY_KINDS:
            data = np.ascontiguousarray(value).tobytes()
            return {
                "$": "array",
                "d": value.dtype.str,
                "s": list(value.shape),
                "b": enc.bytes(data),
            }
        if value.dtype.kind == "O":
            items = enc.all(value.ravel().tolist(), depth)
            return {"$": "objects", "s": list(value.shape), "v": items}
        return None
    if isinstance(value, np.generic) and type(value) in _numpy_scalars():
        return {"$": "scalar", "d": value.dtype.str, "b": enc.bytes(value.tobytes())}
    if type(value) is np.dtype and value.kind in _ARRAY_KINDS + "O":
        return {"$": "dtype", "v": value.str if value.kind != "O" else "O"}
    return None


def _numpy_scalars() -> set[type]:
    import numpy as np

    # The exact scalar types of NumPy: a student's subclass of np.float64 is not one of them.
    return {np.dtype(code).type for code in np.typecodes["All"] if code not in "OV"}


def _write_pandas(enc: Encoder, value: Any, depth: int) -> Any:
    import pandas as pd

    if value is pd.NaT:
        return {"$": "NaT"}
    if value is pd.NA:
        return {"$": "NA"}
    kind = type(value)
    if kind is pd.Timestamp:
        zone = None if value.tzinfo is None else str(value.tzinfo)
        naive = value if zone is None else value.tz_convert("UTC").tz_localize(None)
        return {"$": "Timestamp", "v": int(naive.asm8.astype("i8")), "u": value.unit, "z": zone}
    if kind is pd.Timedelta:
        return {"$": "Timedelta", "v": int(value.asm8.astype("i8")), "u": value.unit}
    if kind is pd.Period:
        return {"$": "Period", "v": int(value.ordinal), "f": value.freqstr}
    if kind is pd.DataFrame:
        columns = [_column(enc, value.iloc[:, i].array, depth) for i in range(value.shape[1])]
        head = _write_pandas(enc, value.columns, depth)
        index = _write_pandas(enc, value.index, depth)
        if None in (head, index) or None in columns:
            return None
        return {"$": "DataFrame", "c": columns, "h": head, "i": index}
    if kind is pd.Series:
        column, index = _column(enc, value.array, depth), _write_pandas(enc, value.index, depth)
        if column is None or index is None:
            return None
        return {"$": "Series", "c": column, "i": index, "n": enc.encode(value.name, depth + 1)}
    if kind is pd.RangeIndex:
        return {
            "$": "RangeIndex",
            "v": [value.start, value.stop, value.step],
            "n": enc.encode(value.name, depth + 1),
        }
    if kind is pd.MultiIndex:
        levels = [_write_pandas(enc, level, depth) for level in value.levels]
        codes = [enc.encode(code.astype("i8"), depth) for code in map(_array, value.codes)]
        names = enc.all(value.names, depth)
        return None if None in levels else {"$": "MultiIndex", "l": levels, "c": codes, "n": names}
    if kind is pd.Interval:
        ends = enc.all((value.left, value.right), depth)
        return {"$": "Interval", "v": ends, "c": value.closed}
    if kind in (
        *(pd.Index, pd.DatetimeIndex, pd.TimedeltaIndex, pd.CategoricalIndex, pd.PeriodIndex),
        pd.IntervalIndex,
    ):
        column = _column(enc, value.array, depth)
        freq = value.freqstr if kind in (pd.DatetimeIndex, pd.TimedeltaIndex) else None
        return column and {
            "$": "Index",
            "c": column,
            "n": enc.encode(value.name, depth + 1),
            "f": freq,
        }
    if isinstance(value, pd.api.extensions.ExtensionArray):
        column = _column(enc, value, depth)
        return column and {"$": "pdarray", "c": column}
    return None


def _wraps_numpy(array: Any) -> bool:
    return type(array).__name__ in ("NumpyExtensionArray", "PandasArray")


def _array(codes: Any) -> Any:
    import numpy as np

    return np.asarray(codes)


def _column(enc: Encoder, array: Any, depth: int) -> Any:
    """Write one pandas array, or return None where it has no plain form."""
    import numpy as np
    import pandas as pd

    # pandas wraps plain NumPy columns in an array type of its own.
    dtype = getattr(array.dtype, "numpy_dtype", None) if _wraps_numpy(array) else array.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "biufcOmM":
        return {"k": "np", "v": enc.encode(np.asarray(array), depth)}
    if isinstance(dtype, pd.DatetimeTZDtype):
        stamps = array.tz_convert("UTC").tz_localize(None).to_numpy()
        return {"k": "tz", "v": enc.encode(np.asarray(stamps), depth), "z": str(dtype.tz)}
    if isinstance(dtype, pd.StringDtype):
        missing = array.isna()
        values = [None if gone else str(one) for one, gone in zip(array, missing, strict=True)]
        nan = dtype.na_value is not pd.NA
        return {"k": "str", "v": values, "nan": nan}
    if isinstance(dtype, pd.CategoricalDtype):
        categories = _write_pandas(enc, dtype.categories, depth)
        codes = enc.encode(np.asarray(array.codes).astype("i8"), depth)
        return categories and {"k": "cat", "v": codes, "c": categories, "o": bool(dtype.ordered)}
    if isinstance(dtype, pd.PeriodDtype):
        ordinals = enc.encode(np.asarray(array.asi8), depth)
        return {"k": "period", "v": ordinals, "f": str(dtype)[len("period[") : -1]}
    if isinstance(dtype, pd.IntervalDtype):
        ends = [_write_pandas(enc, one, depth) for one in (array.left, array.right)]
        return None if None in ends else {"k": "interval", "v": ends, "c": dtype.closed}
    name = str(dtype)
    if name in _MASKED:
        missing = np.asarray(array.isna())
        filled = array.to_numpy(dtype=_MASKED[name], na_value=0)
        return {
            "k": "masked",
            "d": name,
            "v": enc.encode(filled, depth),
            "m": enc.encode(missing, depth),
        }
    return None


_MASKED = {
    **{f"{sign}Int{size}".replace("UInt", "UInt"): f"{low}int{size}"
       for sign, low in (("", ""), ("U", "u")) for size in (8, 16, 32, 64)},
    "Float32": "float32",
    "Float64": "float64",
    "boolean": "bool",
}  # fmt: skip


class Decoder:
    """Build values from what an :class:`Encoder` wrote; the writer is not trusted.

    Parameters
    ----------
    blob
        The run of bytes that came with the JSON.
    handle
        Called with the JSON of a handle; returns the object that stands for it.
    """

    def __init__(self, blob: bytes, handle: Callable[[dict], Any]) -> None:
        self.blob = blob
        self.handle = handle
        self.nodes = 0

    def decode(self, tree: Any, depth: int = 0) -> Any:
        """Return the value; raise :class:`BadValue` for anything that is not one."""
        self.nodes += 1
        if depth > MOST_DEPTH or self.nodes > MOST_NODES:
            raise BadValue("a value that is nested too deeply or has too many parts")
        if tree is None or isinstance(tree, bool | int | float | str):
            return tree
        if isinstance(tree, list):
            return [self.decode(one, depth + 1) for one in tree]
        if not isinstance(tree, dict):
            raise BadValue("not a value")
        reader = _READERS.get(tree.get("$")) if isinstance(tree.get("$"), str) else None
        if reader is None:
            raise BadValue("a value of an unknown kind")
        try:
            return reader(self, tree, depth)
        except (BadValue, CannotCross):
            raise
        except Exception as error:
            raise BadValue(f"a broken {tree['$']}: {type(error).__name__}") from None

    def bytes(self, place: Any) -> bytes:
        """Return the bytes at ``place``, which must lie inside what was sent."""
        start, length = place
        if not (type(start) is int and type(length) is int):
            raise BadValue("a place in the bytes that is not a pair of integers")
        if start < 0 or length < 0 or start + length > len(self.blob):
            raise BadValue("a value that points outside the bytes that were sent")
        return self.blob[start : start + length]

    def all(self, trees: Any, depth: int) -> list:
        """Decode a JSON list."""
        if not isinstance(trees, list):
            raise BadValue("a list is expected")
        return [self.decode(one, depth + 1) for one in trees]

    def typed(self, tree: Any, kind: type, depth: int) -> Any:
        """Decode ``tree`` and insist on its type."""
        value = self.decode(tree, depth + 1)
        if type(value) is not kind:
            raise BadValue(f"a {kind.__name__} is expected")
        return value


def _pairs(dec: Decoder, tree: dict, depth: int) -> list[tuple]:
    return [(dec.decode(k, depth + 1), dec.decode(v, depth + 1)) for k, v in tree["v"]]


def _shape(tree: dict) -> tuple[int, ...]:
    shape = tuple(tree["s"])
    if len(shape) > 32 or any(type(n) is not int or n < 0 for n in shape):
        raise BadValue("a shape that is none")
    return shape


def _dtype(text: Any) -> Any:
    import numpy as np

    if not isinstance(text, str) or len(text) > 20:
        raise BadValue("a dtype that is none")
    dtype = np.dtype(text)
    if dtype.kind not in _ARRAY_KINDS or dtype.fields is not None:
        raise BadValue("a dtype that cannot cross")
    return dtype


def _read_array(dec: Decoder, tree: dict, depth: int) -> Any:
    import numpy as np

    return np.frombuffer(dec.bytes(tree["b"]), dtype=_dtype(tree["d"])).reshape(_shape(tree)).copy()


def _read_objects(dec: Decoder, tree: dict, depth: int) -> Any:
    import numpy as np

    values, shape = dec.all(tree["v"], depth), _shape(tree)
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out.reshape(shape)


def _read_index(dec: Decoder, tree: dict, depth: int) -> Any:
    import pandas as pd

    index = pd.Index(_read_column(dec, tree["c"], depth), name=dec.decode(tree["n"], depth + 1))
    if tree.get("f") and isinstance(tree["f"], str) and len(tree["f"]) < 20:
        index.freq = tree["f"]
    return index


def _kind(tree: Any, *kinds: str) -> dict:
    if not isinstance(tree, dict) or tree.get("$") not in kinds:
        raise BadValue("an index is expected")
    return tree


_INDEX = ("Index", "RangeIndex", "MultiIndex")


def _read_frame(dec: Decoder, tree: dict, depth: int) -> Any:
    import pandas as pd

    index = dec.decode(_kind(tree["i"], *_INDEX), depth + 1)
    head = dec.decode(_kind(tree["h"], *_INDEX), depth + 1)
    columns = [pd.Series(_read_column(dec, one, depth), index=index) for one in tree["c"]]
    if not columns:
        return pd.DataFrame(index=index, columns=head)
    frame = pd.concat(columns, axis=1) if len(columns) > 1 else columns[0].to_frame()
    frame.columns = head
    return frame


def _read_series(dec: Decoder, tree: dict, depth: int) -> Any:
    import pandas as pd

    index = dec.decode(_kind(tree["i"], *_INDEX), depth + 1)
    name = dec.decode(tree["n"], depth + 1)
    return pd.Series(_read_column(dec, tree["c"], depth), index=index, name=name)


def _read_multi(dec: Decoder, tree: dict, depth: int) -> Any:
    import pandas as pd

    levels = [dec.decode(_kind(one, *_INDEX), depth + 1) for one in tree["l"]]
    codes = dec.all(tree["c"], depth)
    return pd.MultiIndex(levels, codes, names=dec.all(tree["n"], depth), verify_integrity=True)


def _read_column(dec: Decoder, tree: Any, depth: int) -> Any:
    import numpy as np
    import pandas as pd

    kind = tree["k"]
    if kind == "str":
        if not all(one is None or isinstance(one, str) for one in tree["v"]):
            raise BadValue("text is expected")
        missing = np.nan if tree["nan"] else pd.NA
        return pd.array(tree["v"], dtype=pd.StringDtype(na_value=missing))
    if kind == "interval":
        ends = [dec.decode(_kind(one, *_INDEX), depth + 1) for one in tree["v"]]
        return pd.arrays.IntervalArray.from_arrays(*ends, closed=_short(tree["c"]))
    values = dec.decode(tree["v"], depth + 1)
    if not isinstance(values, np.ndarray) or values.ndim != 1:
        raise BadValue("a column is expected")
    if kind == "np":
        return values
    if kind == "tz":
        zone = _zone(tree["z"])
        return pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(zone).array
    if kind == "cat":
        categories = dec.decode(_kind(tree["c"], *_INDEX), depth + 1)
        return pd.Categorical.from_codes(values, categories, ordered=tree["o"] is True)
    if kind == "period":
        return pd.PeriodIndex.from_ordinals(values, freq=_short(tree["f"])).array
    if kind == "masked":
        missing = dec.decode(tree["m"], depth + 1)
        if tree["d"] not in _MASKED:
            raise BadValue("a dtype that cannot cross")
        array = pd.array(values, dtype=tree["d"])
        array[missing] = pd.NA
        return array
    raise BadValue("a column of an unknown kind")


def _short(text: Any) -> str:
    if not isinstance(text, str) or len(text) > 60:
        raise BadValue("a name is expected")
    return text


def _zone(text: Any) -> str:
    name = _short(text)
    # A zone is looked up as a file: nothing that could leave the folder of the zones.
    if ".." in name or name.startswith("/"):
        raise BadValue("a time zone is expected")
    return name


def _read_stamp(dec: Decoder, tree: dict, depth: int) -> Any:
    import numpy as np
    import pandas as pd

    if tree["u"] not in ("s", "ms", "us", "ns"):
        raise BadValue("a time unit is expected")
    stamp = pd.Timestamp(np.datetime64(int(tree["v"]), tree["u"]))
    return stamp if tree["z"] is None else stamp.tz_localize("UTC").tz_convert(_zone(tree["z"]))


def _read_delta(dec: Decoder, tree: dict, depth: int) -> Any:
    import numpy as np
    import pandas as pd

    if tree["u"] not in ("s", "ms", "us", "ns"):
        raise BadValue("a time unit is expected")
    return pd.Timedelta(np.timedelta64(int(tree["v"]), tree["u"]))


def _pandas() -> Any:
    import pandas as pd

    return pd


def _numpy() -> Any:
    import numpy as np

    return np


_READERS: dict[str, Callable[[Decoder, dict, int], Any]] = {
    "int": lambda dec, tree, depth: int(tree["v"], 16),
    "float": lambda dec, tree, depth: {
        "nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}[tree["v"]],
    "bytes": lambda dec, tree, depth: dec.bytes(tree["b"]),
    "bytearray": lambda dec, tree, depth: bytearray(dec.bytes(tree["b"])),
    "complex": lambda dec, tree, depth: complex(
        *(float(dec.decode(one, depth + 1)) for one in tree["v"])),
    "tuple": lambda dec, tree, depth: tuple(dec.all(tree["v"], depth)),
    "set": lambda dec, tree, depth: set(dec.all(tree["v"], depth)),
    "frozenset": lambda dec, tree, depth: frozenset(dec.all(tree["v"], depth)),
    "dict": lambda dec, tree, depth: dict(_pairs(dec, tree, depth)),
    "deque": lambda dec, tree, depth: collections.deque(dec.all(tree["v"], depth), tree["m"]),
    "Counter": lambda dec, tree, depth: collections.Counter(dict(_pairs(dec, tree, depth))),
    "OrderedDict": lambda dec, tree, depth: collections.OrderedDict(_pairs(dec, tree, depth)),
    "defaultdict": lambda dec, tree, depth: collections.defaultdict(
        tree["f"] and CLASSES[tree["f"]], _pairs(dec, tree, depth)),
    "namedtuple": _read_named,
    "keys": lambda dec, tree, depth: dict.fromkeys(dec.all(tree["v"], depth)).keys(),
    "values": lambda dec, tree, depth: dict(enumerate(dec.all(tree["v"], depth))).values(),
    "items": lambda dec, tree, depth: dict(dec.all(tree["v"], depth)).items(),
    "range": lambda dec, tree, depth: range(*dec.all(tree["v"], depth)),
    "slice": lambda dec, tree, depth: slice(*dec.all(tree["v"], depth)),
    "...": lambda dec, tree, depth: ...,
    "NotImplemented": lambda dec, tree, depth: NotImplemented,
    "date": lambda dec, tree, depth: dt.date.fromisoformat(tree["v"]),
    "datetime": lambda dec, tree, depth: dt.datetime.fromisoformat(tree["v"]).replace(
        fold=1 if tree["fold"] else 0),
    "time": lambda dec, tree, depth: dt.time.fromisoformat(tree["v"]),
    "timedelta": lambda dec, tree, depth: dt.timedelta(*dec.all(tree["v"], depth)),
    "decimal": lambda dec, tree, depth: decimal.Decimal(tree["v"]),
    "fraction": lambda dec, tree, depth: fractions.Fraction(*dec.all(tree["v"], depth)),
    "array": _read_array,
    "objects": _read_objects,
    "scalar": lambda dec, tree, depth: _numpy().frombuffer(
        dec.bytes(tree["b"]), dtype=_dtype(tree["d"]))[0],
    "dtype": lambda dec, tree, depth: (
        _numpy().dtype(object) if tree["v"] == "O" else _dtype(tree["v"])),
    "NaT": lambda dec, tree, depth: _pandas().NaT,
    "NA": lambda dec, tree, depth: _pandas().NA,
    "Timestamp": _read_stamp,
    "Timedelta": _read_delta,
    "Period": lambda dec, tree, depth: _pandas().Period(
        ordinal=int(tree["v"]), freq=_short(tree["f"])),
    "Interval": lambda dec, tree, depth: _pandas().Interval(
        *dec.all(tree["v"], depth), closed=_short(tree["c"])),
    "DataFrame": _read_frame,
    "Series": _read_series,
    "RangeIndex": lambda dec, tree, depth: _pandas().RangeIndex(
        *dec.all(tree["v"], depth), name=dec.decode(tree["n"], depth + 1)),
    "MultiIndex": _read_multi,
    "Index": _read_index,
    "pdarray": lambda dec, tree, depth: _pandas().array(_read_column(dec, tree["c"], depth)),
    "handle": lambda dec, tree, depth: dec.handle(tree),
}  # fmt: skip


def update_in_place(mine: Any, theirs: Any) -> None:
    """Do to a caller's own argument what a function on the other side did to its copy."""
    kind = type(mine)
    if kind is not type(theirs):
        return
    if kind in (list, bytearray):
        mine[:] = theirs
    elif kind is collections.deque:
        mine.clear()
        mine.extend(theirs)
    elif isinstance(mine, dict | set):
        mine.clear()
        mine.update(theirs)
    elif kind.__name__ == "ndarray" and mine.shape == theirs.shape and mine.dtype == theirs.dtype:
        mine[...] = theirs
    elif kind.__name__ in ("DataFrame", "Series") and kind.__module__.startswith("pandas"):
        mine._update_inplace(theirs)
