"""What can be filmed: motions, clips and policies, by name, by path or as they are."""

from pathlib import Path
from typing import Any, Literal

from sfv.errors import SfvError
from sfv.recognise import schema_of
from sfv.storage.safe_names import safe_name

Kind = Literal["motion", "clip", "policy"]
WANTED = "a motion.npz, a clip.npz or a run folder"
"""What messages ask for."""
_CLIPS = "humanoid3d_"


def kind_of(artefact: Any, several: bool) -> Kind:
    """What an artefact is, before anything heavy is loaded. Raises SfvError for what cannot be filmed, or not together with others."""
    kind, schema = _kind_and_schema(artefact)
    if several and kind == "policy" and isinstance(artefact, (str, Path)) and Path(artefact).is_dir():
        raise SfvError(f"{artefact} is a folder; several artefacts must all be motion.npz of one world")
    if kind is None or (several and kind != "motion"):
        raise SfvError(f"{name_of(artefact)} holds '{schema}'; motion.npz, clip.npz and run folders can be filmed")
    return kind


def _kind_and_schema(artefact: Any) -> tuple[Kind | None, str]:
    """Kind of an artefact, None where it cannot be filmed, and the schema of its file."""
    if not isinstance(artefact, (str, Path)):
        kind = "clip" if hasattr(artefact, "qpos") else "motion" if hasattr(artefact, "poses") else "policy"
        return kind, f"sfv.{kind}"
    path = Path(artefact).expanduser()
    if path.is_file():
        schema = schema_of(path, "motion.npz and clip.npz of sfv, AMASS (.npz) and run folders")
        return _KINDS.get(schema), schema
    if path.is_dir():
        return "policy", "sfv.policy"
    if str(artefact).startswith(_CLIPS):
        return "clip", "sfv.clip"
    if path.suffix:
        raise SfvError(f"{path} does not exist; give {WANTED}")
    return "policy", "sfv.policy"  # or the name of a skill that does not exist, which is said when it is looked up


_KINDS: dict[str, Kind] = {
    "sfv.clip": "clip",
    "sfv.policy": "policy",
    "sfv.motion": "motion",
    "": "motion",
}


def name_of(artefact: Any) -> str:
    """What a message or a file calls an artefact."""
    if isinstance(artefact, (str, Path)):
        return str(artefact)
    return safe_name(str(getattr(artefact, "name", "motion")))


def beside(artefact: Any, ending: str) -> Path:
    """Where a video goes that nobody named: beside the file of the artefact, else into the present folder."""
    path = Path(name_of(artefact)).expanduser()
    return path.with_name(path.stem + ending)
