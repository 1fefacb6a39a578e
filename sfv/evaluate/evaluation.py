"""What a trained run is worth: NR and falls on its own physics and on finer physics, as one JSON file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sfv.character import load_character
from sfv.character.hints import armature_words
from sfv.evaluate.nr import evaluate_nr, fine_physics
from sfv.files import write_text
from sfv.imitate.config import NrConfig
from sfv.imitate.nr_rules import other_rules
from sfv.learn.config import RunConfig
from sfv.learn.run.folder import read_run
from sfv.names.runs import PolicyOfFile, run_of
from sfv.physics.config import PhysicsConfig


@dataclass(frozen=True)
class Evaluation:
    """Deterministic policy, disturbed starts; a fall counts zero from there on."""

    nr: float
    """Normalised return, mean over starts; 1 is the reference itself."""
    nr_low: float
    """The worst start's."""
    finished: int
    """Starts that came to the end without a fall."""
    survival: float
    """Mean share of the episode before a fall."""
    terms: dict[str, float]
    """Mean of each unweighted reward term."""
    nr_fine: float
    """NR at 1/600 s with ``fine_armature``: what is left when the physics is not made easy."""
    finished_fine: int
    diverged: int
    """Starts in which the physics broke down, both measurements together; they count as falls."""
    starts: int
    seconds: float
    """Length of an episode."""
    cyclic: bool
    env: str
    """Environment that it was measured on."""
    trained_on: str
    """Environment that it was trained on."""
    substeps: int = 0
    """Physics steps in a control step that it was trained with; 0 where a file of an older version does not say."""
    other_rules: tuple[str, ...] = ()
    """Ends of an episode and parts of the reward with which the run was trained and NR is not measured."""
    other_physics: tuple[str, ...] = ()
    """Where the run's own physics are easier than its character's usual ones."""
    fine_armature: float | None = 0.01
    """Rotor inertia of every joint on the finer physics, kg m^2; None: the robot's own, joint by joint."""

    def __str__(self) -> str:
        """The result in a few lines, with what it cannot do."""
        return "\n".join(words(self))


def evaluate_run(
    run_dir: PolicyOfFile | Path | str, config: NrConfig | None = None, threads: int = 0, env: str | None = None
) -> Evaluation:
    """Evaluate a run folder, or a skill by name, twice; ``env`` replaces the environment that it was trained on.

    Raises FileFormatError where it is none, UnknownNameError for an environment that does not exist.
    """
    run_dir, config = run_of(run_dir), config or NrConfig()
    run, clip = read_run(run_dir)
    own = evaluate_nr(run_dir, config, threads=threads, env=env)
    fine_config = fine_physics(run.character)
    fine = evaluate_nr(run_dir, config, fine_config, threads, env)
    return Evaluation(
        nr=own.nr,
        nr_low=float(own.per_start.min()),
        finished=own.finished,
        survival=own.survival,
        terms=own.terms,
        nr_fine=fine.nr,
        finished_fine=fine.finished,
        diverged=own.diverged + fine.diverged,
        starts=config.starts,
        seconds=config.seconds if clip.cyclic else clip.seconds,
        cyclic=clip.cyclic,
        env=run.env if env is None else env,
        trained_on=run.env,
        substeps=run.physics.substeps,
        other_rules=tuple(other_rules(run.imitation, run.physics)),
        other_physics=tuple(_easier(run, clip.cyclic)),
        fine_armature=fine_config.armature,
    )


def _easier(run: RunConfig, cyclic: bool) -> list[str]:
    """In which the run's physics are easier than what its character is usually trained with."""
    hints = load_character(run.character).training
    usual, armature = hints.substeps_cyclic if cyclic else hints.substeps_acyclic, run.physics.armature
    coarser = run.physics.timestep > 1.001 / (usual * PhysicsConfig().control_hz)
    out = [f"physics steps of 1/{1 / run.physics.timestep:g} s"] if coarser else []
    if armature is not None and armature > (hints.armature or 0.0):
        out.append(f"armature {armature:g}")
    return out


def _finer(substeps: int) -> str:
    """Flags of a training whose physics are finer than with so many steps."""
    finest = PhysicsConfig().substeps * 5
    return f"--physics.substeps {min(2 * substeps, finest)}" if 0 < substeps < finest else "--physics.armature 0.01"


def words(evaluation: Evaluation) -> list[str]:
    """The result in a few lines, with what it cannot do."""
    e = evaluation
    lines = [
        f"NR {e.nr:.3f} (mean of {e.starts} starts over {e.seconds:.1f} s, worst {e.nr_low:.3f}; 1 is the reference itself)",
        f"{e.finished} of {e.starts} starts come to the end without a fall",
        f"on finer physics (1/600 s, {armature_words(e.fine_armature)}): NR {e.nr_fine:.3f}, "
        f"{e.finished_fine} of {e.starts} come to the end",
        "reward terms: " + ", ".join(f"{name} {value:.2f}" for name, value in e.terms.items()),
    ]
    if not e.cyclic:
        lines.append(f"it does the motion once; what comes after its {e.seconds:.1f} s was not learned")
    if e.env == e.trained_on:
        lines.append(f"learned and measured on '{e.env}' without pushes; other ground and disturbances: --env, --suite")
    else:
        lines.append(f"learned on '{e.trained_on}', measured on '{e.env}'")
    if e.other_rules:
        lines.append(
            f"the run was trained with {', '.join(e.other_rules)}; NR is measured with the definition's and the character's own"
        )
    if e.other_physics:
        lines.append(
            f"its own physics are easier than its character's usual ones ({', '.join(e.other_physics)}): compare the finer ones"
        )
    if e.diverged:
        lines.append(f"the physics broke down in {e.diverged} episodes")
    if not e.finished:
        lines.append(
            f"it does not do the whole motion: on average it falls after {e.survival:.0%} of it; train longer (--learner.total-samples)"
        )
    elif e.finished < e.starts:
        lines.append(
            f"it is not reliable yet: {e.starts - e.finished} of {e.starts} starts fall; train longer (--learner.total-samples)"
        )
    if e.finished_fine < e.finished:
        lines.append(
            f"it leans on coarse physics: it falls more often on the finer one; train with {_finer(e.substeps)}"
        )
    return lines


def save_evaluation(evaluation: Evaluation, path: Path) -> None:
    """Write as JSON."""
    write_text(path, json.dumps(asdict(evaluation), indent=1) + "\n")
