"""Whole values between two processes over a socket: small ones in the message, large arrays in shared memory.

A large array is written into memory without a name (a file in nobody's file system), whose descriptor travels with the
message and which is gone when it has been read, or when either process is killed. It is read into the receiver's own
memory: mapping it would cost a descriptor for as long as the array lives.
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

import numpy as np

LARGE = 64 * 1024
"""Bytes; an array that is larger goes through shared memory."""

_HEADER = struct.Struct("<QI")
_READ = 256 * 1024
_ANCILLARY = socket.CMSG_SPACE(4 * array("i").itemsize)
# As a plain number: combining two flags costs more than the call that they are for.
_FLAGS = int(socket.MSG_DONTWAIT) | int(getattr(socket, "MSG_CMSG_CLOEXEC", 0))


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
        self._chunk = bytearray(_READ)
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
            descriptor = _shared(large)
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
                count, ancillary, _, _ = self._socket.recvmsg_into([self._chunk], _ANCILLARY, _FLAGS)
            except BlockingIOError:
                return None
            except OSError as error:
                raise ChannelClosedError(str(error)) from error
            for level, kind, data in ancillary:
                if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                    numbers = array("i")
                    numbers.frombytes(data[: len(data) - len(data) % numbers.itemsize])
                    self._descriptors.extend(numbers)
            if not count:
                raise ChannelClosedError("end of file")
            self._unread += memoryview(self._chunk)[:count]

    def _next(self) -> Any:
        unread = self._unread
        if len(unread) < _HEADER.size:
            return None
        length, count = _HEADER.unpack_from(unread)
        start = _HEADER.size + 8 * count
        if len(unread) < start + length:
            return None
        self.received = length
        buffers: list[memoryview] = []
        if count:
            sizes = struct.unpack_from(f"<{count}Q", unread, _HEADER.size)
            self.received += sum(sizes)
            buffers = _read(self._descriptors.popleft(), sizes)
        # Small arrays lie in the message and are copied out of it.
        with memoryview(unread) as view, view[start : start + length] as message:
            value = pickle.loads(message, buffers=buffers)
        del unread[: start + length]
        return value


def _shared(buffers: list[memoryview]) -> int:
    """The descriptor of memory that holds the buffers one after the other."""
    descriptor = _memory()
    try:
        for buffer in buffers:
            rest = buffer
            while rest.nbytes:
                rest = rest[os.write(descriptor, rest) :]
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _read(descriptor: int, sizes: tuple[int, ...]) -> list[memoryview]:
    buffers = [np.empty(size, np.uint8).data for size in sizes]
    place = 0
    try:
        for buffer in buffers:
            rest = buffer
            while rest.nbytes:
                count = os.preadv(descriptor, [rest], place)
                place += count
                rest = rest[count:]
    finally:
        os.close(descriptor)
    return buffers


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
