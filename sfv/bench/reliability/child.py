"""One case in a child process with limits of its own: how it ended, what it took, what it said."""

import faulthandler
import json
import os
import resource
import select
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from sfv.budget import BUDGET_BYTES, BUDGET_SECONDS
from sfv.errors import SfvError

Ending = Literal["clean", "accepted", "traceback", "hang", "over_memory", "crash"]
ENDINGS: tuple[Ending, ...] = ("clean", "accepted", "traceback", "hang", "over_memory", "crash")
_WALL_SECONDS = 60.0
"""A child that waits for something uses no processor time; on a busy machine one that works needs more than BUDGET_SECONDS."""
_HARD_BYTES = 4 * BUDGET_BYTES
"""What the system refuses a child, to keep the machine; growth above BUDGET_BYTES is told already."""
_LONGEST = 1200


@dataclass(frozen=True)
class Outcome:
    """How one case ended."""

    ending: Ending
    words: str = ""
    """The sentence, or what was raised and where."""
    seconds: float = 0.0
    """Processor time."""
    megabytes: float = 0.0
    """Growth of the resident memory; 0 where an earlier case of the same child had needed as much."""
    executed: bool = False
    """Something in the file was run."""


@dataclass(frozen=True)
class Case:
    """Something to be tried in a child process."""

    read: Callable[[], Any]
    prepare: Callable[[], Any] = lambda: None
    """Done before, not measured: writes the file."""
    executed: Callable[[], bool] = lambda: False
    """Asked afterwards: whether something in the file was run."""


def run_case(read: Callable[[], Any]) -> Outcome:
    """Call ``read`` in a forked child and tell how it ended.

    "clean": an SfvError of one line; "accepted": it returned; "traceback": anything else was raised, or the sentence is none.
    """
    return run_cases([Case(read)])[0]


def run_cases(cases: Sequence[Case], together: int = 25) -> list[Outcome]:
    """How each case ended. Up to ``together`` share a child, as long as it lives: forking takes longer than most cases."""
    outcomes: list[Outcome] = []
    while len(outcomes) < len(cases):
        part = cases[len(outcomes) : len(outcomes) + together]
        said, end = _in_a_child(part)
        outcomes += [_judged(outcome) for outcome in said]
        if len(said) < len(part):
            outcomes.append(replace(end, executed=part[len(said)].executed()))
    return outcomes


def _judged(outcome: Outcome) -> Outcome:
    if outcome.megabytes > BUDGET_BYTES / 2**20:
        return replace(outcome, ending="over_memory")
    return replace(outcome, ending="hang") if outcome.seconds > BUDGET_SECONDS else outcome


def _in_a_child(cases: Sequence[Case]) -> tuple[list[Outcome], Outcome]:
    """Outcomes of the cases that a child came through, and how it ended."""
    source, sink = os.pipe()
    pid = os.fork()
    if pid == 0:  # the child
        os.close(source)
        try:
            _limit()
            for case in cases:
                case.prepare()
                signal.setitimer(signal.ITIMER_PROF, BUDGET_SECONDS + 2)  # its signal ends the process
                outcome = _call(case.read)
                signal.setitimer(signal.ITIMER_PROF, 0)
                os.write(sink, json.dumps(asdict(replace(outcome, executed=case.executed()))).encode() + b"\n")
        finally:
            os._exit(0)
    os.close(sink)
    with os.fdopen(source, "rb") as stream:
        said, late = _listen(stream.fileno(), pid)
    _, status, _ = os.wait4(pid, 0)
    outcomes = [Outcome(**json.loads(line)) for line in said.splitlines()]
    if late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF):
        return outcomes, Outcome("hang", "stopped after the time limit")
    words = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "it ended without a word"
    return outcomes, Outcome("crash", words)


def _listen(handle: int, pid: int) -> tuple[bytes, bool]:
    """What the child writes before it ends, and whether it had to be killed over a case."""
    said, end = b"", time.monotonic() + _WALL_SECONDS
    while True:
        ready, _, _ = select.select([handle], [], [], max(end - time.monotonic(), 0))
        if not ready:
            os.kill(pid, signal.SIGKILL)
            return said, True
        block = os.read(handle, 65536)
        if not block:
            return said, False
        said, end = said + block, time.monotonic() + _WALL_SECONDS


def _limit() -> None:
    faulthandler.disable()  # a test runner's report of a crash that is told anyway
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        pages = int(file.read().split()[0])
    room = pages * resource.getpagesize() + _HARD_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    quiet = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):  # libraries write their own complaints
        os.dup2(quiet, handle)


def _call(read: Callable[[], Any]) -> Outcome:
    before, peaked, start = _resident(), _peak(), time.process_time()
    try:
        read()
        ending, words = "accepted", ""
    except SfvError as error:
        words = str(error)
        whole = bool(words) and "\n" not in words and len(words) <= _LONGEST
        ending = "clean" if whole else "traceback"
    except BaseException as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "/sfv/" in frame.filename][-1:]
        place = ", ".join(f"{frame.filename.split('/')[-1]}:{frame.lineno}" for frame in (*ours, where))
        ending, words = "traceback", f"{type(error).__name__}: {str(error)[:200]} @ {place}"
    seconds, peak = time.process_time() - start, _peak()
    grown = peak - before if peak > peaked else 0.0
    return Outcome(ending, words[:2000].encode("utf-8", "replace").decode(), seconds, grown)


def _peak() -> float:
    """Largest resident memory so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _resident() -> float:
    """Resident memory now, MiB."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20
