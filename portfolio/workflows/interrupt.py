"""Stopping: Ctrl-C while results are there already or work goes on aside, and a program told to end.

After Ctrl-C what is in hand is finished and written; a window that is closed, a shutdown or
`kill` end the program as an early Ctrl-C does, so that what was being written is undone.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

FINISHING = "正在收尾并写出已完成的结果，请稍候"


class Stop:
    """Whether the user has asked to stop, and whether work may be torn apart for it."""

    def __init__(self, say: Callable[[str], None] | None) -> None:
        self.noted = False
        self._held = False
        self._say = say
        self._saying: threading.Thread | None = None

    def hold(self) -> None:
        """From now on Ctrl-C is noted; only a second one stops the program."""
        self._held = True

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Inside, Ctrl-C is noted; afterwards it is raised again."""
        self._held = True
        try:
            yield
        finally:
            self._held = False

    @contextmanager
    def let_through(self) -> Iterator[None]:
        """Inside, Ctrl-C is raised again: this work may be left out; at once where one was noted."""
        self._held = False
        try:
            if self.noted:
                raise KeyboardInterrupt
            yield
        except KeyboardInterrupt:
            self._held = True
            self.note()
            raise
        finally:
            self._held = True

    def heard(self, number: int, frame: FrameType | None) -> None:
        """The signal's handler."""
        if not self._held or self.noted:
            signal.default_int_handler(number, frame)
        self.note()

    def said(self) -> None:
        """Wait until the user has been told."""
        if self._saying is not None:
            self._saying.join()

    def note(self) -> None:
        """Ctrl-C has come: say once what is done about it."""
        if not self.noted and self._say is not None:
            # A handler may have interrupted a write to the same stream: not from this thread.
            self._saying = threading.Thread(target=self._say, args=(FINISHING,), daemon=True)
            self._saying.start()
        self.noted = True


@contextmanager
def stoppable(say: Callable[[str], None] | None = None) -> Iterator[Stop]:
    """Hear Ctrl-C through a `Stop`; as before in other threads and where it is ignored."""
    stop = Stop(say)
    before = signal.getsignal(signal.SIGINT)
    main = threading.current_thread() is threading.main_thread()
    if not main or before is not signal.default_int_handler:
        yield stop
        return
    signal.signal(signal.SIGINT, stop.heard)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
        stop.said()


#: A closed window, a shutdown, `kill`: what each system has of them (on Windows all are SIGBREAK).
ENDING = ("SIGTERM", "SIGHUP", "SIGBREAK")


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Raise KeyboardInterrupt when told to end, once; where that is ignored (nohup) it stays so."""
    told = False

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal told
        if not told:  # a second word must not disturb what is being undone
            told = True
            raise KeyboardInterrupt

    before: dict[signal.Signals, signal.Handlers] = {}
    if threading.current_thread() is threading.main_thread():
        for name in ENDING:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.SIG_DFL
                signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


#: How often the main thread looks up from waiting: Ctrl-C is heard on every system.
LOOK_UP_SECONDS = 0.2


@contextmanager
def aside(work: Callable[[], T], *, apart: bool = True) -> Iterator[Callable[[], T]]:
    """Do some work in a thread beside what is done inside; what is yielded gives what came of it.

    Where something goes wrong inside, or the user stops, nobody waits for it; otherwise it has ended
    when this ends. Not `apart`: it is done here, once, when it is first asked for.
    """
    found: list[T] = []
    failed: list[BaseException] = []

    def do() -> None:
        try:
            found.append(work())
        except BaseException as error:  # raised again where the result is wanted
            failed.append(error)

    thread = threading.Thread(target=do, daemon=True)

    def wait() -> None:
        while thread.is_alive():
            thread.join(LOOK_UP_SECONDS)

    def result() -> T:
        if apart:
            wait()
        elif not found:
            found.append(work())
        if failed:
            raise failed[0]
        return found[0]

    if apart:
        thread.start()
    yield result
    if apart:
        wait()
