"""Training one run: updates, evaluations, checkpoints; interrupted runs go on where they were."""

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from stable_baselines3.common.logger import configure

from sfv.character import load_character
from sfv.environment import load_environment
from sfv.environment.randomisation import RandomisationConfig
from sfv.errors import DeviceError, SfvError
from sfv.imitate.config import NrConfig
from sfv.imitate.playback import make_nr_worlds, play
from sfv.imitate.term_names import DEEPMIMIC
from sfv.imitate.vec_env import ImitationVecEnv
from sfv.imitate.worlds_env import ImitationWorlds, make_imitation_worlds
from sfv.learn.begin import Other, begin_folder, make_room, policies_open
from sfv.learn.config import RunConfig
from sfv.learn.interrupt import deferred_interrupt
from sfv.learn.look import look_at
from sfv.learn.ppo.ppo import ImitationPPO, UpdateStatistics
from sfv.learn.ranks import Ranks, join_ranks, leave_ranks, own_device
from sfv.learn.run.checkpoint import CHECKPOINT, Counters, load_checkpoint, save_checkpoint
from sfv.learn.run.folder import CONFIG, ProgressFile, Summary, own_runs, read_summary, write_summary
from sfv.learn.run.policy import POLICY_FILE, save_policy
from sfv.learn.run.warm_start import check_warm_start, warm_start
from sfv.learn.timing import choose_precision, choose_threads
from sfv.motion.clip import Clip
from sfv.names.runs import run_of
from sfv.physics.backend import choose_device
from sfv.storage.lock import locked
from sfv.system.threads import one_torch_thread

log = logging.getLogger(__name__)

_SCALARS = (
    "reward",
    "episode_return",
    "episode_seconds",
    "failed",
    "diverged",
    "kl",
    "clip_fraction",
    "value_loss",
    "std",
    "learning_rate",
)
_AS_GOOD = 0.01
"""Where a part of the starts fall by pushes, a score that is lower by no more than this is as good: then the newer policy is kept,
which has learned with less noise and smaller steps."""
_APART = 1_000_003
"""Between the seeds of the processes of one training: far from any seed that a user would take next."""
COLUMNS = ("samples", "minutes", "nr", "finished", "steps_per_s", *_SCALARS, *(f"reward_{term}" for term in DEEPMIMIC))
"""Columns of progress.csv; nr and finished (share of starts without a failure) only at evaluations."""


def columns_of(core: ImitationWorlds) -> tuple[str, ...]:
    """Columns of a training's progress.csv: after the usual ones every other reward term and early termination that it trains with."""
    return (
        *COLUMNS,
        *(f"reward_{name}" for name in core.named_rewards),
        *(f"ended_{name}" for name in core.terminations),
    )


class TrainingInterrupted(SfvError):
    """Ctrl-C, SIGTERM or SIGHUP stopped training; a checkpoint was written."""


@dataclass(frozen=True)
class TrainProgress:
    """Where training stands after an update."""

    samples: int
    total_samples: int
    minutes: float
    """Since the first start, interruptions left out."""
    seconds_left: float
    """Until all samples are used, at the speed so far."""
    steps_per_s: float
    """Control steps a second of this update, collection and learning together."""
    nr: float | None
    """NR of the last evaluation."""
    best_nr: float | None
    evaluated: bool
    """An evaluation was made after this update."""
    statistics: UpdateStatistics


Watcher = Callable[[TrainProgress], None]
"""Called after every update."""


