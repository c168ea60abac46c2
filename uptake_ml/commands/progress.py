"""How far a long command is, on stderr: one moving line on a terminal, a rare line elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_TERMINAL_PERIOD_S = 0.1
_LOG_PERIOD_S = 30.0
_START_OF_LINE = "\r\x1b[K"


class Progress:
    """Counts finished items and says ``n/N, rate, time left``.

    Call it once an item, or with the number done so far.  Use it as a context manager: leaving it
    ends the moving line.
    """

    def __init__(self, total: int, noun: str, stream: TextIO | None = None) -> None:
        self.total = total
        self.noun = noun
        self.done = 0
        self._done_before = 0
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._period_s = _TERMINAL_PERIOD_S if self._is_terminal else _LOG_PERIOD_S
        self._start_s = self._last_s = self._shown_s = time.monotonic()
        self._has_line = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exc_info) -> None:
        if self._has_line:
            self._stream.write("\n")
            self._stream.flush()

    def say(self, text: str) -> None:
        """Write a whole line, in place of the moving one."""
        self._stream.write(f"{_START_OF_LINE if self._has_line else ''}{text}\n")
        self._stream.flush()
        self._has_line = False

    def __call__(self, done: int | None = None, total: int | None = None) -> None:
        """Note that one more item is done, or ``done`` of ``total``.

        A first call with a larger ``done`` says that the others were done before, a call with a
        smaller one than the last that another stage of the work has begun.
        """
        done = self.done + 1 if done is None else done
        if not 0 < self.done < done:
            self._done_before, self._start_s = done - 1, self._last_s
        self.done = done
        self.total = self.total if total is None else total
        self._last_s = time.monotonic()
        is_last = self._is_terminal and self.done == self.total
        if is_last or self._last_s - self._shown_s >= self._period_s:
            self._shown_s = self._last_s
            self._show()

    def _show(self) -> None:
        elapsed_s = self._last_s - self._start_s
        rate_per_s = (self.done - self._done_before) / elapsed_s if elapsed_s > 0 else 0.0
        text = describe(self.done, self.total, rate_per_s, self.noun)
        if self._is_terminal:
            self._has_line = True
            self._stream.write(f"{_START_OF_LINE}{text}")
        else:
            self._stream.write(f"{text}\n")
        self._stream.flush()


def describe(done: int, total: int, rate_per_s: float, noun: str) -> str:
    """Return the line, for example ``12/40 studies, 3.1/s, 9 s left``."""
    if rate_per_s <= 0:
        return f"{done}/{total} {noun}"
    speed = f"{rate_per_s:.1f}/s" if rate_per_s >= 1 else f"{1 / rate_per_s:.1f} s each"
    return f"{done}/{total} {noun}, {speed}, {_duration((total - done) / rate_per_s)} left"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
