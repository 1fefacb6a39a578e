"""Protocol ``nr``, version 1: the normalised return and completion where nothing is disturbed, as everywhere in sfv.

32 starts with NR's noise, 20 s of a cyclic clip from random phases, others from their first frame to their end; own physics, own
environment without its disturbances (or the one that is named). See sfv.evaluate.nr. Completion has Wilson's interval, NR the normal
one of a mean, both 95 %.
"""

from pathlib import Path

from sfv.evaluate.protocols.result import Progress, Result, mean_row, quiet, share_row
from sfv.evaluate.protocols.subject import load_subject
from sfv.evaluate.protocols.trials import play_trials
from sfv.imitate.config import NrConfig
from sfv.system.threads import one_torch_thread

NAME, VERSION = "nr", 1
"""Results of one version can be compared; any change to what is done above raises it."""


@one_torch_thread()
def run_nr(
    run_dir: Path | str,
    config: NrConfig | None = None,
    threads: int = 0,
    progress: Progress | None = None,
    env: str | None = None,
) -> Result:
    """Measure a run folder's policy; the same numbers as ``evaluate_nr``. Raises FileFormatError, UnknownNameError."""
    config, subject = config or NrConfig(), load_subject(run_dir, env, threads)
    core = subject.worlds(config.starts, config)
    played = play_trials(core, subject.policy.act, core.reset(), progress=progress or quiet)
    rows, words = slice(0, config.starts), f"undisturbed, on {subject.environment.name}"
    out = Result(control_steps=played.cost)
    out.rows = [
        mean_row(NAME, words, "nr", played.nr),
        share_row(NAME, words, "completion", int(played.survived.sum()), config.starts),
    ]
    failure = played.falls.failure(rows, NAME, "", words)
    out.failures = [failure] if failure is not None else []
    return out
