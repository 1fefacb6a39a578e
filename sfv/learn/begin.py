"""What becomes of what a run folder already holds: the same run goes on, another one is never deleted."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from sfv.character import load_character
from sfv.errors import FileFormatError, SfvError
from sfv.files import clear_parts
from sfv.learn.config import RunConfig
from sfv.learn.run.checkpoint import CHECKPOINT, samples_of
from sfv.learn.run.folder import (
    CONFIG,
    SUMMARY,
    Summary,
    differences,
    own_runs,
    read_history,
    read_run_settings,
    read_summary,
    write_run,
    write_settings,
)
from sfv.learn.run.policy import POLICY_FILE, load_policy
from sfv.learn.run.warm_start import check_warm_start
from sfv.motion.clip import Clip
from sfv.storage.aside import put_aside
from sfv.storage.lock import LOCK, locked

log = logging.getLogger(__name__)

Other = Literal["refuse", "keep aside", "restart"]
"""What becomes of another run's training in the folder: an error that names what differs; it is renamed; or whatever is there is."""

CHANGEABLE = frozenset(
    f"learner.{name}"
    for name in ("total_samples", "stop_nr", "nr_interval", "nr_starts", "physics_threads", "torch_threads", "device")
)
"""Settings that say how far a training goes, how it is watched and on what it runs, not what it is: it goes on with new ones. Step
size and action noise follow ``total_samples``: from there on they are what the new number makes of the samples done."""
_MADE = (CONFIG, CHECKPOINT, POLICY_FILE, SUMMARY)


class OtherRunError(SfvError):
    """A run folder holds a training that this one cannot go on from."""


def another_run(folder: Path, run: RunConfig, clips: Sequence[Clip]) -> str | None:
    """Why ``run`` cannot go on from what ``folder`` holds, in words; None where it can, or where nothing is there yet."""
    if not any((folder / name).exists() for name in _MADE):
        return None
    if not (folder / CONFIG).is_file():
        return f"a training without {CONFIG}"
    try:
        other = [name for name in differences(folder, run, clips) if name not in CHANGEABLE]
    except SfvError as error:
        return f"a training that cannot be read ({error})"
    if other:
        return f"a training with other settings ({', '.join(other)})"
    if _ended(folder, run, clips) is not None:
        return None
    if not (folder / CHECKPOINT).is_file():
        made = [name for name in (POLICY_FILE, SUMMARY) if (folder / name).exists()]
        return f"a training without {CHECKPOINT}, so that it cannot go on" if made else None
    try:
        samples_of(folder)
    except FileFormatError as error:
        return f"a training that cannot go on ({error})"
    return None


def make_room(folder: Path, run: RunConfig, clips: Sequence[Clip], other: Other) -> None:
    """Rename the folder where it holds another training, or with "restart" any. Raises FolderBusyError while somebody trains in it."""
    if other == "refuse" or not folder.is_dir():
        return
    with locked(folder) as lock:
        reason = another_run(folder, run, clips)
        if reason is None and other == "restart" and any((folder / name).exists() for name in _MADE):
            reason = "a training"
        if reason is not None:
            kept = put_aside(folder)
            lock.path = kept / LOCK
            log.info("%s held %s; it is kept as %s", folder, reason, kept)


def begin_folder(folder: Path, run: RunConfig, clips: Sequence[Clip]) -> Summary | None:
    """Make the run folder, which must be locked, or ready it for going on; how the run ended where that is all that was asked for.

    Raises OtherRunError where it holds another training.
    """
    reason = another_run(folder, run, clips)
    if reason is not None:
        raise OtherRunError(
            f"{folder} holds {reason}; choose another folder with --out, or give --restart: what is there is kept under a dated "
            "name, and training begins anew"
        )
    for place in {folder, *own_runs(folder, clips)}:
        clear_parts(place)
    if not (folder / CONFIG).is_file():
        if run.start_from:  # before anything is written
            check_warm_start(run, Path(run.start_from))
        own = load_character(run.character).name  # it may be given by the path of its folder
        for clip in clips:
            clip.check_character(own, clip.joints)
        write_run(folder, run, clips)
        return None
    summary = _ended(folder, run, clips)
    if summary is None:
        _go_on(folder, run, clips)
    elif summary.samples > run.learner.total_samples and summary.reason == "samples":
        said = "%s is trained already, with %d samples, more than the %d asked for; it is left as it is (NR %.3f)"
        log.info(said, folder, summary.samples, run.learner.total_samples, summary.nr)
    else:
        done = "%s is already trained (NR %.3f after %d samples); nothing to do"
        log.info(done, folder, summary.nr, summary.nr_samples)
    return summary


def _ended(folder: Path, run: RunConfig, clips: Sequence[Clip]) -> Summary | None:
    """How the run ended, where it has gone as far as ``run`` asks and its policies are sound."""
    try:
        summary = read_summary(folder)
    except FileFormatError:
        return None  # it is written again
    if summary is None or not policies_open(folder, clips):
        return None
    reached = run.learner.stop_nr is not None and summary.reason == "nr" and summary.nr >= run.learner.stop_nr
    return summary if reached or summary.samples >= run.learner.total_samples else None


def policies_open(folder: Path, clips: Sequence[Clip]) -> bool:
    """Whether the policies that a training keeps can be read."""
    try:
        for own in own_runs(folder, clips):
            load_policy(own / POLICY_FILE)
    except SfvError:
        return False
    return True


def _go_on(folder: Path, run: RunConfig, clips: Sequence[Clip]) -> None:
    """Write new settings of how far the run goes, and say so."""
    known = read_run_settings(folder)
    if known == run:
        return
    history = read_history(folder)
    before, now = known.learner.total_samples, run.learner.total_samples
    if before != now and (folder / CHECKPOINT).is_file():
        log.info("%s goes on to %d samples instead of %d", folder, now, before)
        for name, value in (("at_samples", samples_of(folder)), ("total_samples", before)):
            history[name] = [*history.get(name, []), value]
    write_settings(folder, run, clips, history)
