"""``sfv bench``: measure, and write docs/results/."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import tyro

from sfv.bench.results import FOLDER, all_commands, merge_rows, read_rows, write_results
from sfv.cli.bench_skills import skills
from sfv.cli.inputs import writable_folder
from sfv.errors import SfvError, UnknownNameError
from sfv.progress import console

if TYPE_CHECKING:
    from sfv.bench.recovery.run import Bench

RECOVERY = """\
Means over cameras, or over clips, views and backgrounds; every video's row is in reconstruct.json. PA-MPJPE: each frame turned,
scaled and moved onto the truth; MPJPE: only the middle of the hips put together, camera axes; mm. Real set: 14 landmarks (shoulders,
elbows, wrists, hips, knees, ankles, toes), the truth triangulated from the three other cameras; the row "reference" is the truth of all
four cameras against that: no method can be told from a perfect one below it. Synthetic set: 12 joints of the body (without toes).
Accelerations (accel, error in m/s^2), jitter (10 m/s^3) and foot slide (mm a frame) at 30 frames a second; foot slide where the true
feet stand, foot_slide_own where the motion says that they do. Penetration: deepest vertex of the whole body under the motion's ground.
Tilt: angle between the found up and the true one, zero where it is given. Root: path of the hips in camera axes without its mean
offset. PCK: share of joints within 0.2 torso lengths; raw and detection modes are the detector's joints, the rest the recovered ones in
the picture. "camera": whether focal length and gravity are given. Seconds per 100 frames: processor time of all threads, for the fit
and for everything (detector and fit); elapsed on the clock, while the machine may have done other things too. Pictures:
`sheets/reconstruct_real.png` and `sheets/reconstruct_synthetic.png`, best frames above, worst frames below.
"""
ABLATION = """\
One thing changed at a time, focal length and gravity known; means over the videos. Columns as in reconstruct.md.
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


def reconstruct(
    set: Literal["real", "synthetic", "all"] = "all",
    clips: tuple[str, ...] = (),
    views: tuple[str, ...] = (),
    backgrounds: tuple[str, ...] = (),
    methods: tuple[str, ...] = (),
    modes: bool = True,
    work: Path = Path("runs/bench/reconstruct"),
    out: Path = FOLDER,
) -> None:
    """Recover motions whose truth is known, from four calibrated cameras and from rendered clips; write the errors.

    Keypoints and motions in the work folder are not made again while code and settings are the same; delete its videos to have
    them rendered anew.

    Args:
        set: The videos of four calibrated cameras (real), rendered motion capture (synthetic), or both.
        clips: Clips of the synthetic set; all of them when left out.
        views: front, side, oblique; all of them when left out.
        backgrounds: plain, cluttered; both when left out.
        methods: raw, smoothed, ours, ours:hmr, ours:landmarks, ours:taylor; all of them when left out.
        modes: Compare detection modes too, on the clips with inverted bodies.
        work: Folder of videos, keypoints and motions.
        out: Folder of the result files.
    """
    from sfv.bench.recovery.pictures import write_sheet
    from sfv.bench.recovery.recover import METHODS
    from sfv.bench.recovery.run import KEYS, MODE_CLIPS, choose
    from sfv.bench.recovery.summary import tables

    sets = ("real", "synthetic") if set == "all" else (set,)
    chosen = choose(clips, views, backgrounds)
    methods = checked("method", methods, METHODS)
    bench = recovery_bench(work)
    cases, empty = bench.cases(sets, *chosen)
    rows, results = bench.score(cases, methods)
    rows += bench.nothing(empty, methods)
    if modes and "synthetic" in sets:
        rows += bench.detection_modes(tuple(clip for clip in chosen[0] if clip in MODE_CLIPS), *chosen[1:])
    rows = merge_rows(read_rows("reconstruct", out), rows, KEYS)
    words = ["sfv", "bench", "reconstruct", "--set", set]
    for option, values in (("clips", clips), ("views", views), ("backgrounds", backgrounds), ("methods", methods)):
        words += [f"--{option}", *values] if values and values != METHODS else []
    words += [] if modes else ["--no-modes"]
    write_results("reconstruct", all_commands("reconstruct", shlex.join(words), out), rows, out, RECOVERY, tables(rows))
    for name in sets:
        own = [(case, result) for case, result in results if case.set == name]
        write_sheet(own, bench.body, out / "sheets" / f"reconstruct_{name}.png")
    print(f"wrote {out / 'reconstruct.md'}")


def ablation(
    set: Literal["real", "synthetic", "all"] = "all",
    clips: tuple[str, ...] = (),
    views: tuple[str, ...] = (),
    backgrounds: tuple[str, ...] = ("plain",),
    changes: tuple[str, ...] = (),
    work: Path = Path("runs/bench/reconstruct"),
    out: Path = FOLDER,
) -> None:
    """Recover the same videos with one term of the energy off, or one start only, at a time; camera known.

    Args:
        set: The videos of four calibrated cameras (real), rendered motion capture (synthetic), or both.
        clips: Clips of the synthetic set; all of them when left out.
        views: front, side, oblique; all of them when left out.
        backgrounds: plain, cluttered.
        changes: Rows of the table; all of them when left out.
        work: Folder of videos, keypoints and motions, shared with ``sfv bench reconstruct``.
        out: Folder of the result files.
    """
    from sfv.bench.recovery.ablations import ABLATIONS
    from sfv.bench.recovery.run import choose
    from sfv.bench.recovery.summary import ablation_tables

    sets = ("real", "synthetic") if set == "all" else (set,)
    names, chosen = checked("change", changes, tuple(ABLATIONS)), choose(clips, views, backgrounds)
    bench = recovery_bench(work)
    cases, _ = bench.cases(sets, *chosen)
    rows = bench.ablation(cases, names)
    rows = merge_rows(read_rows("ablation", out), rows, ("set", "change"))
    words = ["sfv", "bench", "ablation", "--set", set]
    for option, values in (("clips", clips), ("views", views), ("backgrounds", backgrounds), ("changes", changes)):
        words += [f"--{option}", *values] if values else []
    write_results(
        "ablation", all_commands("ablation", shlex.join(words), out), rows, out, ABLATION, ablation_tables(rows)
    )
    print(f"wrote {out / 'ablation.md'}")


def recovery_bench(work: Path) -> "Bench":
    """The benchmark of the reconstruction with its work folder."""
    from sfv.bench.recovery.run import Bench
    from sfv.body import load_body

    return Bench(writable_folder(work, "--work"), load_body(name="open"), console.print)


def checked(kind: str, given: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """Names that are all known; all of them where none is given. Raises UnknownNameError."""
    for name in given:
        if name not in known:
            raise UnknownNameError(kind, name, known)
    return given or known


def main(arguments: list[str]) -> None:
    """Parse and run."""
    from sfv.cli.bench_retarget import retarget
    from sfv.cli.bench_robustness import robustness
    from sfv.cli.bench_train import train

    verbs = {
        "quickstart": quickstart,
        "skills": skills,
        "reconstruct": reconstruct,
        "ablation": ablation,
        "retarget": retarget,
        "train": train,
        "robustness": robustness,
    }
    tyro.extras.subcommand_cli_from_dict(verbs, args=arguments, prog="sfv bench")
