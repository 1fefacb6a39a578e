"""Trained policies that a user names: skills by name, run folders and policy files by path, or the policy itself."""

from pathlib import Path
from typing import Protocol

from sfv.errors import SfvError, UnknownNameError
from sfv.names.skill import CARD, Skill, list_skills, load_skill, read_skill
from sfv.recognise import is_npz, schema_of, unknown
from sfv.storage.run_files import CONFIG, POLICY_FILE
from sfv.storage.safe_names import safe_name

RESULTS = Path("evaluation")
"""Folder under the present one in which results of skills are kept: a skill itself is not written to."""
_POLICY = "sfv.policy"


class PolicyOfFile(Protocol):
    """A policy that knows where it was read, as ``sfv.Policy`` does."""

    @property
    def path(self) -> Path:
        """The file."""
        ...


def as_run(policy: PolicyOfFile | Skill | str | Path, character: str | None = None) -> Path:
    """Run folder of a policy: a skill by name (``walk``, ``atlas/walk``), a run folder or the policy's file in one by path (also what
    `sfv run` wrote, whose train/ is meant), or a ``Policy`` or ``Skill`` as it is.

    A path is told by its separator, or by there being such a folder and no such skill; a ``Path`` to a folder is always one.
    ``character`` is whose skill is meant where a name alone does not say. Raises UnknownNameError, SfvError.
    """
    found = look_up(policy, character)
    return found.run_folder() if isinstance(found, Skill) else found


def run_of(policy: PolicyOfFile | Skill | str | Path, character: str | None = None) -> Path:
    """The same for those to whom a folder that is there is a run folder, whatever it holds. Raises UnknownNameError, SfvError."""
    if isinstance(policy, (str, Path)) and Path(policy).is_dir():
        return Path(policy)
    return as_run(policy, character)


def look_up(policy: PolicyOfFile | Skill | str | Path, character: str | None = None) -> Skill | Path:
    """What ``as_run`` finds, a skill before its clip is fetched. Raises UnknownNameError, SfvError."""
    if isinstance(policy, Skill):
        return policy
    if not isinstance(policy, (str, Path)):
        return _of_file(policy.path)
    path, name = Path(policy).expanduser(), str(policy)
    if isinstance(policy, Path) and path.is_dir():
        return run_folder(path)
    if path.is_file():
        if not is_npz(path):
            raise unknown(path, "skills by name and run folders")
        if schema_of(path) == _POLICY:
            return _of_file(path)
        raise SfvError(
            f"{path} is a file; give the name of a skill or a run folder (`sfv view` shows a clip or a motion)"
        )
    owner, _, rest = name.partition("/")
    if rest and not path.exists() and owner in {skill.card.character for skill in list_skills()}:
        return load_skill(rest, owner)
    if "/" in name or "\\" in name or path.is_absolute():
        return run_folder(path)
    try:
        return load_skill(name, character)
    except UnknownNameError:
        if path.is_dir():
            return run_folder(path)
        raise


def run_folder(path: Path) -> Path:
    """The run folder that a folder's path means. Raises SfvError where there is none."""
    for folder in (path, path / "train"):
        if (folder / POLICY_FILE).is_file():
            return read_skill(folder).run_folder() if (folder / CARD).is_file() else folder
    reason = "holds no trained policy" if path.is_dir() else "is a file" if path.exists() else "does not exist"
    raise SfvError(f"{path} {reason}; give a run folder that sfv train wrote, or the name of a skill")


def _of_file(path: Path) -> Path:
    """The run folder that a policy's file lies in. Raises SfvError."""
    if not (path.parent / CONFIG).is_file():
        raise SfvError(
            f"{path} lies in no run folder; beside it must stand the config.toml and clip.npz of its training"
        )
    return run_folder(path.parent)


def locate(policy: PolicyOfFile | Skill | str | Path, character: str | None = None) -> tuple[Path, Path, str | None]:
    """Run folder that ``policy`` means (see ``as_run``), folder for its results, and its name where it is a skill.

    Raises UnknownNameError, SfvError.
    """
    folder = as_run(policy, character)
    if not (folder / CARD).is_file():
        return folder, folder, None
    card = read_skill(folder).card
    return folder, RESULTS / safe_name(f"{card.character}_{card.name}"), card.name
