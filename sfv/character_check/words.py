"""What was measured of a character, as text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfv.character import Character
from sfv.character.hints import armature_words
from sfv.character_check.facts import Facts

if TYPE_CHECKING:
    import mujoco


def facts_text(character: Character, facts: Facts) -> str:
    """Figures, body map, servos and warnings."""
    model, hints = facts.model, character.training
    rows = [
        (row.body, row.smpl, "-" if row.limb_deg is None else f"{row.limb_deg:.0f}", " ".join(row.joints))
        for row in facts.rows
    ]
    return "\n".join(
        [
            f"{character.name}: {character.description} [{character.folder}]",
            f"licence: {character.licence}",
            f"mass {facts.mass:.2f} kg, height {facts.height:.2f} m in the T-pose, {model.nv - 6} joint axes, {model.nu} servos, "
            f"{model.nbody - 1} bodies",
            f"feet: {_names(character.feet)}; hands: {_names(character.hands)}; end effectors: {_names(character.end_effectors)}",
            f"trains at {30 * hints.substeps_cyclic} Hz (cyclic clips) or {30 * hints.substeps_acyclic} Hz, "
            f"{armature_words(hints.armature)}, {hints.action_scale:g} rad for an action of one; measured on finer physics with "
            f"{armature_words(hints.fine_armature)}",
            f"its MJCF's own joints: {_own_joints(character.model())}",
            _table(("body", "follows SMPL's", "limb off by, degrees", "through the joints"), rows),
            f"\nnothing follows SMPL's {_names(facts.unmapped)}",
            _table(("servo", "kp", "kv", "torque limit, Nm"), facts.servos),
            *(f"warning: {warning}" for warning in facts.warnings),
        ]
    )


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
