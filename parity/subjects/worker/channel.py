"""Whole values between two processes over a socket: small ones in the message, large arrays in shared memory.

A large array is written once, into memory without a name (a file that exists in neither process's file system), whose
descriptor travels with the message. The receiver maps it; its pages go back when the last array that lies in them is
garbage, also when either process is killed.
"""

from __future__ import annotations

import mmap
import os
import pickle
import select
import socket
import struct
import tempfile
from array import array
from collections import deque
from typing import Any

LARGE = 64 * 1024
"""Bytes; an array that is larger goes through shared memory."""

_HEADER = struct.Struct("<QI")
_ALIGNED = 64
_READ = 256 * 1024
_ANCILLARY = socket.CMSG_SPACE(4 * array("i").itemsize)
_CLOEXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


class ChannelClosedError(Exception):
    """The other side is gone."""


class Channel:
    """One end. `send` and `receive` are each for one thread at a time.

    It belongs to the process that made it: a copy of that process, made by a fork in the code under test, ends where
    it would speak, because two would then answer one question.
    """

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._owner = os.getpid()
        self._unread = bytearray()
        self._descriptors: deque[int] = deque()
        self.received = 0
        """Bytes of the last message received, shared memory included."""

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()
        while self._descriptors:
            os.close(self._descriptors.popleft())

    def send(self, value: object) -> int:
        """Returns the bytes sent, shared memory included. Raises ChannelClosedError."""
        if os.getpid() != self._owner:
            os._exit(0)
        large: list[memoryview] = []

        def stays_in(buffer: pickle.PickleBuffer) -> bool:
            raw = buffer.raw()
            if raw.nbytes <= LARGE:
                return True
            large.append(raw)
            return False

        message = pickle.dumps(value, protocol=5, buffer_callback=stays_in)
        header = _HEADER.pack(len(message), len(large))
        try:
            if not large:
                self._socket.sendall(header + message)
                return len(message)
            sizes = [raw.nbytes for raw in large]
            descriptor = _shared(large, sizes)
            try:
                start = header + struct.pack(f"<{len(sizes)}Q", *sizes)
                sent = socket.send_fds(self._socket, [start], [descriptor])
            finally:
                os.close(descriptor)
            self._socket.sendall(start[sent:] + message)
            return len(message) + sum(sizes)
        except OSError as error:
            raise ChannelClosedError(str(error)) from error

    def receive(self) -> Any:
        """Wait for the next value. Raises ChannelClosedError."""
        while (value := self.take()) is None:
            select.select([self._socket], [], [])
        return value

    def take(self) -> Any:
        """The next value if it is there, else None; no value is None. Raises ChannelClosedError."""
        if os.getpid() != self._owner:
            os._exit(0)
        while True:
            value = self._next()
            if value is not None:
                return value
            try:
                more, ancillary, _, _ = self._socket.recvmsg(_READ, _ANCILLARY, socket.MSG_DONTWAIT | _CLOEXEC)
            except BlockingIOError:
                return None
            except OSError as error:
                raise ChannelClosedError(str(error)) from error
            for level, kind, data in ancillary:
                if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                    numbers = array("i")
                    numbers.frombytes(data[: len(data) - len(data) % numbers.itemsize])
                    self._descriptors.extend(numbers)
            if not more:
                raise ChannelClosedError("end of file")
            self._unread += more

    def _next(self) -> Any:
        unread = self._unread
        if len(unread) < _HEADER.size:
            return None
        length, count = _HEADER.unpack_from(unread)
        start = _HEADER.size + 8 * count
        if len(unread) < start + length:
            return None
        sizes = struct.unpack_from(f"<{count}Q", unread, _HEADER.size)
        message = bytes(memoryview(unread)[start : start + length])
        del unread[: start + length]
        self.received = length + sum(sizes)
        buffers = _mapped(self._descriptors.popleft(), sizes) if count else ()
        return pickle.loads(message, buffers=buffers)


def _shared(buffers: list[memoryview], sizes: list[int]) -> int:
    """The descriptor of memory that holds the buffers one after the other."""
    descriptor = _memory()
    try:
        starts = _starts(sizes)
        os.ftruncate(descriptor, starts[-1])
        with mmap.mmap(descriptor, starts[-1]) as memory:
            for start, size, buffer in zip(starts, sizes, buffers, strict=False):
                memory[start : start + size] = buffer
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _mapped(descriptor: int, sizes: tuple[int, ...]) -> list[memoryview]:
    starts = _starts(sizes)
    try:
        memory = memoryview(mmap.mmap(descriptor, starts[-1], access=mmap.ACCESS_COPY))
    finally:
        os.close(descriptor)
    return [memory[start : start + size] for start, size in zip(starts, sizes, strict=False)]


def _starts(sizes: list[int] | tuple[int, ...]) -> list[int]:
    """Where each of them starts, and where the last one ends."""
    starts = [0]
    for size in sizes:
        starts.append(starts[-1] + -(-size // _ALIGNED) * _ALIGNED)
    return starts


def _memory() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("parity", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


class Page:
    """A short text that one process writes and another one reads, also after the writer has died."""

    SIZE = 4096

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, self.SIZE)

    @classmethod
    def new(cls) -> tuple[Page, int]:
        """A page, and the descriptor by which another process maps it."""
        descriptor = _memory()
        os.ftruncate(descriptor, cls.SIZE)
        return cls(descriptor), descriptor

    def write(self, text: str) -> None:
        data = text.encode("utf-8", "replace")[: self.SIZE - 2]
        self._memory[: len(data) + 2] = struct.pack("<H", len(data)) + data

    def read(self) -> str:
        (length,) = struct.unpack_from("<H", self._memory)
        return self._memory[2 : 2 + min(length, self.SIZE - 2)].decode("utf-8", "replace")
