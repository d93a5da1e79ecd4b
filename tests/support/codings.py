"""Bodies in the content codings of HTTP, by the libraries' own encoders."""
import ctypes
import zlib


class Encoder:
    """Encodes piece by piece; every piece is flushed, so that a reader can decode it at once."""

    def add(self, data):
        raise NotImplementedError

    def end(self):
        raise NotImplementedError


class Deflate(Encoder):
    def __init__(self, window_bits):
        self.stream = zlib.compressobj(6, zlib.DEFLATED, window_bits)

    def add(self, data):
        return self.stream.compress(data) + self.stream.flush(zlib.Z_SYNC_FLUSH)

    def end(self):
        return self.stream.flush()


class Brotli(Encoder):
    FLUSH, FINISH = 1, 2

    def __init__(self):
        self.library = ctypes.CDLL("libbrotlienc.so.1")
        self.library.BrotliEncoderCreateInstance.restype = ctypes.c_void_p
        self.state = ctypes.c_void_p(self.library.BrotliEncoderCreateInstance(None, None, None))
        self.library.BrotliEncoderSetParameter(self.state, 1, 5)

    def run(self, operation, data):
        room = ctypes.create_string_buffer(len(data) * 2 + 4096)
        source = ctypes.create_string_buffer(data, len(data))
        left, free = ctypes.c_size_t(len(data)), ctypes.c_size_t(len(room))
        read, write = ctypes.c_void_p(ctypes.addressof(source)), ctypes.c_void_p(ctypes.addressof(room))
        good = self.library.BrotliEncoderCompressStream(
            self.state, operation, ctypes.byref(left), ctypes.byref(read), ctypes.byref(free), ctypes.byref(write),
            None,
        )
        assert good and left.value == 0
        return room.raw[: len(room) - free.value]

    def add(self, data):
        return self.run(self.FLUSH, data)

    def end(self):
        made = self.run(self.FINISH, b"")
        self.library.BrotliEncoderDestroyInstance(self.state)
        return made


class Zstd(Encoder):
    FLUSH, END = 1, 2

    class Buffer(ctypes.Structure):
        _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_size_t), ("at", ctypes.c_size_t)]

    def __init__(self):
        self.library = ctypes.CDLL("libzstd.so.1")
        self.library.ZSTD_createCCtx.restype = ctypes.c_void_p
        self.library.ZSTD_compressStream2.restype = ctypes.c_size_t
        self.state = ctypes.c_void_p(self.library.ZSTD_createCCtx())

    def run(self, operation, data):
        room = ctypes.create_string_buffer(len(data) * 2 + 4096)
        source = ctypes.create_string_buffer(data, len(data))
        into = self.Buffer(ctypes.addressof(room), len(room), 0)
        given = self.Buffer(ctypes.addressof(source), len(data), 0)
        left = self.library.ZSTD_compressStream2(self.state, ctypes.byref(into), ctypes.byref(given), operation)
        assert left == 0 and given.at == len(data)
        return room.raw[: into.at]

    def add(self, data):
        return self.run(self.FLUSH, data)

    def end(self):
        made = self.run(self.END, b"")
        self.library.ZSTD_freeCCtx(self.state)
        return made


class Chain(Encoder):
    """A list of codings, the first applied first."""

    def __init__(self, names):
        self.stages = [ENCODERS[name]() for name in names]

    def add(self, data):
        for stage in self.stages:
            data = stage.add(data)
        return data

    def end(self):
        data = self.stages[0].end()
        for stage in self.stages[1:]:
            data = stage.add(data) + stage.end()
        return data


ENCODERS = {
    "gzip": lambda: Deflate(31), "x-gzip": lambda: Deflate(31), "deflate": lambda: Deflate(15),
    "raw-deflate": lambda: Deflate(-15), "br": Brotli, "zstd": Zstd,
}


def encoder(names):
    """`names` as Content-Encoding lists them, but for `raw-deflate`, which goes by the name deflate."""
    return Chain([one.strip() for one in names.split(",")])


def encode(names, data):
    made = encoder(names)
    return made.add(data) + made.end()
