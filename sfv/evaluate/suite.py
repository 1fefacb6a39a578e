"""Which protocols there are, and suites of them: quick for a first look, full for what is published."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sfv.errors import UnknownNameError
from sfv.evaluate.causes import clip_findings, support
from sfv.evaluate.protocols import boxes, nominal, parameters, push, simulator, starts, terrain
from sfv.evaluate.protocols.box_result import measure_boxes
from sfv.evaluate.protocols.box_trials import BoxesConfig
from sfv.evaluate.protocols.parameters import Levels, ParametersConfig
from sfv.evaluate.protocols.push_trials import PushConfig
from sfv.evaluate.protocols.result import Progress, Result, part, quiet
from sfv.evaluate.protocols.simulator import SimulatorConfig
from sfv.evaluate.protocols.starts import StartsConfig
from sfv.evaluate.protocols.subject import load_subject
from sfv.evaluate.protocols.terrain import Grounds, TerrainConfig
from sfv.evaluate.report import Case, Done, Report
from sfv.imitate.config import NrConfig
from sfv.names.runs import PolicyOfFile, run_of


@dataclass(frozen=True)
class Protocol:
    """One entry of the registry."""

    version: int
    run: Callable[..., Result]
    """Called with run folder, config, threads, progress and environment."""
    weight: float
    """Its share of the full suite's time, about: for the progress bar."""


PROTOCOLS = {
    nominal.NAME: Protocol(nominal.VERSION, nominal.run_nr, 2.0),
    push.NAME: Protocol(push.VERSION, push.run_push, 25.0),
    boxes.NAME: Protocol(boxes.VERSION, measure_boxes, 20.0),
    parameters.NAME: Protocol(parameters.VERSION, parameters.run_parameters, 30.0),
    terrain.NAME: Protocol(terrain.VERSION, terrain.run_terrain, 30.0),
    simulator.NAME: Protocol(simulator.VERSION, simulator.run_simulator, 8.0),
    starts.NAME: Protocol(starts.VERSION, starts.run_starts, 10.0),
}
"""By name; other packages may add theirs."""

SUITES: dict[str, dict[str, Any]] = {
    "quick": {
        "nr": NrConfig(starts=8),
        "push": PushConfig(trials=8, fine_step=100.0, halfway_step=50.0),
        "boxes": BoxesConfig(masses=(2.0, 8.0), speeds=(4.0, 12.0), trials=8),
        "parameters": ParametersConfig(
            Levels(
                friction=(0.2, 0.5),
                mass=(0.7, 1.3),
                load=(10.0,),
                load_hand=(4.0,),
                strength=(0.5,),
                gain=(0.5, 1.5),
                gravity=(0.6, 1.2),
                delay_seconds=(1 / 60, 1 / 30),
                sensor_noise=(0.02, 0.1),
            ),
            trials=8,
        ),
        "terrain": TerrainConfig(
            Grounds(
                slope_up=(10.0,),
                slope_down=(10.0,),
                slope_side=(10.0,),
                rough=(5.0, 10.0),
                gaps=(30.0,),
                stairs_up=(5.0,),
                stairs_down=(5.0,),
                soft=(0.1,),
                slippery=(0.3,),
                gravity=(3.7,),
            ),
            trials=8,
        ),
        "simulator": SimulatorConfig(steps=(8,), iterations=(3,), trials=8),
        "starts": StartsConfig(
            pose=(2.0, 4.0), velocity=(4.0, 10.0), displaced=(0.4, 0.8), turned=(20.0, 45.0), trials=8
        ),
    },
    "full": {
        "nr": NrConfig(),
        "push": PushConfig(),
        "boxes": BoxesConfig(trials=32),
        "parameters": ParametersConfig(),
        "terrain": TerrainConfig(),
        "simulator": SimulatorConfig(),
        "starts": StartsConfig(),
    },
}
"""Protocols of a suite in their order, with their settings."""
SUITES |= {protocol: {protocol: config} for protocol, config in SUITES["full"].items()}


def run_suite(
    run_dir: PolicyOfFile | Path | str,
    suite: str = "full",
    threads: int = 0,
    progress: Progress | None = None,
    env: str | None = None,
    name: str | None = None,
    configs: dict[str, Any] | None = None,
) -> Report:
    """Measure a run folder, or a skill by name, with every protocol of a suite; ``env`` replaces the environment that it was trained on.

    ``name`` is what the report calls it (the clip's name by default), ``configs`` replaces the suite's. Raises UnknownNameError for a
    suite or an environment that does not exist, FileFormatError for what is no run folder, SfvError for a policy that does not fit.
    """
    if suite not in SUITES:
        raise UnknownNameError("suite", suite, SUITES)
    configs, tell = configs or SUITES[suite], progress or quiet
    run_dir = run_of(run_dir)
    subject = load_subject(run_dir, env, threads)
    total, before = sum(PROTOCOLS[protocol].weight for protocol in configs), 0.0
    done: dict[str, Done] = {}
    found = Result()
    for protocol, config in configs.items():
        entry = PROTOCOLS[protocol]
        result = entry.run(run_dir, config, threads, part(tell, before, total, entry.weight), env)
        done[protocol] = Done(entry.version, asdict(config), result.control_steps)
        found.add(result)
        before += entry.weight
    stands = support(subject.clip, subject.character)
    cases = [Case.of(failure, stands[round(failure.phase * (len(stands) - 1))]) for failure in found.failures]
    return Report(
        name=name or subject.clip.name,
        character=subject.character.name,
        clip=subject.clip.name,
        cyclic=subject.clip.cyclic,
        seconds=subject.clip.seconds,
        trained_on=subject.run.env,
        env=subject.environment.name,
        suite=suite,
        protocols=done,
        rows=found.rows,
        cases=cases,
        findings=clip_findings(subject.clip, subject.character),
        notes=found.notes,
    )
