"""Trained policies that a user names: skills by name, run folders and policy files by path, or the policy itself."""

from pathlib import Path
from typing import TYPE_CHECKING

from sfv.errors import SfvError

if TYPE_CHECKING:
    from sfv.learn.run.policy import Policy
    from sfv.skills.skill import Skill

RESULTS = Path("evaluation")
"""Folder under the present one in which results of skills are kept: a skill itself is not written to."""
_POLICY = "sfv.policy"


def as_run(policy: "Policy | Skill | str | Path", character: str | None = None) -> Path:
    """Run folder of a policy: a skill by name (``walk``, ``atlas/walk``), a run folder or the policy's file in one by path (also what
    `sfv run` wrote), or a ``Policy`` or ``Skill`` as it is.

    ``character`` is whose skill is meant where a name alone does not say. Raises UnknownNameError, SfvError.
    """
    from sfv.skills.skill import Skill, find_playable

    if isinstance(policy, Skill):
        return policy.run_folder()
    if not isinstance(policy, (str, Path)):
        return _of_file(policy.path)
    path = Path(policy).expanduser()
    if path.is_file() and _is_policy(path):
        return _of_file(path)
    return find_playable(policy, character)


def _of_file(path: Path) -> Path:
    """The run folder that a policy's file lies in. Raises SfvError."""
    if not (path.parent / "config.toml").is_file():
        raise SfvError(
            f"{path} lies in no run folder; beside it must stand the config.toml and clip.npz of its training"
        )
    from sfv.skills.skill import run_folder

    return run_folder(path.parent)


def _is_policy(path: Path) -> bool:
    from sfv.recognise import is_npz, schema_of

    return is_npz(path) and schema_of(path) == _POLICY


def locate(policy: "Policy | Skill | str | Path", character: str | None = None) -> tuple[Path, Path, str | None]:
    """Run folder that ``policy`` means (see ``as_run``), folder for its results, and its name where it is a skill.

    Raises UnknownNameError, SfvError.
    """
    from sfv.skills.skill import CARD, read_skill
    from sfv.storage.safe_names import safe_name

    folder = as_run(policy, character)
    if not (folder / CARD).is_file():
        return folder, folder, None
    card = read_skill(folder).card
    return folder, RESULTS / safe_name(f"{card.character}_{card.name}"), card.name


def report_folder(results: Path, env: str | None) -> Path:
    """Where the report of a suite lies in a folder of results; every environment that is asked for has its own."""
    from sfv.evaluate.report import FOLDER
    from sfv.storage.safe_names import safe_name

    if env is None:
        return results / FOLDER
    return results / f"{FOLDER}_{safe_name(env)}"
