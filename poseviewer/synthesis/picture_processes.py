"""Calls of one function on many cores, in processes: threads of one process wait for Python's lock between small steps.

A worker is a fresh interpreter that knows where the program lies, and nothing of the script, window or test that
started it: it needs no `if __name__ == "__main__"`, and imports what the function needs alone. It reads requests from
its standard input and ends when that ends, so also when the program is killed; Ctrl+C does not reach it.
"""

from __future__ import annotations

import json
import logging
import mmap
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, cast

log = logging.getLogger(__name__)

MOST = 8
"""More processes than this gain little: what they make has to pass through one."""
HERE = 2
"""Threads that draw in this process while there are no others; more only wait for each other."""
LARGEST = 1 << 30
"""Bytes of a function's fixed arguments; with more, the disk they pass over would take longer than threads do."""
ALIGNED = 64
"""Where arrays begin in the file of the fixed arguments, in bytes."""
PATIENCE = 0.5
"""Seconds in which a process whose pipe ended has to have ended itself."""
READY = b"+"
BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from {} import work; work(sys.argv[2])"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
LOST = (OSError, EOFError, ValueError, pickle.UnpicklingError)
"""What talking to a worker that died ends in; ValueError: its pipes were closed."""

_said, _saying = threading.Event(), threading.Lock()


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """`function(*request)` for many requests: in threads at first, in processes as soon as these are there.

    Where no process can be started, or one is lost, threads go on in its place, and the log says so once. What is
    answered is the same: the function must depend on its arguments alone, and find its answer small enough to copy.
    Use it as a context or close it; at the end of the program, also by a kill, its processes end by themselves.
    """

    def __init__(self, function: Callable[..., Any], cores: int | None = None) -> None:
        """`function`: of a module, or a `functools.partial` of one, whose fixed arrays all processes then share.
        `cores`: how many to use; by default all, `MOST` at most. With one there is no second process."""
        self.cores = max(1, min(usable_cores(), MOST) if cores is None else cores)
        self._function = function
        self._threads = ThreadPoolExecutor(self.cores, "pictures")
        self._changed = threading.Condition()
        self._free: list[_Process] = []
        self._alive: list[_Process] = []
        self._here = 0
        self._started = self._closed = False
        self._end = weakref.finalize(self, _end, self._alive)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def processes(self) -> list[int]:
        """The numbers of the processes that have begun to answer."""
        with self._changed:
            return [process.number for process in self._alive if process.ready]

    def start(self) -> None:
        """Start the processes, if that has not been done; returns at once."""
        if self._started or self.cores < 2 or self._closed:
            return
        self._started = True
        threading.Thread(target=_start, args=(weakref.ref(self), self._function, self.cores), daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait until all processes answer; False where they do not within that time."""
        with self._changed:
            return self._changed.wait_for(lambda: sum(p.ready for p in self._alive) == self.cores, seconds)

    def submit(self, *request: Any) -> Future[Any]:
        """Ask for `function(*request)`. An error there is raised by the future's `result`."""
        return self._threads.submit(self._answer, request)

    def close(self) -> None:
        """End the processes and threads at once; what has been asked for and not begun is cancelled."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._end()
        self._threads.shutdown(cancel_futures=True)

    def _answer(self, request: tuple[Any, ...]) -> Any:
        while True:
            process = self._whoever_is_free()
            try:
                return self._function(*request) if process is None else process.ask(request)
            except BaseException as error:
                if process is None or not process.lost:
                    raise  # the function's own
                self._drop(process)
                if not isinstance(error, LOST):
                    raise
                # and ask another
            finally:
                self._give_back(process)

    def _whoever_is_free(self) -> _Process | None:
        """A process, or None where this thread should do it."""
        with self._changed:
            while not self._closed:
                if self._free:
                    return self._free.pop()
                if self._here < HERE and sum(p.ready for p in self._alive) < self.cores:
                    self._here += 1
                    return None
                self._changed.wait()
        raise CancelledError

    def _give_back(self, process: _Process | None) -> None:
        with self._changed:
            if process is None:
                self._here -= 1
            elif not process.lost:
                self._free.append(process)
            self._changed.notify_all()

    def _join(self, process: _Process) -> bool:
        """Take in a process that is being started; False where it is not wanted any more."""
        with self._changed:
            if not self._closed:
                self._alive.append(process)
            return not self._closed

    def _begin(self, process: _Process) -> None:
        """Let a process that has started take part."""
        with self._changed:
            process.ready = True
            self._free.append(process)
            self._changed.notify_all()

    def _drop(self, process: _Process) -> None:
        """Go on without a process that ended."""
        code = process.end(PATIENCE)
        with self._changed:
            if self._closed:
                return
            self._alive.remove(process)
            self._changed.notify_all()
        _say(f"one ended with exit code {code}")


def _start(workers: weakref.ref[Workers], function: Callable[..., Any], count: int) -> None:
    """Start processes and let each take part as soon as it is ready."""
    path: Path | None = None
    processes: list[_Process] = []
    try:
        path = _lay_down(function)
        for _ in range(count):
            process = _Process(path)
            processes.append(process)
            owner = workers()
            if owner is None or not owner._join(process):
                process.end()
                return
            del owner
        for process in processes:
            came = process.came()
            owner = workers()
            if owner is None or owner._closed:
                return
            if came:
                owner._begin(process)
            else:
                owner._drop(process)
            del owner
    except (OSError, ValueError, pickle.PicklingError, AttributeError, TypeError) as error:
        # AttributeError, TypeError: pickle's, of a function that no other process can find.
        _say(f"they could not be started: {error}")
    finally:
        if path is not None:
            _forget(path, processes)


class _Process:
    """One worker. Its requests are answered one after another."""

    def __init__(self, setup: Path) -> None:
        if not sys.executable or getattr(sys, "frozen", False):
            raise OSError("there is no Python interpreter to start them with")
        self.ready = self.lost = False
        self._process = subprocess.Popen(
            [sys.executable, "-c", BOOT.format(__name__), json.dumps(_places()), str(setup)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ONE_THREAD,
            # Apart from the terminal: Ctrl+C is for the program, which then ends its workers.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._raw = self._process.stdin, cast(RawIOBase, self._process.stdout)
        self._answers = BufferedReader(self._raw)

    @property
    def number(self) -> int:
        return self._process.pid

    def came(self) -> bool:
        """Wait for its first sign of life; False where it ended instead."""
        try:
            # Not through the buffer, whose lock would be held if the program ended meanwhile.
            return self._raw.read(1) == READY
        except LOST:
            return False

    def ask(self, request: tuple[Any, ...]) -> Any:
        """The function's answer. Raises what the function raises, or with `lost` set, what went wrong between."""
        try:
            self._requests.write(pickle.dumps(request))
            fine, answer = pickle.load(self._answers)
        except BaseException:  # after half an answer, the next one would not be understood
            self.lost = True
            raise
        if not fine:
            raise answer
        return answer

    def kill(self) -> None:
        self.lost = True
        self._process.kill()

    def end(self, patience: float = 0.0) -> int:
        """Its exit code, if it ends by itself within so many seconds; else end it now."""
        self.lost = True
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
        code = self._process.wait()
        self._requests.close()
        self._answers.close()
        return code


def _end(processes: Sequence[_Process]) -> None:
    for process in list(processes):
        process.kill()
    for process in list(processes):
        process.end()


def _say(reason: str) -> None:
    with _saying:
        if not _said.is_set():
            log.warning("Pictures are drawn more slowly, without further processes: %s.", reason)
        _said.set()


def _places() -> list[str]:
    """Where modules are found, also from another folder."""
    return [str(Path(place or ".").absolute()) for place in sys.path]


def _lay_down(function: Callable[..., Any]) -> Path:
    """A file that a worker reads its function from. Its large arrays lie in it as they are, for all to share."""
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(function, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(data), *(buffer.raw() for buffer in buffers)]
    if sum(map(len, parts)) > LARGEST:
        raise ValueError("the frames to put behind the bodies are too many to share")
    handle, name = tempfile.mkstemp(prefix="poseviewer-", suffix=".pictures")
    try:
        with os.fdopen(handle, "wb") as file:
            pickle.dump([len(part) for part in parts], file)
            for part in parts:
                file.write(bytes(-file.tell() % ALIGNED))
                file.write(part)
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)


