"""envs/<name>/env.toml: how it is found, read, and changed on the command line."""

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sfv.config_file import from_table
from sfv.environment.objects import ObjectConfig, check_objects
from sfv.environment.patches import Patches
from sfv.environment.randomisation import RandomisationConfig
from sfv.environment.scene import Scene
from sfv.environment.smooth import Plane, Rough, Slope
from sfv.environment.stepped import Beam, Box, Gaps, Ledge, Stairs
from sfv.environment.task import TaskConfig
from sfv.environment.terrain import Terrain
from sfv.errors import FileFormatError, SfvError, UnknownNameError
from sfv.finder import MARKERS, find_environment, list_data, split_changes

_MARKER = MARKERS["envs"]
TERRAINS: dict[str, type[Terrain]] = {
    kind.__name__.lower(): kind for kind in (Plane, Slope, Rough, Stairs, Gaps, Beam, Box, Ledge, Scene, Patches)
}
"""Kinds of ground by the name that ``[terrain] kind`` gives them; other packages may add theirs."""


@dataclass(frozen=True)
class ObservationConfig:
    """``[observation]``: what the ground adds to what the policy sees."""

    height_map: bool = False
    """Heights of the ground around the character (their places: ``ImitationConfig.height_map``)."""


@dataclass(frozen=True)
class Environment:
    """What ``env.toml`` says."""

    name: str
    """As it was asked for, changes included: it finds the same environment again."""
    folder: Path
    description: str = ""
    terrain: Terrain = field(default_factory=Plane)
    gravity: float = 9.81
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
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise FileFormatError(f"{path} is not a valid environment ({error}); envs/rough/env.toml shows how") from error
    _change(table, changes, name)
    title = folder.name + name[len(plain) :] if plain == folder.name else name
    environment = read_environment(table, title, folder, str(path))
    try:
        environment.terrain.check()
        environment.randomisation.check()
        check_objects(environment.objects)
        if environment.task is not None:
            environment.task.check(environment.objects)
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
        terrain = dataclasses.replace(terrain, file=str(folder / terrain.file))
    rest = from_table(_Rest, table, where)
    values = {item.name: getattr(rest, item.name) for item in dataclasses.fields(rest)}
    return Environment(name=name, folder=folder, terrain=terrain, **values)


@dataclass(frozen=True)
class _Rest:
    """Everything in env.toml but the terrain, whose keys depend on its kind."""

    description: str = ""
    gravity: float = 9.81
    observation: ObservationConfig = field(default_factory=ObservationConfig)
    randomisation: RandomisationConfig = field(default_factory=RandomisationConfig)
    objects: tuple[ObjectConfig, ...] = ()
    task: TaskConfig | None = None


def _terrain(table: Any, where: str) -> Terrain:
    if not isinstance(table, dict) or "kind" not in table:
        raise FileFormatError(f"{where} needs a kind: {', '.join(TERRAINS)}")
    settings = {key: value for key, value in table.items() if key != "kind"}
    if table["kind"] not in TERRAINS:
        raise UnknownNameError("terrain", str(table["kind"]), TERRAINS, f"Mend [terrain] kind in {where}")
    if table["kind"] == "patches":
        lanes = tuple(_terrain(lane, f"{where}.lanes") for lane in settings.pop("lanes", []))
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
        except tomllib.TOMLDecodeError:
            value = text.strip()  # a bare word
        inner = table
        for part in tables:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                raise SfvError(f"'{change}' in '{name}': '{part}' is no table; write terrain keys as key=value")
        inner[last] = value
