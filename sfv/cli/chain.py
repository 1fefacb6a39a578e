"""The whole chain in one folder: each stage reads what the one before wrote, and is skipped when it is done."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sfv.cli.stages import Stages
from sfv.detect.config import DetectConfig
from sfv.imitate.config import ImitationConfig
from sfv.learn.config import RunConfig, TrainConfig
from sfv.physics.config import PhysicsConfig
from sfv.reconstruct.config import ReconstructConfig
from sfv.retarget.config import RetargetConfig


@dataclass(frozen=True)
class ChainConfig:
    """Every setting of every stage of ``sfv run``."""

    person: str = "nearest"
    """Whom: nearest (feet lowest in the picture), longest, largest, left, right, or a number that `sfv detect` prints."""
    character: str = "humanoid"
    """Character, by name or by the path of its folder."""
    env: str = "flat"
    """Environment, by name or by the path of its folder."""
    body: str | None = None
    """Body model file in SMPL's format; by default $SFV_BODY, then the open body that ships with sfv."""
    detect: DetectConfig = field(default_factory=DetectConfig)
    """Finding people."""
    reconstruct: ReconstructConfig = field(default_factory=ReconstructConfig)
    """Recovering the body."""
    retarget: RetargetConfig = field(default_factory=RetargetConfig)
    """Carrying the motion over to the character."""
    physics: PhysicsConfig = field(default_factory=PhysicsConfig)
    """The simulation."""
    imitation: ImitationConfig = field(default_factory=ImitationConfig)
    """The task."""
    learner: TrainConfig = field(default_factory=TrainConfig)
    """The learner."""

    def training(self) -> RunConfig:
        """What the training stage needs."""
        return RunConfig(
            character=self.character,
            env=self.env,
            physics=self.physics,
            imitation=self.imitation,
            learner=self.learner,
        )


def with_defaults(config: ChainConfig, training: RunConfig) -> ChainConfig:
    """``config`` with the training settings that suit a clip."""
    return replace(config, physics=training.physics, imitation=training.imitation, learner=training.learner)