def train(
    run: RunConfig,
    clip: Clip | Sequence[Clip],
    run_dir: Path | str,
    watcher: Watcher | None = None,
    other: Other = "refuse",
    trust: bool = False,
) -> Summary:
    """Train a policy that imitates ``clip`` (one policy for all of several clips), or go on with the run in ``run_dir``; a
    run that has gone as far as is asked for is left as it is.

    A folder that holds the same run with another ``total_samples`` or another of ``begin.CHANGEABLE`` is gone on with from its
    checkpoint; another training in it is refused, or renamed (``other``), never deleted. Afterwards the folder holds config.toml,
    clip.npz, policy.npz (the best by NR), progress.csv, TensorBoard events, checkpoint.npz and summary.json. A clip that cannot be what
    it says (``sfv.motion.plausible``) is refused unless the caller trusts it; doubts, and how its first second is replayed with zero
    action, are logged and stand in the summary.

    Raises OtherRunError for another run's folder, FolderBusyError where another process trains in it, SfvError for a clip of another
    character, TrainingInterrupted after Ctrl-C, SIGTERM or SIGHUP, DivergedError when the numbers explode, DeviceError for a device
    that is not there or too small, CapacityError where contacts do not fit into it. Started by ``torchrun`` it is one of several
    processes (``ranks``).
    """
    clips = [clip] if isinstance(clip, Clip) else list(clip)
    if run.start_from:  # a skill may be named
        run = replace(run, start_from=str(run_of(run.start_from, run.character)))
    folder, device = Path(run_dir), own_device(choose_device(run.learner.device))
    ranks = join_ranks(device)
    try:
        with ExitStack() as held:
            summary, notes = None, ()
            if ranks.first:
                if run.start_from and not (folder / CONFIG).is_file():  # quicker than a look at the clips
                    check_warm_start(run, Path(run.start_from))
                notes = look_at(clips, run, trust)
                make_room(folder, run, clips, other)
                held.enter_context(locked(folder))
                summary = begin_folder(folder, run, clips)
            ranks.meet()
            if ranks.decide(summary is not None, torch.device(device.removeprefix("warp:"))):
                summary = summary or read_summary(folder)
            return summary or _train(run, clips, folder, device, ranks, watcher if ranks.first else None, notes)
    except torch.OutOfMemoryError as error:
        raise DeviceError(
            f"the memory of {device} does not suffice for {run.learner.worlds} worlds and minibatches of "
            f"{run.learner.batch_size}; lower learner.worlds or learner.batch_size"
        ) from error
    finally:
        leave_ranks()


def _train(
    run: RunConfig,
    clips: Sequence[Clip],
    folder: Path,
    device: str,
    ranks: Ranks,
    watcher: Watcher | None,
    notes: tuple[str, ...] = (),
) -> Summary:
    """Train in a run folder that is there."""
    with one_torch_thread():  # tables and networks must not depend, by rounding, on how many threads the caller uses
        learner, judges = build_learner(run, clips, device, ranks)
    learner.set_logger(configure(str(folder), ["tensorboard"]) if ranks.first else configure(None, []))
    threads = torch.get_num_threads()
    try:
        counters = _begin(learner, run, folder)
        if ranks.first and counters.samples and not policies_open(folder, clips):
            log.info("%s cannot be read; the policy of the last checkpoint takes its place", folder / POLICY_FILE)
            counters.best_nr = counters.best_score = -1.0
            _evaluate(learner, judges, folder, counters)
        rows = ProgressFile(folder, columns_of(learner.core), counters.samples) if ranks.first else None
        with deferred_interrupt() as interrupt:
            reason = _loop(learner, judges, run, folder, counters, rows, watcher, lambda: interrupt.requested)
    finally:
        torch.set_num_threads(threads)
        learner.logger.close()
    if reason == "interrupted":
        raise TrainingInterrupted(
            f"training stopped at {counters.samples} of {run.learner.total_samples} samples; the same command goes on from there"
        )
    summary = Summary(
        reason=reason,
        samples=counters.samples,
        minutes=counters.minutes,
        nr=counters.best_nr,
        nr_samples=counters.best_samples,
        finished=counters.best_finished,
        precision=_precision(learner),
        notes=notes,
    )
    if ranks.first:
        write_summary(folder, summary)
    return summary


