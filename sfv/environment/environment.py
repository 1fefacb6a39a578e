"""envs/<name>/env.toml: how it is found, read, and changed on the command line."""

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from sfv.config_file import from_table, printable, read_toml
from sfv.environment.objects import ObjectConfig, check_objects
from sfv.environment.patches import MAX_LANES, Patches
from sfv.environment.randomisation import RandomisationConfig
from sfv.environment.scene import Scene
from sfv.environment.smooth import Plane, Rough, Slope
from sfv.environment.stepped import Beam, Box, Gaps, Ledge, Stairs
from sfv.environment.task import TaskConfig
from sfv.environment.terrain import Terrain
from sfv.errors import FileFormatError, SfvError, UnknownNameError
from sfv.finder import MARKERS, find_environment, list_data, split_changes
from sfv.ranges import Checked, Range

_MARKER = MARKERS["envs"]
TERRAINS: dict[str, type[Terrain]] = {
    kind.__name__.lower(): kind for kind in (Plane, Slope, Rough, Stairs, Gaps, Beam, Box, Ledge, Scene, Patches)
}
"""Kinds of ground by the name that ``[terrain] kind`` gives them; other packages may add theirs."""


Gravity = Annotated[float, Range(0, 100)]


@dataclass(frozen=True)
class ObservationConfig:
    """``[observation]``: what the ground adds to what the policy sees."""

    height_map: bool = False
    """Heights of the ground around the character (their places: ``ImitationConfig.height_map``)."""


@dataclass(frozen=True)
class Environment(Checked):
    """What ``env.toml`` says."""

    name: str
    """As it was asked for, changes included: it finds the same environment again."""
    folder: Path
    description: str = ""
    terrain: Terrain = field(default_factory=Plane)
    gravity: Gravity = 9.81
    """m/s^2, downwards."""
    observation: ObservationConfig = field(default_factory=ObservationConfig)
    randomisation: RandomisationConfig = field(default_factory=RandomisationConfig)
    objects: tuple[ObjectConfig, ...] = ()
    """Movable things beside the character."""
    task: TaskConfig | None = None
    """What is to be done with one of them beside the imitation; None (in the file: left out): nothing."""

    def undisturbed(self) -> "Environment":
        """The same ground without pushes and differences between episodes."""
        return dataclasses.replace(self, randomisation=RandomisationConfig())

    @property
    def level(self) -> bool:
        """Level ground at height 0 everywhere."""
        return isinstance(self.terrain, Plane)


def list_environments() -> dict[str, Path]:
    """Every environment that is found, by name."""
    return list_data("envs", _MARKER)


def load_environment(name: str) -> Environment:
    """Load an environment by name or by the path of its folder; ``slope:angle_deg=20,direction=down`` changes keys.

    Keys without a dot are the terrain's; others name their table (``flat:randomisation.strength=[0.8,1]``). Raises
    UnknownNameError, FileFormatError, and SfvError where nobody could stand.
    """
    plain, changes = split_changes(name)
    folder = find_environment(plain)
    path = folder / _MARKER
    table = read_toml(path)
    _change(table, changes, name)
    title = folder.name + name[len(plain) :] if plain == folder.name else name
    environment = read_environment(table, title, folder, str(path))
    try:
        environment.terrain.check()
        environment.randomisation.check()
        check_objects(environment.objects)
        if environment.task is not None:
            environment.task.check(environment.objects)
    except FileFormatError:
        raise  # it names its file
    except SfvError as error:
        raise SfvError(f"environment '{name}': {error}") from error
    return environment


def read_environment(table: dict[str, Any], name: str, folder: Path, where: str) -> Environment:
    """From parsed TOML. Raises FileFormatError for unknown keys and wrong types."""
    table = dict(table)
    if "terrain" not in table:
        raise FileFormatError(f'{where} lacks [terrain] with kind = "{"" if not TERRAINS else next(iter(TERRAINS))}"')
    terrain = _terrain(table.pop("terrain"), f"{where}: terrain")
    if isinstance(terrain, Scene):
        terrain = dataclasses.replace(terrain, file=str(_beside(folder, terrain.file, where)))
    rest = from_table(_Rest, table, where)
    values = {item.name: getattr(rest, item.name) for item in dataclasses.fields(rest)}
    values["description"] = printable(rest.description)
    return Environment(name=name, folder=folder, terrain=terrain, **values)


def _beside(folder: Path, name: str, where: str) -> Path:
    """The scene's file, which lies in the environment's folder. Raises FileFormatError where it does not."""
    try:
        inside = not Path(name).is_absolute() and (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        inside = False
    if not inside:
        raise FileFormatError(f"{where} names the scene '{name[:80]}', which lies outside of {folder}; copy it there")
    return folder / name


@dataclass(frozen=True)
class _Rest(Checked):
    """Everything in env.toml but the terrain, whose keys depend on its kind."""

    description: str = ""
    gravity: Gravity = 9.81
    observation: ObservationConfig = field(default_factory=ObservationConfig)
    randomisation: RandomisationConfig = field(default_factory=RandomisationConfig)
    objects: tuple[ObjectConfig, ...] = ()
    task: TaskConfig | None = None


def _terrain(table: Any, where: str) -> Terrain:
    if not isinstance(table, dict) or "kind" not in table:
        raise FileFormatError(f"{where} needs a kind: {', '.join(TERRAINS)}")
    settings = {key: value for key, value in table.items() if key != "kind"}
    if not isinstance(table["kind"], str) or table["kind"] not in TERRAINS:
        raise UnknownNameError("terrain", str(table["kind"])[:40], TERRAINS, f"Mend [terrain] kind in {where}")
    if table["kind"] == "patches":
        given = settings.pop("lanes", [])
        if not isinstance(given, list) or len(given) > MAX_LANES:
            raise FileFormatError(f"{where}.lanes must be a list of up to {MAX_LANES} tables [[terrain.lanes]]")
        lanes = tuple(_terrain(lane, f"{where}.lanes") for lane in given)
        return dataclasses.replace(from_table(Patches, settings, where), lanes=lanes)
    return from_table(TERRAINS[table["kind"]], settings, where)


def _change(table: dict[str, Any], changes: list[str], name: str) -> None:
    for change in changes:
        key, _, text = change.partition("=")
        *tables, last = key.strip().split(".") if "." in key else ["terrain", key.strip()]
        if key.strip() == "gravity":
            tables = []
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except (ValueError, RecursionError):
            value = text.strip()  # a bare word
        inner = table
        for part in tables:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                raise SfvError(f"'{change}' in '{name}': '{part}' is no table; write terrain keys as key=value")
        inner[last] = value
