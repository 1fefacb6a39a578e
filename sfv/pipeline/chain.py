"""The whole chain in one folder: each stage reads what the one before wrote, and is skipped when it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sfv.learn.config import RunConfig
from sfv.pipeline.config import ChainConfig
from sfv.pipeline.stages import Opens, Stages


@dataclass
class Chain:
    """One video on its way through the stages."""

    video: Path
    folder: Path
    config: ChainConfig
    log: Callable[[str], None]
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    trust: bool = False
    """Go on with what cannot be what it says."""

    def __post_init__(self) -> None:
        self.stages = Stages(self.folder, self.log)

    def file(self, name: str) -> Path:
        """An artefact of this run."""
        return self.folder / name

    def stage(
        self,
        name: str,
        outputs: Mapping[str, Opens],
        settings: dict[str, Any],
        inputs: list[Path],
        work: Callable[[], dict[str, Any]],
        given: Callable[[], dict[str, Any]] | None = None,
        lasting: bool = True,
    ) -> None:
        """Run or skip one stage and keep what it found."""
        facts, done_now = self.stages.run(name, outputs, settings, inputs, work, given, lasting)
        self.facts[name] = facts
        if not done_now:
            self.log(f"{name}: done before")

    def _log_lines(self, stage: str, key: str) -> None:
        """Lines of a stage that belong on the screen too."""
        for line in self.facts[stage].get(key, []):
            self.log(f"{stage}: {line}")

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
        from sfv.detect.describe import describe
        from sfv.detect.film import open_film
        from sfv.detect.keypoints import Keypoints
        from sfv.detect.run import detect
        from sfv.system.progress import log_film, stage_progress

        def work() -> dict[str, Any]:
            film = open_film(self.video, self.config.detect)
            log_film(film.words)
            with stage_progress("detect") as progress:
                keypoints = detect(self.video, self.config.detect, progress)
            keypoints.save(self.stages.place("keypoints.npz"))
            return {"people": describe(keypoints), "film": list(film.words), "notes": list(keypoints.notes)}

        def given() -> dict[str, Any]:
            keypoints = Keypoints.load(self.file("keypoints.npz"))
            told = list(keypoints.film.words if keypoints.film else ())
            return {"people": describe(keypoints), "film": told, "notes": list(keypoints.notes)}

        settings = {"detect": self.config.detect}
        foreign = Path(self.config.detect.keypoints or "").expanduser()
        inputs = [self.video, *([foreign] if self.config.detect.keypoints and _has_content(foreign) else [])]
        self.stage("detect", {"keypoints.npz": Keypoints.load}, settings, inputs, work, given)
        self._log_lines("detect", "notes")

    def reconstruct(self) -> None:
        """keypoints.npz -> motion.npz."""
        from sfv.body.model import load_body
        from sfv.detect.describe import choose_person
        from sfv.detect.keypoints import Keypoints
        from sfv.motion.body_motion import BodyMotion
        from sfv.reconstruct.reconstruct import reconstruct
        from sfv.reconstruct.report.agreement import agreement_words
        from sfv.reconstruct.report.report import describe_recovery
        from sfv.system.progress import by_fraction, stage_progress

        def work() -> dict[str, Any]:
            everybody = Keypoints.load(self.file("keypoints.npz"))
            person = choose_person(everybody, self.config.person)
            body = load_body(self.config.body)
            with stage_progress("reconstruct") as progress:
                motion = reconstruct(everybody.select(person), self.config.reconstruct, body, by_fraction(progress))
            motion.save(self.stages.place("motion.npz"))
            facts = {"person": person, "frames": len(motion), "seconds": motion.seconds}
            lies = agreement_words(motion, everybody, body, person)
            return {**facts, "words": describe_recovery(motion, everybody, body, person), "lies": lies}

        def given() -> dict[str, Any]:
            motion = BodyMotion.load(self.file("motion.npz"))
            person = choose_person(Keypoints.load(self.file("keypoints.npz")), self.config.person)
            words = ["motion.npz is somebody else's", *motion.notes]
            return {"person": person, "frames": len(motion), "seconds": motion.seconds, "words": words}

        settings = {"person": self.config.person, "body": self.config.body, "reconstruct": self.config.reconstruct}
        inputs = [self.file("keypoints.npz")]
        self.stage("reconstruct", {"motion.npz": BodyMotion.load}, settings, inputs, work, given)
        self._log_lines("reconstruct", "lies")
        self.facts["detect"]["person"] = self.facts["reconstruct"]["person"]

    def retarget(self) -> None:
        """motion.npz -> clip.npz."""
        from sfv.body.model import load_body
        from sfv.character import load_character
        from sfv.motion.body_motion import BodyMotion
        from sfv.motion.clip import Clip
        from sfv.retarget.retarget import retarget
        from sfv.storage.safe_names import safe_name
        from sfv.system.progress import stage_progress

        character = load_character(self.config.character)

        def work() -> dict[str, Any]:
            motion = BodyMotion.load(self.file("motion.npz"))
            body = load_body(self.config.body, name=motion.body)
            with stage_progress("retarget"):
                name = safe_name(self.folder.absolute().name)
                clip, report = retarget(motion, character, self.config.retarget, body, name, trust=self.trust)
            clip.save(self.stages.place("clip.npz"))
            return {"words": report.words(), "report": report.as_dict(), "cyclic": clip.cyclic}

        def given() -> dict[str, Any]:
            clip = Clip.load(self.file("clip.npz"))
            kind = "one period of a cyclic motion" if clip.cyclic else "a motion that ends"
            words = ["clip.npz is somebody else's", f"{kind}, {clip.seconds:.2f} s at {clip.fps:g} frames a second"]
            return {"words": [*words, *clip.notes], "report": {}, "cyclic": clip.cyclic}

        inputs = [self.file("motion.npz"), character.mjcf, character.folder / "character.toml"]
        settings = {"name": character.name, "retarget": self.config.retarget}
        self.stage("retarget", {"clip.npz": Clip.load}, settings, inputs, work, given)

    def train(self) -> None:
        """clip.npz -> train/."""
        from sfv.learn.run.folder import Summary, finished_summary, read_run, restore_run
        from sfv.learn.run.policy import load_policy
        from sfv.learn.watched import watched_training
        from sfv.motion.clip import Clip

        run, folder = self.config.training(), self.file("train")

        def found(summary: Summary, made: RunConfig) -> dict[str, Any]:
            return {
                "samples": summary.samples,
                "minutes": summary.minutes,
                "nr": summary.nr,
                "words": list(summary.notes),
                "seed": made.learner.seed,
                "physics_hz": made.physics.control_hz * made.physics.substeps,
            }

        def work() -> dict[str, Any]:
            self.log(f"train: {run.learner.total_samples / 1e6:.1f} million control steps")
            clip = Clip.load(self.file("clip.npz"))
            if self.stages.under_way_with_same_key:
                restore_run(folder, run, [clip])
            # the same training goes on, with more samples too; one of another task is kept aside
            return found(watched_training(run, clip, folder, "keep aside", self.trust), run)

        def given() -> dict[str, Any]:
            return found(finished_summary(folder), read_run(folder)[0])

        outputs: dict[str, Opens] = {
            "train/policy.npz": load_policy,
            "train/summary.json": lambda path: finished_summary(path.parent),
            "train/config.toml": lambda path: read_run(path.parent),
            "train/clip.npz": Clip.load,
        }
        self.stage("train", outputs, {"run": run}, [self.file("clip.npz")], work, given, lasting=False)

    def evaluate(self) -> None:
        """train/ -> evaluation.json."""
        from sfv.budget import read_json
        from sfv.evaluate.evaluation import evaluate_run, save_evaluation, words
        from sfv.imitate.config import NrConfig
        from sfv.system.progress import stage_progress

        def work() -> dict[str, Any]:
            with stage_progress("evaluate"):
                evaluation = evaluate_run(self.file("train"), NrConfig(), self.config.learner.physics_threads)
            save_evaluation(evaluation, self.stages.place("evaluation.json"))
            return {"words": words(evaluation), "nr": evaluation.nr}

        self.stage("evaluate", {"evaluation.json": read_json}, {}, [self.file("train/policy.npz")], work)

    def render(self) -> None:
        """Everything -> side_by_side.mp4 and sheet.png; without OpenGL the chain goes on and the report says so."""
        from sfv.draw.gl import RenderError
        from sfv.pipeline.pictures import draw_chain
        from sfv.video import open_video

        def work() -> dict[str, Any]:
            for name in outputs:
                self.stages.place(name)
            try:
                draw_chain(self.video, self.folder, self.config, self.facts["reconstruct"]["person"])
            except RenderError as error:
                self.log(f"no video: {error}")
                return {"made": False, "why": str(error)}
            return {"made": True}

        inputs = [self.file(name) for name in ("keypoints.npz", "motion.npz", "clip.npz", "train/policy.npz")]
        outputs: dict[str, Opens] = {"side_by_side.mp4": open_video, "sheet.png": open_video}
        self.stage("render", outputs, {}, inputs, work)


def _has_content(path: Path) -> bool:
    return path.is_dir() or path.is_file()
