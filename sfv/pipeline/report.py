"""report.md: what the chain found, how good each step is, and what could not be known, in words and numbers."""

from typing import Any

from sfv.version import own_version

Facts = dict[str, Any]


def chain_report(video: str, facts: dict[str, Facts], machine: Facts) -> str:
    """Markdown text from what each stage returned, and the machine it was made on.

    ``facts`` has the keys detect, reconstruct, retarget, train, evaluate, render, as far as the chain came.
    """
    box = f"{machine['cores']} cores, {machine['cpu']}, GPU: {machine['gpu']}"
    sections = [f"# {video}\n\nMade by `sfv run {video}` (sfv {own_version()}) on {box}.\n"]
    for title, stage, write in (
        ("Result", "evaluate", _result),
        ("Who was seen", "detect", _people),
        ("The recovered motion", "reconstruct", _motion),
        ("The reference clip", "retarget", _clip),
        ("Training", "train", _training),
        ("Video", "render", _video),
    ):
        if stage in facts:
            sections.append(f"## {title}\n\n{write(facts[stage])}\n")
    sections.append(f"## Files\n\n{_FILES}")
    return "\n".join(sections)


_FILES = """\
| file | what |
|---|---|
| keypoints.npz | 2D landmarks of everybody |
| motion.npz | the chosen person's body in the world (AMASS's keys, and more) |
| clip.npz | the motion on the character |
| train/ | policy.npz, config.toml, progress.csv, TensorBoard events |
| evaluation.json | the numbers above |
| side_by_side.mp4, sheet.png | pictures |
| config.toml | every setting: `sfv run VIDEO --config config.toml` repeats this run |
"""


def _bullets(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _people(facts: Facts) -> str:
    people = [
        f"{line}{' (this one)' if number == facts['person'] else ''}" for number, line in enumerate(facts["people"])
    ]
    return _bullets([*people, *(f"the film: {line}" for line in facts.get("film", ())), *facts.get("notes", ())])


def _motion(facts: Facts) -> str:
    return _bullets([f"{facts['frames']} frames, {facts['seconds']:.2f} s", *facts["words"]])


def _clip(facts: Facts) -> str:
    return _bullets(facts["words"])


def _training(facts: Facts) -> str:
    return _bullets(
        [
            f"{facts['samples']:,} control steps in {facts['minutes']:.1f} minutes",
            f"best NR while training: {facts['nr']:.3f}",
            f"seed {facts['seed']}, physics step 1/{facts['physics_hz']:g} s",
            *facts.get("words", []),
        ]
    )


def _result(facts: Facts) -> str:
    return _bullets(facts["words"])


def _video(facts: Facts) -> str:
    if facts["made"]:
        return "side_by_side.mp4: the input with what was recovered, the body in its world, the character under its policy."
    return f"No video was made: {facts['why']}"
