"""What is made of cases, kept in a file that only grows: a run that was killed goes on.

The first line of such a file names its form, every other line is one case as JSON.  Only whole
lines count: one without its end is dropped and its case made again.  Case k depends on the root
seed and k alone, never on how many cases are made, so that more can be asked for later.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from joblib import Parallel, delayed, parallel_config

from uptake_ml.errors import ModelError

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Form:
    """How what is made of a case becomes plain values, and back; ``schema`` names it.

    ``decode`` raises KeyError, TypeError or ValueError for what ``encode`` cannot have written.
    """

    schema: str
    encode: Callable[[object], Mapping]
    decode: Callable[[Mapping], object]


def keep(
    make: Callable[[int, int], object],
    path: Path,
    form: Form,
    *,
    n: int,
    seed: int,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Iterator:
    """Return what ``make(seed, k)`` made of cases 0 to n - 1, in this order.

    Only what ``path`` does not hold yet is made, in any of ``jobs`` processes, all of it before the
    first is returned; each is written as soon as its predecessors are.  Everything is read back
    from the file, one case at a time: memory stays flat, and a run that went on returns what one
    without a break does.

    Raises
    ------
    ModelError
        When ``path`` holds something of another form.
    """
    starts = _open_for_append(path, form)
    missing = [k for k in range(n) if k not in starts]
    made = run_jobs(_Line(make, form), [(seed, k) for k in missing], jobs=jobs)
    with path.open("ab") as file:
        for count, (k, line) in enumerate(zip(missing, made, strict=True), n - len(missing) + 1):
            starts[k] = file.tell()
            file.write(line)
            file.flush()
            if progress:
                progress(count, n)
    return _read_at(path, form, [starts[k] for k in range(n)])


def run_jobs(function: Callable, arguments: Iterable[tuple], *, jobs: int) -> Iterator:
    """Yield ``function(*arguments)`` in order, as soon as each and its predecessors are ready.

    Each process keeps its linear algebra to one thread: sums in another order round otherwise.
    """
    with parallel_config("loky", inner_max_num_threads=1):
        parallel = Parallel(n_jobs=jobs, return_as="generator")
    yield from parallel(delayed(function)(*each) for each in arguments)


def read_kept(path: Path, form: Form) -> Iterator:
    """Yield what a file holds, in the order it was written.

    Raises
    ------
    ModelError
        When the file holds something of another form.
    """
    return (content for _, _, content in _read(path, form))


@dataclass(frozen=True)
class _Line:
    """Makes the line of a case where the case is made: processes hand small bytes over."""

    make: Callable[[int, int], object]
    form: Form

    def __call__(self, seed: int, k: int) -> bytes:
        record = {"k": k, **self.form.encode(self.make(seed, k))}
        return json.dumps(record, allow_nan=False).encode() + b"\n"


def _read(path: Path, form: Form) -> Iterator[tuple[int, int, object]]:
    """Yield (number of the case, first byte of its line, content)."""
    start = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                record = json.loads(line)
                if number > 1:
                    yield int(record["k"]), start, form.decode(record)
                elif record != {"schema": form.schema}:
                    raise ValueError(f"the first line must name the schema {form.schema}")
            except (ValueError, TypeError, KeyError) as error:
                raise ModelError(
                    f"{path.name} is not a file of simulated cases, line {number}: {error}; "
                    "name another file or delete it"
                ) from error
            start += len(line)


def _read_at(path: Path, form: Form, starts: list[int]) -> Iterator:
    with path.open("rb") as file:
        for start in starts:
            file.seek(start)
            yield form.decode(json.loads(file.readline()))


def _open_for_append(path: Path, form: Form) -> dict[int, int]:
    """Make ``path`` ready to be appended to; return where the line of each of its cases starts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab"):
        pass
    _drop_unfinished_line(path)
    if not path.stat().st_size:
        path.write_text(json.dumps({"schema": form.schema}) + "\n", encoding="utf-8", newline="\n")
    return {k: start for k, start, _ in _read(path, form)}


def _drop_unfinished_line(path: Path) -> None:
    # A run that was killed may have stopped in the middle of a line.
    with path.open("rb+") as file:
        whole = sum(len(line) for line in file if line.endswith(b"\n"))
        if whole < path.stat().st_size:
            file.truncate(whole)
            os.fsync(file.fileno())