@dataclass
class Chain:
    """One video on its way through the stages."""

    video: Path
    folder: Path
    config: ChainConfig
    say: Callable[[str], None]
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stages = Stages(self.folder)

    def file(self, name: str) -> Path:
        """An artefact of this run."""
        return self.folder / name

    def stage(
        self,
        name: str,
        outputs: list[str],
        settings: dict[str, Any],
        inputs: list[Path],
        work: Callable[[], dict[str, Any]],
    ) -> None:
        """Run or skip one stage and keep what it found."""
        facts, done_now = self.stages.run(name, outputs, settings, inputs, work)
        self.facts[name] = facts
        if not done_now:
            self.say(f"{name}: done before")

    def check(self) -> None:
        """Raise SfvError now for names that only a later stage would stumble over."""
        from sfv.body.model import load_body
        from sfv.character import load_character
        from sfv.environment import load_environment

        load_character(self.config.character)
        load_environment(self.config.env)
        load_body(self.config.body)

    def detect(self) -> None:
        """Video -> keypoints.npz."""
        from sfv.cli.progress import stage_progress
        from sfv.detect.describe import describe
        from sfv.detect.run import detect

        def work() -> dict[str, Any]:
            with stage_progress("detect") as progress:
                keypoints = detect(self.video, self.config.detect, progress)
            keypoints.save(self.file("keypoints.npz"))
            return {"people": describe(keypoints)}

        self.stage("detect", ["keypoints.npz"], {"detect": self.config.detect}, [self.video], work)

    def reconstruct(self) -> None:
        """keypoints.npz -> motion.npz."""
        from sfv.body.model import load_body
        from sfv.cli.progress import shares, stage_progress
        from sfv.detect.describe import choose_person
        from sfv.detect.keypoints import Keypoints
        from sfv.reconstruct.reconstruct import reconstruct
        from sfv.reconstruct.report import describe_recovery

        def work() -> dict[str, Any]:
            everybody = Keypoints.load(self.file("keypoints.npz"))
            person = choose_person(everybody, self.config.person)
            body = load_body(self.config.body)
            with stage_progress("reconstruct") as progress:
                motion = reconstruct(everybody.select(person), self.config.reconstruct, body, shares(progress))
            motion.save(self.file("motion.npz"))
            words = describe_recovery(motion, everybody, body)
            return {"person": person, "frames": len(motion), "seconds": motion.seconds, "words": words}

        settings = {"person": self.config.person, "body": self.config.body, "reconstruct": self.config.reconstruct}
        self.stage("reconstruct", ["motion.npz"], settings, [self.file("keypoints.npz")], work)
        self.facts["detect"]["person"] = self.facts["reconstruct"]["person"]

    def retarget(self) -> None:
        """motion.npz -> clip.npz."""
        from sfv.body.model import load_body
        from sfv.character import load_character
        from sfv.cli.progress import stage_progress
        from sfv.motion.body_motion import BodyMotion
        from sfv.motion.fields import name_from
        from sfv.retarget.retarget import retarget

        character = load_character(self.config.character)

        def work() -> dict[str, Any]:
            motion = BodyMotion.load(self.file("motion.npz"))
            body = load_body(self.config.body, name=motion.body)
            with stage_progress("retarget"):
                clip, report = retarget(motion, character, self.config.retarget, body, name=name_from(self.folder))
            clip.save(self.file("clip.npz"))
            return {"words": report.words(), "report": report.as_dict(), "cyclic": clip.cyclic}

        inputs = [self.file("motion.npz"), character.mjcf, character.folder / "character.toml"]
        self.stage("retarget", ["clip.npz"], {"name": character.name, "retarget": self.config.retarget}, inputs, work)

    def train(self) -> None:
        """clip.npz -> train/."""
        from sfv.cli.training import watched_training
        from sfv.motion.clip import Clip

        run = self.config.training()

        def work() -> dict[str, Any]:
            self.say(f"train: {run.learner.total_samples / 1e6:.1f} million control steps")
            # the same training goes on, with more samples too; one of another task is kept aside
            summary = watched_training(run, Clip.load(self.file("clip.npz")), self.file("train"), "keep aside")
            return {
                "samples": summary.samples,
                "minutes": summary.minutes,
                "nr": summary.nr,
                "seed": run.learner.seed,
                "physics_hz": run.physics.control_hz * run.physics.substeps,
            }

        self.stage("train", ["train/policy.npz", "train/summary.json"], {"run": run}, [self.file("clip.npz")], work)

    def evaluate(self) -> None:
        """train/ -> evaluation.json."""
        from sfv.cli.progress import stage_progress
        from sfv.evaluate.evaluation import evaluate_run, save_evaluation, words
        from sfv.imitate.config import NrConfig

        def work() -> dict[str, Any]:
            with stage_progress("evaluate"):
                evaluation = evaluate_run(self.file("train"), NrConfig(), self.config.learner.physics_threads)
            save_evaluation(evaluation, self.file("evaluation.json"))
            return {"words": words(evaluation), "nr": evaluation.nr}

        self.stage("evaluate", ["evaluation.json"], {}, [self.file("train/policy.npz")], work)

    def render(self) -> None:
        """Everything -> side_by_side.mp4 and sheet.png; without OpenGL the chain goes on and the report says so."""
        from sfv.cli.pictures import draw_chain
        from sfv.draw.gl import RenderError

        def work() -> dict[str, Any]:
            try:
                draw_chain(self.video, self.folder, self.config, self.facts["reconstruct"]["person"])
            except RenderError as error:
                self.say(f"no video: {error}")
                return {"made": False, "why": str(error)}
            return {"made": True}

        inputs = [self.file(name) for name in ("keypoints.npz", "motion.npz", "clip.npz", "train/policy.npz")]
        outputs = ["side_by_side.mp4", "sheet.png"]
        self.stage("render", outputs, {}, inputs, work)
