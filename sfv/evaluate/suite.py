"""Suites of protocols: quick for a first look, full for what is published, or protocols by name."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from sfv.evaluate.causes import clip_findings, support
from sfv.evaluate.protocols.protocol import Protocol
from sfv.evaluate.protocols.registry import BUILT_IN, find_protocol
from sfv.evaluate.protocols.result import Progress, Result, part, quiet
from sfv.evaluate.protocols.subject import load_subject
from sfv.evaluate.report import Case, Done, Report
from sfv.evaluate.suite_names import check_suite
from sfv.names.runs import PolicyOfFile


def protocols_of(suite: str) -> list[tuple[Protocol, Any]]:
    """Protocols of a suite in their order, with their settings; one that is named twice is done once.

    ``suite`` is "quick", "full", the name of a protocol, or several of these joined by commas. Raises UnknownNameError.
    """
    chosen: dict[str, tuple[Protocol, Any]] = {}
    for name in check_suite(suite):
        if name == "quick":
            found = [(entry, entry.quick or entry.config) for entry in BUILT_IN.values()]
        elif name == "full":
            found = [(entry, entry.config) for entry in BUILT_IN.values()]
        else:
            entry = find_protocol(name)
            found = [(entry, entry.config)]
        for entry, config in found:
            chosen.setdefault(entry.name, (entry, config))
    return list(chosen.values())


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

    The run is read once, and each model compiled once, for all protocols. ``name`` is what the report calls it (the clip's name by
    default), ``configs`` replaces the suite's protocols and their settings. Raises UnknownNameError for a suite or an environment that
    does not exist, FileFormatError for what is no run folder, SfvError for a policy that does not fit.
    """
    chosen = protocols_of(suite)
    if configs is not None:
        chosen = [(find_protocol(protocol), config) for protocol, config in configs.items()]
    tell = progress or quiet
    subject = load_subject(run_dir, env, threads)
    total, before = sum(entry.weight for entry, _ in chosen), 0.0
    done: dict[str, Done] = {}
    found = Result()
    for entry, config in chosen:
        result = entry.run(subject, config, part(tell, before, total, entry.weight))
        done[entry.name] = Done(entry.version, asdict(config), result.control_steps)
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
