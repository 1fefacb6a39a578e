"""A finished run -> a skill: the actor alone in float16, measured again as it is written."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from sfv.character import list_characters, load_character
from sfv.config_file import read_toml, to_toml
from sfv.environment import list_environments, load_environment
from sfv.errors import SfvError
from sfv.evaluate.evaluation import evaluate_run
from sfv.files import part_prefix, write_text
from sfv.imitate.config import NrConfig
from sfv.learn.config import RunConfig
from sfv.learn.run.folder import CLIP, CONFIG, Summary, read_run, read_summary
from sfv.learn.run.policy import POLICY_FILE, load_policy, save_small_policy
from sfv.names.captured import same_motion
from sfv.names.skill import CARD, Skill, SkillCard, read_skill
from sfv.retarget.captured import captured_clip
from sfv.storage.safe_names import safe_name


@dataclass(frozen=True)
class Origin:
    """What a run folder does not know about its motion."""

    credit: str = "not stated"
    """Person or institution that the motion is owed to."""
    licence: str = "not stated"
    """Licence of the motion."""
    source: str = ""
    """Where the motion came from; empty: what the clip says."""
    commit: str = ""
    """Commit of the code that exports."""
    asset: str = ""
    """Motion-capture clip that the run's clip was made of: it is fetched at first use instead of written into the skill."""


def export_skill(
    run_dir: Path | str,
    name: str,
    out: Path | str | None = None,
    origin: Origin | None = None,
    nr: NrConfig | None = None,
    threads: int = 0,
) -> Skill:
    """Write the skill folder ``out``, skills/<character>/<name> by default, where ``load_skill`` finds it.

    An older skill in that folder is replaced once the new one is complete. Raises SfvError for a run that is not finished, a
    name or a folder that will not do, FileFormatError for what is no run folder.
    """
    run_dir, origin, nr = Path(run_dir), origin or Origin(), nr or NrConfig()
    run, clip = read_run(run_dir)
    summary = read_summary(run_dir)
    if summary is None:
        raise SfvError(f"{run_dir} is not finished; go on with the same sfv train command, then export it")
    if not name.replace("_", "").replace("-", "").isalnum():
        raise SfvError(f"a skill's name is of letters, digits, - and _, got '{name}'; choose another with --name")
    if origin.asset and not same_motion(clip, captured_clip(origin.asset, clip.character)):
        raise SfvError(
            f"the clip of {run_dir} is not what {origin.asset} gives on {clip.character} today; leave the asset out, or train again"
        )
    run = _by_name(run)
    folder = Path(out) if out is not None else Path("skills") / safe_name(clip.character) / name
    if folder.exists() and not (folder / CARD).is_file():
        raise SfvError(f"{folder} is there and holds no skill; choose another folder with --out")
    policy = load_policy(run_dir)
    with _replaced(folder) as made:
        save_small_policy(policy, made / POLICY_FILE)
        clip.save(made / CLIP)
        versions = read_toml(run_dir / CONFIG).get("versions", {})
        write_text(made / CONFIG, to_toml({"run": run, "versions": versions}))
        card = _measured(made, name, run, summary, origin, nr, threads)
        write_text(made / CARD, to_toml(vars(card)))
        if origin.asset:
            (made / CLIP).unlink()
    return read_skill(folder)


def _by_name(run: RunConfig) -> RunConfig:
    """The run with its character and environment by name, because a path means nothing elsewhere."""
    for kind, given, known in (
        ("character", load_character(run.character), list_characters()),
        ("environment", load_environment(run.env), list_environments()),
    ):
        plain = given.folder.name  # an environment's name may have changes behind it
        if known.get(plain) is None or known[plain].resolve() != given.folder.resolve():
            raise SfvError(
                f"the {kind} at {given.folder} is not found by its name '{plain}'; "
                f"put it into ./{'characters' if kind == 'character' else 'envs'} or name its folder's parent in SFV_PATH"
            )
    return replace(run, character=load_character(run.character).name, env=load_environment(run.env).name, start_from="")


@contextmanager
def _replaced(folder: Path) -> Iterator[Path]:
    """A temporary folder that takes the place of ``folder`` on success, and vanishes otherwise."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=part_prefix(), dir=folder.parent))
    except OSError as error:
        raise SfvError(
            f"cannot write {folder}: {error.strerror or error}; choose a writable folder with --out"
        ) from error
    older: Path | None = None
    try:
        yield made
        made.chmod(_FOLDER_MODE)
        if folder.exists():  # there is always a whole one, the older or the newer, whenever this is killed
            folder.rename(older := Path(tempfile.mkdtemp(prefix=part_prefix(), dir=folder.parent)))
        made.rename(folder)
    finally:
        for rest in (made, older):
            if rest is not None:
                shutil.rmtree(rest, ignore_errors=True)


_FOLDER_MODE = 0o755  # a temporary folder is its owner's alone
_DIGITS = 4  # of the NRs on the card


def _measured(
    folder: Path, name: str, run: RunConfig, summary: Summary, origin: Origin, nr: NrConfig, threads: int
) -> SkillCard:
    """The card of the weights that lie in ``folder``."""
    _, clip = read_run(folder)
    found = evaluate_run(folder, nr, threads)
    return SkillCard(
        name=name,
        character=run.character,
        clip=clip.name,
        source=origin.source or clip.source or "not stated",
        credit=origin.credit,
        licence=origin.licence,
        nr=round(found.nr, _DIGITS),
        nr_fine=round(found.nr_fine, _DIGITS),
        finished=found.finished,
        finished_fine=found.finished_fine,
        starts=found.starts,
        cyclic=clip.cyclic,
        seconds=found.seconds,
        seed=run.learner.seed,
        samples=summary.nr_samples,
        sfv=version("sfv"),
        commit=origin.commit,
        asset=origin.asset,
    )