def build_learner(
    run: RunConfig, clips: Sequence[Clip], device: str = "cpu", ranks: Ranks | None = None
) -> tuple[ImitationPPO, dict[Path, ImitationWorlds]]:
    """The learner on its worlds, and the worlds that measure NR, by each clip's folder within the run's.

    Raises DeviceError where they do not fit.
    """
    ranks = ranks or Ranks()
    character, environment, settings = load_character(run.character), load_environment(run.env), run.learner
    torch.manual_seed(settings.seed)
    core = make_imitation_worlds(
        clips,
        character,
        environment,
        run.physics,
        run.imitation,
        settings.worlds,
        settings.physics_threads,
        settings.seed + _APART * ranks.rank,
        device=device,
    )
    protocol = replace(NrConfig(), starts=settings.nr_starts)
    judges = {}
    for number, (folder, clip) in enumerate(zip(own_runs(Path(), clips), clips)):
        task = replace(run.imitation, one_of=(number, len(clips)) if len(clips) > 1 else run.imitation.one_of)
        # with the disturbances of the training: by NR alone a policy that nobody pushes would be kept for ever
        disturbed = run.imitation.start_push_speed > 0 or environment.randomisation != RandomisationConfig()
        shorter = _more_and_shorter(protocol, run.imitation.episode_seconds)
        starts = shorter if disturbed and clip.cyclic else protocol
        judges[folder] = make_nr_worlds(
            clip, character, environment, run.physics, task, starts, settings.physics_threads, device, disturbed
        )
    return ImitationPPO(ImitationVecEnv(core), settings, ranks), judges


def _more_and_shorter(protocol: NrConfig, seconds: float) -> NrConfig:
    """As many control steps from more starts: where a part of them fall, few starts cannot tell two policies apart."""
    seconds = min(seconds, protocol.seconds)
    return replace(protocol, seconds=seconds, starts=round(protocol.starts * protocol.seconds / seconds))


def _begin(learner: ImitationPPO, run: RunConfig, folder: Path) -> Counters:
    """Resume from the checkpoint, or start: threads, arithmetic, normaliser."""
    torch.set_num_threads(choose_threads(learner.network, run.learner))
    if (folder / CHECKPOINT).is_file():
        counters = load_checkpoint(folder, learner)
        if counters.samples:
            log.info("going on at %d of %d samples", counters.samples, run.learner.total_samples)
        return counters
    if run.start_from and not warm_start(learner.network, run, Path(run.start_from)):
        log.info("%s brings no value network; it is learned first", run.start_from)
    low = choose_precision(learner.network, run.learner) == "bfloat16"
    learner.network.low_precision = learner.ranks.decide(low, learner.device)
    learner.warm_up(run.learner.n_steps)
    log.info(
        "on %s; hidden layers train in %s, torch uses %d thread(s)",
        learner.device.type,
        _precision(learner),
        torch.get_num_threads(),
    )
    counters = Counters()
    save_checkpoint(folder, learner, counters)  # from here on there is one: where it is missing, it was taken away
    return counters


def _precision(learner: ImitationPPO) -> str:
    return "bfloat16" if learner.network.low_precision else "float32"


