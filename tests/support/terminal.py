"""The program on a terminal of its own, and what that terminal shows: enough of a screen to judge what was drawn."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unicodedata

ESCAPE = re.compile(r"\x1b\[(\??)([\d;]*)([A-Za-z])")


class Screen:
    """What stands on it after so much output. Knows what Ferry uses, and refuses to know more."""

    def __init__(self, columns, lines):
        self.columns, self.lines = columns, lines
        self.main, self.second = {}, None
        self.row = self.column = 0
        self.kept = (0, 0)
        self.shows_cursor, self.colours = True, 0

    @property
    def cells(self):
        return self.main if self.second is None else self.second

    def feed(self, text):
        at = 0
        while at < len(text):
            if text[at] != "\x1b":
                self.put(text[at])
                at += 1
                continue
            found = ESCAPE.match(text, at)
            if not found:
                raise AssertionError(f"an escape sequence that Ferry has no use for: {text[at:at + 20]!r}")
            self.obey(*found.groups())
            at = found.end()

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row += 1
        elif ord(character) < 32 or 0x7F <= ord(character) < 0xA0:
            raise AssertionError(f"a control character: {character!r}")
        else:
            width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            if self.column + width > self.columns:
                self.row, self.column = self.row + 1, 0
            self.cells[self.row, self.column] = character
            self.column += width

    def obey(self, private, numbers, letter):
        if private:
            on = letter == "h"
            if numbers == "1049":
                if on:
                    self.kept, self.second = (self.row, self.column), {}
                else:
                    (self.row, self.column), self.second = self.kept, None
            elif numbers == "25":
                self.shows_cursor = on
            else:
                raise AssertionError(f"mode {numbers}")
        elif letter == "m":
            self.colours += 1
        elif letter == "H" and not numbers:
            self.row = self.column = 0
        elif letter in "JK":
            gone = {"J": lambda row, column: row > self.row or row == self.row and column >= self.column,
                    "K": lambda row, column: row == self.row and column >= self.column}[letter]
            for place in [place for place in self.cells if numbers == "2" or gone(*place)]:
                del self.cells[place]
        else:
            raise AssertionError(f"sequence {numbers}{letter}")

    def text(self):
        rows = max((row for row, _ in self.cells), default=-1) + 1
        # Behind a wide character there is no cell.
        return [
            "".join(self.cells.get((row, column), "" if self.is_wide(row, column - 1) else " ")
                    for column in range(self.columns)).rstrip()
            for row in range(rows)
        ]

    def is_wide(self, row, column):
        return unicodedata.east_asian_width(self.cells.get((row, column), " ")) in "WF"


class Terminal:
    """REQUIRES: close(). `words` is the whole command."""

    def __init__(self, words, columns=80, lines=24, **how):
        self.master, slave = pty.openpty()
        self.columns, self.lines = columns, lines
        self.size(columns, lines)
        how["env"] = {"TERM": "xterm-256color", **how.get("env", os.environ)}
        self.process = subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, **how)
        os.close(slave)
        self.output = b""

    def size(self, columns, lines):
        """The kernel tells a program by SIGWINCH only of its own terminal, which this is not made to be."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, columns, lines):
        self.columns, self.lines = columns, lines
        self.size(columns, lines)
        self.process.send_signal(signal.SIGWINCH)

    def read(self, seconds):
        """False at the end."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:  # nobody has the other side any more
            return False
        self.output += data
        return bool(data)

    def until(self, is_there, seconds=15):
        """Reads until the screen is such."""
        limit = time.monotonic() + seconds
        while not is_there(self.screen()):
            if not self.read(0.05) or time.monotonic() > limit:
                raise AssertionError("this never stood on the screen; last:\n" + "\n".join(self.screen().text()))
        return self.screen()

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self, seconds=20):
        """(exit code, the screen)"""
        limit = time.monotonic() + seconds
        while self.read(0.2):
            if time.monotonic() > limit:
                raise AssertionError(f"the program goes on; so far:\n{self.output[-2000:]!r}")
        return self.process.wait(5), self.screen()

    def screen(self):
        made = Screen(self.columns, self.lines)
        made.feed(self.output.decode(errors="replace"))
        return made

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
