"""Protocol ``nr``, version 1: the normalised return and completion where nothing is disturbed, as everywhere in sfv.

32 starts with NR's noise, 20 s of a cyclic clip from random phases, others from their first frame to their end; own physics, own
environment without its disturbances (or the one that is named). See sfv.evaluate.nr. Completion has Wilson's interval, NR the normal
one of a mean, both 95 %.
"""

from collections.abc import Sequence

from sfv.evaluate.protocols.protocol import Compared, Protocol, find
from sfv.evaluate.protocols.result import Progress, Result, Row, mean_row, quiet, share_row
from sfv.evaluate.protocols.subject import Subject
from sfv.evaluate.protocols.tables import interval
from sfv.evaluate.protocols.trials import play_trials
from sfv.imitate.config import NrConfig
from sfv.system.threads import one_torch_thread

NAME, VERSION = "nr", 1
"""Results of one version can be compared; any change to what is done above raises it."""


@one_torch_thread()
def run_nr(subject: Subject, config: NrConfig | None = None, progress: Progress = quiet) -> Result:
    """Measure the subject's policy; the same numbers as ``evaluate_nr``. Raises SfvError for a policy that does not fit."""
    config = config or NrConfig()
    core = subject.worlds(config.starts, config)
    played = play_trials(core, subject.policy.act, core.reset(), progress=progress)
    rows, words = slice(0, config.starts), f"undisturbed, on {subject.environment.name}"
    out = Result(control_steps=played.cost)
    out.rows = [
        mean_row(NAME, words, "nr", played.nr),
        share_row(NAME, words, "completion", int(played.survived.sum()), config.starts),
    ]
    failure = played.falls.failure(rows, NAME, "", words)
    out.failures = [failure] if failure is not None else []
    return out


def _summary(rows: Sequence[Row], env: str) -> list[str]:
    lines = [f"undisturbed on '{env}': NR {interval(row)}, n = {row.n}" for row in find(rows, metric="nr")]
    for row in find(rows, metric="completion"):
        lines[-1] += f"; {round(row.value * row.n)} of {row.n} come to the end"
    return lines


PROTOCOL = Protocol(
    NAME,
    VERSION,
    run_nr,
    NrConfig(),
    quick=NrConfig(starts=8),
    weight=2.0,
    summary=_summary,
    compared=(Compared(None, "nr", "NR"), Compared(None, "completion", "completed")),
)