def _loop(
    learner: ImitationPPO,
    judges: Mapping[Path, ImitationWorlds],
    run: RunConfig,
    folder: Path,
    counters: Counters,
    rows: ProgressFile | None,
    watcher: Watcher | None,
    interrupted: Callable[[], bool],
) -> str:
    """Update until a stop rule holds; returns which: "samples", "nr" or "interrupted"."""
    settings, ranks = run.learner, learner.ranks

    def reached() -> bool:
        wanted = settings.stop_nr is not None and counters.last_nr >= settings.stop_nr
        return ranks.decide(wanted, learner.device)

    if reached():  # killed between its last checkpoint and its summary, or asked for less than before
        return "nr"
    first_samples, first_minutes, begin = counters.samples, counters.minutes, time.monotonic()
    while counters.samples < settings.total_samples:
        start = time.monotonic()
        learner.core.set_progress(counters.samples / settings.total_samples)
        statistics = learner.update(settings.total_samples)
        rate = (learner.num_timesteps - counters.samples) / (time.monotonic() - start)
        counters.samples = learner.num_timesteps
        last = counters.samples >= settings.total_samples
        evaluated = last or counters.samples >= counters.next_nr
        judged = _evaluate(learner, judges, folder, counters) if evaluated and ranks.first else None
        if evaluated:
            counters.next_nr = counters.samples + settings.nr_interval
        counters.minutes = first_minutes + (time.monotonic() - begin) / 60.0
        row = {name: getattr(statistics, name) for name in _SCALARS}
        row |= {f"reward_{term}": value for term, value in statistics.terms.items()}
        row |= {f"ended_{name}": share for name, share in statistics.ended_by.items()}
        row |= {"samples": counters.samples, "minutes": counters.minutes, "steps_per_s": rate}
        if judged is not None:
            row |= {"nr": counters.last_nr, "finished": judged}
            learner.logger.record("evaluation/nr", counters.last_nr)
        if rows is not None:
            rows.append(
                {name: value for name, value in row.items() if not (isinstance(value, float) and math.isnan(value))}
            )
        learner.logger.record("time/steps_per_s", rate)
        for name, value in learner.core.starts.figures().items():
            learner.logger.record(f"starts/{name}", value)
        learner.logger.dump(counters.samples)
        if watcher is not None:
            spent = (counters.minutes - first_minutes) * 60.0
            left = spent / (counters.samples - first_samples) * max(settings.total_samples - counters.samples, 0)
            watcher(_progress(run, counters, statistics, left, rate, evaluated))
        stop = ranks.decide(interrupted(), learner.device)
        if evaluated or stop:
            save_checkpoint(folder, learner, counters)
        if stop and not last:
            return "interrupted"
        if reached():
            return "nr"
    return "samples"


def _evaluate(learner: ImitationPPO, judges: Mapping[Path, ImitationWorlds], folder: Path, counters: Counters) -> float:
    """Measure NR from the same disturbed starts each time, of several clips the mean; keep the policy when it is the best so
    far. Returns the share of starts that came to the end.
    """
    learner.network.set_training_mode(False)
    task = learner.core.task
    nrs, scores, finished = [], [], []
    for own, judge in judges.items():
        judge.generator.manual_seed(NrConfig().seed)
        with torch.no_grad():
            judged = play(judge, learner.network.mean_action)
        nrs.append(float(judged.nr.mean()))
        scores.append(nrs[-1])
        if task is not None and judged.goal is not None:
            scores[-1] = float(task.score(judged.nr, judged.goal).mean())
            learner.logger.record("evaluation/goal", float(judged.goal.mean()))
            log.info("NR %.3f, goal %.3f", nrs[-1], float(judged.goal.mean()))
        finished.append(float(judged.finished.float().mean()))
        if len(judges) > 1:
            learner.logger.record(f"evaluation/nr_{own.name}", nrs[-1])
            log.info("%s: NR %.3f, %.0f %% finish", own.name, nrs[-1], 100 * finished[-1])
    counters.last_nr, share = sum(nrs) / len(nrs), sum(finished) / len(finished)
    score = sum(scores) / len(scores)
    disturbed = any(
        judge.disturbances.pushes is not None or judge.config.start_push_speed > 0 for judge in judges.values()
    )
    if score > counters.best_score - (_AS_GOOD if disturbed else 0.0):
        counters.best_score = max(score, counters.best_score)
        counters.best_nr, counters.best_samples = counters.last_nr, counters.samples
        counters.best_finished = share
        for own in judges:
            save_policy(learner.network, folder / own / POLICY_FILE)
    return share


def _progress(
    run: RunConfig, counters: Counters, statistics: UpdateStatistics, left: float, rate: float, evaluated: bool
) -> TrainProgress:
    return TrainProgress(
        samples=counters.samples,
        total_samples=run.learner.total_samples,
        minutes=counters.minutes,
        seconds_left=left,
        steps_per_s=rate,
        nr=counters.last_nr if counters.last_nr >= 0 else None,
        best_nr=counters.best_nr if counters.best_nr >= 0 else None,
        evaluated=evaluated,
        statistics=statistics,
    )
