"""``sfv bench``: measure, and write docs/results/."""

import shlex
from pathlib import Path
from typing import Annotated

import tyro

from sfv.assets import ASSETS, fetch
from sfv.bench.results import FOLDER, merge_rows, read_rows, write_results
from sfv.cli.chain import Chain, ChainConfig
from sfv.cli.inputs import writable_folder
from sfv.cli.progress import console
from sfv.errors import SfvError, UnknownNameError
from sfv.motion.clip import Clip

VIDEO_SKILLS = {"demo_walk": "demo_video", "balance": "balance_cam01"}
"""Skills whose reference is recovered from a video: name in the results -> asset."""
CURVES = """\
NR: deterministic policy, 32 disturbed starts, 20 s of a cyclic clip or the whole of another, falls count zero; nr_fine is the same at
1/600 s with armature 0.01; finished counts the starts that come to the end. Curves (NR against samples and minutes): `curves/`,
contact sheets of the policies: `sheets/`.
"""


def quickstart(out: Path = FOLDER, scratch: Path | None = None) -> None:
    """Run both scripts of the README in a fresh clone with an empty home; write their times and sizes.

    Args:
        out: Folder of the result files.
        scratch: Folder with 4 GB of room for the clone; the system's temporary folder by default.
    """
    from sfv.bench.quickstart import required_tools, run_quickstart

    required_tools()
    if not Path("scripts/quickstart.sh").is_file():
        raise SfvError("run this in the root of a checkout of sfv: scripts/quickstart.sh is not here")
    rows = run_quickstart(Path().resolve(), scratch)
    write_results("quickstart", "sfv bench quickstart", rows, out)
    print(f"wrote {out / 'quickstart.md'}")


def skills(
    clips: Annotated[tuple[str, ...], tyro.conf.Positional] = ("walk", "demo_walk"),
    /,
    character: str = "humanoid",
    seeds: tuple[int, ...] = (0,),
    runs: Path = Path("runs/bench"),
    out: Path = FOLDER,
) -> None:
    """Train and evaluate clips one after the other; keep the table, the curves and contact sheets. Finished ones are skipped.

    Args:
        clips: Names of motion-capture clips (walk, run, ...), or demo_walk (from the demo video) and balance (from camera 1).
        character: Character that learns them.
        seeds: Seeds of each.
        runs: Folder of the run folders; training goes on there after an interruption.
        out: Folder of the result files.
    """
    from sfv.bench.skills import run_skill
    from sfv.cli.inputs import find_clip

    for name in clips:
        source = "mocap" if f"humanoid3d_{name}" in ASSETS else "video"
        clip = find_clip(f"humanoid3d_{name}", character) if source == "mocap" else video_clip(name, character, runs)
        for seed in seeds:
            row = run_skill(clip, name, source, character, seed, runs, out)
            rows = merge_rows(read_rows("skills", out), [row], ("clip", "source", "character", "seed", "init"))
            words = ["sfv", "bench", "skills", *clips, "--character", character, "--seeds", *map(str, seeds)]
            write_results("skills", shlex.join(words), rows, out, CURVES)
    print(f"wrote {out / 'skills.md'}")


def video_clip(name: str, character: str, runs: Path) -> Clip:
    """The clip that the stages before training make of a video; they are skipped where they are done."""
    if name not in VIDEO_SKILLS:
        raise UnknownNameError(
            "clip", name, [*VIDEO_SKILLS, *(asset[11:] for asset in ASSETS if asset.startswith("humanoid3d_"))]
        )
    folder = writable_folder(runs / name)
    chain = Chain(fetch(VIDEO_SKILLS[name]), folder, ChainConfig(character=character), console.print)
    chain.detect()
    chain.reconstruct()
    chain.retarget()
    return Clip.load(folder / "clip.npz")


def main(arguments: list[str]) -> None:
    """Parse and run."""
    tyro.extras.subcommand_cli_from_dict({"quickstart": quickstart, "skills": skills}, args=arguments, prog="sfv bench")
