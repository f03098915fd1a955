"""Pictures that a whole class has in common are drawn once, not once for every student.

A course's own cells draw the same charts in every submission, and drawing them is most of the time
that a notebook with charts takes. The warm process has a throw-away fork run the notebook as it was
handed out (:mod:`grading.engine.rehearsal`), and keeps what was drawn there. A submission that
draws the same figure gets the same bytes; one that differs in anything is drawn.

"The same figure" means: the same state of every artist (the bytes that matplotlib would write to
save the figure), the same settings of matplotlib, the same way of drawing. Nothing that a student
has run is ever kept.
"""

from __future__ import annotations

import copyreg
import functools
import hashlib
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pickle import Pickler
from typing import Any

#: Functions that turn a figure into bytes, and do nothing else, as "module:name".
DRAWING = ("sputnik_moment.figures:png",)
#: Bytes of pictures that one warm process keeps.
MOST_BYTES = 32 * 2**20


@dataclass
class Picture:
    """What drawing a figure gave, and what it did to the figure.

    ``places`` has, for every axes, the position that the layout gave it: original and active, each
    as left, bottom, width and height in fractions of the figure.
    """

    data: bytes
    dpi: float
    places: list[tuple[tuple, tuple]]


@dataclass
class Album:
    """The pictures of one assignment, by key."""

    pictures: dict[str, Picture] = field(default_factory=dict)
    recording: bool = False

    @property
    def in_use(self) -> bool:
        """Say whether looking for a picture makes sense."""
        return self.recording or bool(self.pictures)

    def drawn(self, way: str, figure: Any, draw: Callable[[], bytes]) -> bytes:
        """Return the picture of ``figure``: from the album, or by drawing it.

        Parameters
        ----------
        way
            What draws, with its settings.
        figure
            A figure of matplotlib's.
        draw
            Draws it.
        """
        key = key_of(way, figure) if self.in_use else None
        found = self.pictures.get(key) if key else None
        if found is not None and _put_in_place(figure, found):
            return found.data
        data = draw()
        if key and self.recording and self._size() + len(data) <= MOST_BYTES:
            self.pictures[key] = Picture(data, figure.dpi, _places(figure))
        return data

    def _size(self) -> int:
        return sum(len(one.data) for one in self.pictures.values())

    def to_parts(self) -> tuple[list, bytes]:
        """Return the album as plain data and bytes, for :meth:`add`."""
        listed, blob = [], bytearray()
        for key, one in self.pictures.items():
            listed.append([key, len(one.data), one.dpi, one.places])
            blob += one.data
        return listed, bytes(blob)

    def add(self, listed: list, blob: bytes) -> None:
        """Take the pictures of another album over."""
        start = 0
        for key, length, dpi, places in listed:
            self.pictures[key] = Picture(blob[start : start + length], dpi, places)
            start += length


ALBUM = Album()
"""The album of this process; a fork has that of the warm process."""


def install() -> None:
    """Let the drawing functions that are loaded look into the album first; do so only once."""
    for name in DRAWING:
        module_name, _, attribute = name.partition(":")
        module = sys.modules.get(module_name)
        function = getattr(module, attribute, None)
        if function is not None and not hasattr(function, "__wrapped__"):
            setattr(module, attribute, _through_album(name, function))
    if "matplotlib" in sys.modules:
        from matplotlib.backend_bases import FigureCanvasBase
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        if not hasattr(FigureCanvasBase.print_figure, "__in_album__"):
            _install_printing(FigureCanvasBase)
            FigureCanvasAgg.__getattr__ = _draw_when_asked


def _through_album(name: str, function: Callable) -> Callable:
    @functools.wraps(function)
    def png(fig: Any) -> bytes:
        return ALBUM.drawn(name, fig, lambda: function(fig))

    return png


def _install_printing(canvas: type) -> None:
    """Do the same for ``print_figure``, with which IPython shows figures."""
    function = canvas.print_figure

    @functools.wraps(function)
    def print_figure(self: Any, filename: Any, *arguments: Any, **named: Any) -> Any:
        if not (type(filename) is io.BytesIO and ALBUM.in_use and _are_plain(arguments, named)):
            return function(self, filename, *arguments, **named)

        def draw() -> bytes:
            before = filename.tell()
            function(self, filename, *arguments, **named)
            return filename.getvalue()[before:]

        size = len(filename.getvalue())
        way = f"{type(self).__module__}.{type(self).__name__} {arguments!r} {named!r}"
        data = ALBUM.drawn(way, self.figure, draw)
        if len(filename.getvalue()) == size:
            filename.write(data)
        return None

    print_figure.__in_album__ = True
    canvas.print_figure = print_figure


def _draw_when_asked(self: Any, name: str) -> Any:
    """Draw a figure that came out of the album after all, when its pixels are asked for."""
    if name != "renderer":
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
    self.draw()
    return self.renderer


def _are_plain(arguments: tuple, named: dict) -> bool:
    return all(map(_is_plain, [*arguments, *named.values()]))


def _is_plain(value: Any) -> bool:
    if type(value) in (list, tuple):
        return all(map(_is_plain, value))
    return value is None or type(value) in (str, int, float, bool)


# ------------------------------------------------------------------ the key of a figure


def _reduce_transform(node: Any) -> tuple:
    """Reduce a transform, without who depends on it: kept by address, and shown in no picture."""
    made = node.__reduce_ex__(4)
    state = {key: value for key, value in made[2].items() if key != "_parents"}
    return (*made[:2], state)


@functools.cache
def _transforms() -> dict[type, Callable]:
    """Return how to write down each kind of transform."""
    from matplotlib.transforms import TransformNode

    kinds, todo = {}, [TransformNode]
    while todo:
        kind = todo.pop()
        kinds[kind] = _reduce_transform
        todo += kind.__subclasses__()
    return kinds


def key_of(way: str, figure: Any) -> str | None:
    """Return a hash of everything that a picture of ``figure`` depends on.

    None where the figure holds something that cannot be written down, a function made in a cell
    for example; such a figure is drawn every time.
    """
    import matplotlib

    file = io.BytesIO()
    writer = Pickler(file, protocol=4)  # what it writes is hashed and never read back
    writer.dispatch_table = {**copyreg.dispatch_table, **_transforms()}
    try:
        writer.dump(figure)
    except Exception:
        return None
    settings = repr(sorted(dict.items(matplotlib.rcParams), key=lambda item: item[0]))
    found = hashlib.blake2b(file.getbuffer(), digest_size=16)
    found.update(f"{way}\n{figure.dpi!r}\n{settings}".encode())
    return found.hexdigest()


def _places(figure: Any) -> list:
    return [
        (tuple(axes.get_position(True).bounds), tuple(axes.get_position(False).bounds))
        for axes in figure.axes
    ]


def _put_in_place(figure: Any, picture: Picture) -> bool:
    """Do to a figure what drawing it would have done: the layout moves the axes."""
    from matplotlib.transforms import Bbox

    if len(figure.axes) != len(picture.places):
        return False
    figure.set_dpi(picture.dpi)
    for axes, (original, active) in zip(figure.axes, picture.places, strict=True):
        axes._set_position(Bbox.from_bounds(*original), which="original")
        axes._set_position(Bbox.from_bounds(*active), which="active")
    return True


__all__ = ["ALBUM", "Album", "Picture", "install", "key_of"]
