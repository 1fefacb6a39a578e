"""``sfv character check``: can this character be used, and does its T-pose agree with the body's?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tyro

if TYPE_CHECKING:
    import mujoco


@dataclass(frozen=True)
class CheckArguments:
    """Load a character as retargeting and training do, tell what it is made of and what is missing, and draw its T-pose."""

    name: tyro.conf.Positional[str]
    """Name of the character (`sfv list` prints them) or the path of its folder."""
    out: Path = Path("runs/characters")
    """Folder for the picture NAME_t_pose.png: the body's T-pose and the character's, side by side."""


def check(given: CheckArguments) -> None:
    """Print the tables, write the picture. Raises SfvError for a character that cannot be used."""
    from sfv.cli.inputs import check_names, writable_folder

    check_names(given.name)
    from sfv.body import load_body
    from sfv.character import load_character
    from sfv.character.hints import armature_words
    from sfv.cli.character_facts import measure
    from sfv.render.config import RenderConfig
    from sfv.render.policy.t_pose import t_pose_sheet
    from sfv.render.sheet import write_png
    from sfv.safe_names import safe_name

    character, body = load_character(given.name), load_body(name="open")
    facts = measure(character, body)
    model, hints = facts.model, character.training
    print(
        f"{character.name}: {character.description} [{character.folder}]\n"
        f"licence: {character.licence}\n"
        f"mass {facts.mass:.2f} kg, height {facts.height:.2f} m in the T-pose, {model.nv - 6} joint axes, {model.nu} servos, "
        f"{model.nbody - 1} bodies\n"
        f"feet: {_names(character.feet)}; hands: {_names(character.hands)}; end effectors: {_names(character.end_effectors)}\n"
        f"trains at {30 * hints.substeps_cyclic} Hz (cyclic clips) or {30 * hints.substeps_acyclic} Hz, "
        f"{armature_words(hints.armature)}, {hints.action_scale:g} rad for an action of one; measured on finer physics with "
        f"{armature_words(hints.fine_armature)}\n"
        f"its MJCF's own joints: {_own_joints(character.model())}"
    )
    rows = [
        (row.body, row.smpl, "-" if row.limb_deg is None else f"{row.limb_deg:.0f}", " ".join(row.joints))
        for row in facts.rows
    ]
    print(_table(("body", "follows SMPL's", "limb off by, degrees", "through the joints"), rows))
    print(f"\nnothing follows SMPL's {_names(facts.unmapped)}")
    print(_table(("servo", "kp", "kv", "torque limit, Nm"), facts.servos))
    for warning in facts.warnings:
        print(f"warning: {warning}")
    picture = writable_folder(given.out) / f"{safe_name(character.name)}_t_pose.png"
    write_png(picture, t_pose_sheet(character, body, RenderConfig()))
    print(f"{len(facts.warnings)} warnings; wrote {picture}")


def main(arguments: list[str]) -> None:
    """Parse and run."""
    check(tyro.extras.subcommand_cli_from_dict({"check": CheckArguments}, args=arguments, prog="sfv character"))


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def _own_joints(model: "mujoco.MjModel") -> str:
    """Armature, damping and frictionloss as the file has them."""
    parts = []
    for name, values in (
        ("armature", model.dof_armature),
        ("damping", model.dof_damping),
        ("frictionloss", model.dof_frictionloss),
    ):
        low, high = values[6:].min(initial=float("inf")), values[6:].max(initial=0.0)
        parts.append(f"{name} {low:.3g}" + (f" to {high:.3g}" if high > low else ""))
    return ", ".join(parts)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[column]) for line in (titles, *rows)) for column in range(len(titles))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in (titles, *rows)]
    return "\n" + "\n".join(f"  {line}" for line in lines)
