"""``sfv.export``: a finished run becomes a small skill that plays by name."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfv.front.outputs import path_of
from sfv.front.settings import Log, quiet, with_settings
from sfv.imitate.config import NrConfig
from sfv.names import as_run
from sfv.ranges import Threads, checked

if TYPE_CHECKING:
    from sfv.learn.run.policy import Policy
    from sfv.names.skill import Skill


@checked
def export(
    policy: "Policy | str | Path",
    name: str,
    out: str | Path | None = None,
    *,
    source: str = "",
    credit: str = "not stated",
    licence: str = "not stated",
    asset: str = "",
    threads: Threads = 0,
    config: NrConfig | None = None,
    log: Log = quiet,
    **settings: Any,
) -> "Skill":
    """Make a small skill of a finished run: its policy in half precision, its clip, its settings, and a card with the NR of the very
    weights that were written.

    Args:
        policy: A policy, or the path of its run folder.
        name: Name of the skill.
        out: Folder to write; None is skills/<character>/<name>, where it is found by name.
        source: Where the motion came from; empty is what the clip says.
        credit: Whom the motion is owed to.
        licence: Licence of the motion.
        asset: Motion-capture clip (``humanoid3d_walk``) that the run's clip was made of: it is fetched at first use instead of written.
        threads: Threads that simulate; 0 is one a core.
        config: How NR is measured.
        log: Called with each line about what was written.
        settings: Single fields of ``NrConfig``, which win over ``config``.

    Returns:
        The skill; ``sfv.play(name)`` plays it.

    Raises:
        SfvError: The run is not finished, or the name or the folder will not do.
        FileFormatError: The folder is no run folder.
    """
    folder = as_run(policy)
    from sfv.learn.run.folder import read_run, read_summary

    read_run(folder)
    config = with_settings(config or NrConfig(), settings)
    from sfv.skills.export import Origin, export_skill
    from sfv.system.machine import commit
    from sfv.system.progress import stage_progress

    with stage_progress("export"):
        origin = Origin(credit, licence, source, commit(), asset)
        skill = export_skill(folder, name, path_of(out), origin, config, threads)
    card, summary = skill.card, read_summary(folder)
    trained = "" if summary is None else f" (while training {summary.nr:.3f})"
    log(
        f"NR {card.nr:.3f}{trained}, {card.finished} of {card.starts} starts without a fall; on finer physics NR {card.nr_fine:.3f}\n"
        f"wrote {skill.folder}; play it: sfv play {name} --character {card.character}"
    )
    return skill
