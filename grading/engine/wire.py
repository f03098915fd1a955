"""Length-capped frames over a socket: how the trusted and the untrusted side talk.

A frame is a fixed header (length of the JSON part, length of the bytes part), one JSON object and
one run of bytes that the JSON refers to. Nothing in it can run code. Both lengths are checked
before anything is read, so that a peer that lies about them costs neither memory nor time.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

HEADER = struct.Struct("!4sIQ")
MAGIC = b"smg1"

#: Largest frame that is accepted, in bytes: room for a figure or a long table, not for a bomb.
MOST_BYTES = 64 * 2**20


class WireError(Exception):
    """The other side broke the rules of the channel: bad frame, too large, not JSON."""


class Closed(WireError):
    """The other side has gone away."""


class TimedOut(WireError):
    """The other side did not answer in time."""


#: Calls on Python's stack, at most, that one question within another takes of either side.
TURN = 30


def _refuse_constant(name: str) -> None:
    raise WireError(f"{name} is not JSON")


def parse(text: bytes) -> Any:
    """Read JSON strictly: no NaN, no runaway nesting, no integers of a million digits.

    Raises :class:`WireError` for anything that is not plain JSON.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError, MemoryError) as error:
        raise WireError(f"not a JSON message: {type(error).__name__}") from None


class Channel:
    """Both directions of one connected stream socket.

    Parameters
    ----------
    sock
        A connected stream socket; the channel owns it.
    most_bytes
        Largest frame accepted from the other side, in bytes.
    """

    def __init__(self, sock: socket.socket, most_bytes: int = MOST_BYTES) -> None:
        self.sock = sock
        self.most_bytes = most_bytes

    def fileno(self) -> int:
        """Return the descriptor of the socket, for ``select``."""
        return self.sock.fileno()

    def send(self, message: dict, blob: bytes = b"", timeout: float | None = None) -> None:
        """Send one frame; raise :class:`Closed` or :class:`TimedOut` if the other side is gone."""
        text = json.dumps(message, allow_nan=False).encode("utf-8", "surrogatepass")
        self.sock.settimeout(timeout)
        try:
            self.sock.sendall(HEADER.pack(MAGIC, len(text), len(blob)) + text)
            if blob:
                self.sock.sendall(blob)
        except TimeoutError:
            raise TimedOut("the other side stopped reading") from None
        except OSError as error:
            raise Closed(str(error)) from None

    def receive(self, timeout: float | None = None) -> tuple[dict, bytes]:
        """Wait at most ``timeout`` seconds for one whole frame and return (message, bytes).

        Raises :class:`TimedOut`, :class:`Closed`, or :class:`WireError` for a frame that breaks
        the rules.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        head = self._exactly(HEADER.size, deadline)
        magic, text_length, blob_length = HEADER.unpack(head)
        if magic != MAGIC:
            raise WireError("the frame does not start as a frame does")
        if text_length + blob_length > self.most_bytes:
            raise WireError(
                f"a frame of {text_length + blob_length} bytes; the limit is {self.most_bytes}"
            )
        message = parse(self._exactly(text_length, deadline))
        blob = self._exactly(blob_length, deadline)
        if not isinstance(message, dict):
            raise WireError("the message is not a JSON object")
        return message, bytes(blob)

    def _exactly(self, count: int, deadline: float | None) -> bytes:
        if count == 0:
            return b""
        parts = bytearray()
        while len(parts) < count:
            left = None
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimedOut("no answer in time")
            self.sock.settimeout(left)
            try:
                chunk = self.sock.recv(min(count - len(parts), 2**20))
            except TimeoutError:
                raise TimedOut("no answer in time") from None
            except OSError as error:
                raise Closed(str(error)) from None
            if not chunk:
                raise Closed("the other side has gone")
            parts += chunk
        return bytes(parts)

    def close(self) -> None:
        """Close the socket; closing twice is fine."""
        self.sock.close()


def pair() -> tuple[socket.socket, socket.socket]:
    """Return two connected sockets, one for each side."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