def _pick_up(path: str) -> Callable[..., Any]:
    """What `_lay_down` laid down; its arrays are read-only."""
    with Path(path).open("rb") as file:
        lengths = pickle.load(file)
        at = file.tell()
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    parts = []
    for length in lengths:
        at += -at % ALIGNED
        parts.append(whole[at : at + length])
        at += length
    return pickle.loads(parts[0], buffers=parts[1:])  # type: ignore[no-any-return]


def _forget(path: Path, processes: Sequence[_Process]) -> None:
    """Remove the file; where the system keeps what is in use, once the workers have ended."""
    try:
        path.unlink()
    except PermissionError:
        for process in processes:
            process._process.wait()
        path.unlink(missing_ok=True)


def work(path: str) -> None:
    """What a worker does: answer requests until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints must not come between the answers
    function = _pick_up(path)
    answers.write(READY)
    answers.flush()
    while True:
        try:
            request = pickle.load(requests)
        except EOFError:
            return
        answer = _answered(function, request)
        try:
            pickle.dump(answer, answers, protocol=5)
            answers.flush()
        except BrokenPipeError:
            os._exit(0)  # the program is gone


def _answered(function: Callable[..., Any], request: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return True, function(*request)
    except Exception as error:
        error.add_note(f"In another process:\n{traceback.format_exc()}")
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            error = RuntimeError("".join(traceback.format_exception(error)))
        return False, error
