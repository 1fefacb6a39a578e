"""A skill: a trained policy small enough to ship, with its clip, its settings and a card that says what it is worth.

A skill's folder is a run folder too (config.toml, clip.npz, policy.npz): everything that takes a run folder takes a skill. Where
the motion is a third party's, clip.npz is made at first use (``Skill.run_folder``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sfv.config_file import from_table, read_toml
from sfv.errors import SfvError, UnknownNameError
from sfv.finder import data_roots
from sfv.motion.fields import plain_name
from sfv.ranges import Checked, Number, Seconds
from sfv.storage.run_files import CLIP

CARD = "skill.toml"
"""The file that makes a folder a skill."""
SHIPPED = Path(__file__).resolve().parents[1] / "skills" / "data"
"""Skills that come with sfv: data/<character>/<name>/."""
DEFAULT_CHARACTER = "humanoid"
"""Whose skill is meant where none is named and several characters have it."""


@dataclass(frozen=True)
class SkillCard(Checked):
    """What ``skill.toml`` says."""

    name: str
    character: str
    clip: str
    """Name of the clip that is imitated."""
    source: str
    """Where the motion came from."""
    credit: str
    """Person or institution that the motion is owed to."""
    licence: str
    """Licence of the motion."""
    nr: Number
    """Normalised return of the very weights in the folder; 1 is the reference itself."""
    nr_fine: Number
    """The same at 1/600 s with armature 0.01."""
    finished: int
    """Starts that came to the end without a fall, out of ``starts``."""
    finished_fine: int
    starts: int
    cyclic: bool
    """It can go on for ever."""
    seconds: Seconds
    """Length of a measured episode."""
    seed: int
    """Seed of the training."""
    samples: int
    """Control steps of training after which these weights were reached."""
    sfv: str
    """Version of sfv that exported it."""
    commit: str
    """Commit of the code that exported it."""
    asset: str = ""
    """Motion-capture clip that is fetched and made into the skill's clip at first use; empty: the folder holds the clip."""


@dataclass(frozen=True)
class Skill:
    """A skill on disk."""

    folder: Path
    card: SkillCard

    def run_folder(self) -> Path:
        """The folder with its clip, for everything that takes a run folder; fetches the clip at first use. Raises AssetError."""
        if not self.card.asset or (self.folder / CLIP).is_file():
            return self.folder
        from sfv.names.captured import with_clip  # reads and carries over motion capture: heavy

        return with_clip(self.folder, self.card.asset, self.card.character)


def skill_roots() -> list[Path]:
    """Folders of <character>/<name>/: ./skills, those of $SFV_PATH, then what comes with sfv."""
    return [*data_roots("skills"), *([SHIPPED] if SHIPPED.is_dir() else [])]


def list_skills(broken: list[str] | None = None) -> list[Skill]:
    """Every skill that is found, by character and name; the first of several with the same name counts.

    One that cannot be read does not hide the others: what is wrong with it is added to ``broken``, where that is given.
    """
    found: dict[tuple[str, str], Path] = {}
    for root in skill_roots():
        for folder in _folders(root):
            found.setdefault((folder.parent.name, folder.name), folder)
    skills = []
    for key in sorted(found):
        try:
            skills.append(read_skill(found[key]))
        except SfvError as error:
            if broken is not None:
                broken.append(str(error))
    return skills


def _folders(root: Path) -> Iterator[Path]:
    return (path.parent for path in root.glob(f"*/*/{CARD}"))


def read_skill(folder: Path) -> Skill:
    """The skill in a folder. Raises FileFormatError."""
    path = folder / CARD
    card = from_table(SkillCard, read_toml(path), str(path))
    for key in ("name", "character", "clip"):
        plain_name(getattr(card, key), f"{path}: {key}")
    return Skill(folder, card)


def load_skill(name: str, character: str | None = None) -> Skill:
    """A skill by name; without a character the humanoid's, or the one that has it.

    Raises UnknownNameError that lists what exists.
    """
    skills = list_skills()
    having = {skill.card.character: skill for skill in skills if skill.card.name == name}
    if not having:
        for root in skill_roots():  # one of that name that cannot be read is what is meant
            for folder in root.glob(f"{character or '*'}/{name}/{CARD}") if _plain(name) else ():
                read_skill(folder.parent)
    if character is None:
        if not having:
            raise UnknownNameError("skill", name, {skill.card.name for skill in skills}, _HINT)
        character = DEFAULT_CHARACTER if DEFAULT_CHARACTER in having else min(having)
    if character not in having:
        known = [skill.card.name for skill in skills if skill.card.character == character]
        others = f"Other characters that have it: {', '.join(sorted(having))}" if having else _HINT
        raise UnknownNameError(f"{character} skill", name, known, others)
    return having[character]


def _plain(name: str) -> bool:
    """Whether ``name`` is one and no pattern or path."""
    return name.replace("_", "").replace("-", "").isalnum()


_HINT = "Or give a run folder that sfv train wrote"
