"""What the skills are called: on the command line, in rows, in folders and files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sfv.bench.results import Row
from sfv.errors import SfvError, UnknownNameError
from sfv.learn.config import RunConfig
from sfv.motion.clip import Clip

MOCAP = (
    "walk", "run", "jump", "cartwheel", "backflip", "spin", "spinkick", "roll", "kick", "punch", "dance_a", "dance_b", "crawl",
    "getup_facedown", "getup_faceup",
)  # fmt: skip
"""Motion-capture clips (assets humanoid3d_<name>)."""
VIDEO = ("demo_walk", "demo_leap", "balance")
"""Recovered from videos of people."""
SYNTHETIC_PREFIX = "synthetic_"
SYNTHETIC = tuple(f"{SYNTHETIC_PREFIX}{clip}" for clip in ("cartwheel", "backflip", "spinkick", "dance_a"))
"""Recovered from rendered videos of motion capture, so that the true motion is known."""
SETS = {"mocap": MOCAP, "video": VIDEO, "synthetic": SYNTHETIC}
"""Names that stand for several skills."""
NAMES = (*MOCAP, *VIDEO, *SYNTHETIC)
INITS = {"rsi": "rsi", "asi": "asi", "first": "fsi"}
"""Start modes of ``ImitationConfig`` -> names in rows."""


@dataclass(frozen=True)
class Job:
    """One training: what is learned, by whom, from where, with which seed."""

    clip: str
    """One of NAMES."""
    character: str
    """Name or folder of a character."""
    init: str
    """A key of INITS."""
    seed: int

    @property
    def stem(self) -> str:
        """Name of its run folder and of its curve: walk_humanoid_s0, walk_humanoid_asi_s0."""
        return stem(self.clip, Path(self.character).name, INITS[self.init], self.seed)


def stem(name: str, character: str, init: str, seed: int) -> str:
    """The usual start mode is not named. ``init`` as in rows."""
    return f"{name}_{character}{'' if init == 'rsi' else '_' + init}_s{seed}"


def expand(names: Iterable[str]) -> tuple[str, ...]:
    """Skills, with the sets replaced by their members, each once. Raises UnknownNameError."""
    out: list[str] = []
    for name in names:
        if name not in SETS and name not in NAMES:
            raise UnknownNameError("skill", name, [*SETS, *NAMES])
        out += SETS.get(name, (name,))
    return tuple(dict.fromkeys(out))


def source_of(name: str) -> tuple[str, str]:
    """Clip and source as they stand in rows."""
    if name in SYNTHETIC:
        return name.removeprefix(SYNTHETIC_PREFIX), "synthetic-video"
    return name, "video" if name in VIDEO else "mocap"


def name_of_row(row: Row) -> str:
    """The skill's name on the command line."""
    return SYNTHETIC_PREFIX + row["clip"] if row["source"] == "synthetic-video" else row["clip"]


def stem_of_row(row: Row) -> str:
    """Name of a row's run folder and curve."""
    return stem(name_of_row(row), row["character"], row["init"], row["seed"])


def name_of_run(folder: Path, clip: Clip) -> str:
    """Which skill a run folder from elsewhere holds: by the clip's own name, or by how the folder's name begins.

    Raises SfvError where neither tells.
    """
    own = clip.name.removeprefix("humanoid3d_")
    if own in NAMES:
        return own
    fitting = [name for name in NAMES if folder.name == name or folder.name.startswith(f"{name}_")]
    if not fitting:
        raise SfvError(
            f"{folder} holds the clip '{clip.name}', which is none of the skills ({', '.join(NAMES)}); "
            "rename the folder to <skill>_<character>_s<seed>"
        )
    return max(fitting, key=len)


def settings_words(run: RunConfig, usual: RunConfig) -> str:
    """Where a run differs from the usual settings of its clip, in words: "learner.gamma=0.97". Empty where nowhere.

    Left out is what has its own column (character, start mode, seed, samples) and what only concerns the machine.
    """
    return " ".join(sorted(_differences(run, usual)))


_NO_SETTINGS = frozenset({
    "character", "imitation.start", "learner.seed", "learner.total_samples", "learner.physics_threads",
    "learner.torch_threads", "learner.precision",
})  # fmt: skip


def _differences(run: object, usual: object, prefix: str = "") -> list[str]:
    words = []
    for name in vars(run):
        mine, other = getattr(run, name), getattr(usual, name)
        if hasattr(mine, "__dataclass_fields__"):
            words += _differences(mine, other, f"{prefix}{name}.")
        elif mine != other and prefix + name not in _NO_SETTINGS:
            words.append(f"{prefix}{name}={_value(mine)}")
    return words


def _value(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
