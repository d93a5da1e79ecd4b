"""Threads of a program that stand still for a while: they are traced, and whoever traces them is stopped."""
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path


def threads_of(process):
    """{name: number}"""
    return {(folder / "comm").read_text().strip(): int(folder.name)
            for folder in Path(f"/proc/{process}/task").iterdir()}


@contextmanager
def frozen(process, *names):
    """The threads with these names go no further than to their next call of the system."""
    numbers = threads_of(process)
    wanted = [part for name in names for part in ("-p", str(numbers[name]))]
    tracer = subprocess.Popen(["strace", "-o", "/dev/null", "-e", "trace=all", *wanted], stderr=subprocess.PIPE,
                              text=True)
    try:
        for _ in names:
            said = tracer.stderr.readline()
            assert "attached" in said, said + "strace must be allowed to trace (SYS_PTRACE in a container)"
        tracer.send_signal(signal.SIGSTOP)
        yield
    finally:
        tracer.send_signal(signal.SIGCONT)
        tracer.send_signal(signal.SIGINT)
        tracer.wait(10)
        tracer.stderr.close()
