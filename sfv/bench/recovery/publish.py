"""The benchmark of the reconstruction and its ablation, from settings to tables, pages and pictures."""

import shlex
from pathlib import Path

from sfv.bench.recovery.ablations import ABLATIONS
from sfv.bench.recovery.config import AblationConfig, RecoveryBenchConfig
from sfv.bench.recovery.pictures import write_sheet
from sfv.bench.recovery.recover import METHODS
from sfv.bench.recovery.run import KEYS, MODE_CLIPS, Bench, choose
from sfv.bench.recovery.sets.parkour import parkour_rows
from sfv.bench.recovery.summary import ablation_tables, tables
from sfv.bench.results import all_commands, merge_rows, read_rows, write_results
from sfv.body import load_body
from sfv.errors import SfvError, UnknownNameError
from sfv.storage.outputs import writable_folder
from sfv.system.progress import log

RECOVERY = """\
Means over cameras, or over clips, views and backgrounds; every video's row is in reconstruct.json. PA-MPJPE: each frame turned, scaled
and moved onto the truth; MPJPE: only the middle of the hips put together, camera axes; mm. Real set: 14 landmarks (shoulders, elbows,
wrists, hips, knees, ankles, toes), the truth triangulated from the three other cameras; the row "reference" is the truth of all four
cameras against that: no method can be told from a perfect one below it. Synthetic set: 12 joints of the body (without toes).
Accelerations (accel, error in m/s^2), jitter (10 m/s^3) and foot slide (mm a frame) at 30 frames a second; foot slide where the true
feet stand, foot_slide_own where the motion says that they do. Penetration: deepest vertex of the whole body under the motion's ground.
Tilt: angle between the found up and the true one, zero where it is given. Root: path of the hips in camera axes without its mean
offset. PCK: share of joints within 0.2 torso lengths; raw and detection modes are the detector's joints, the rest the recovered ones in
the picture.

The motion (`sfv/metrics/`): angle_deg, mean error of 17 joints' rotations against their parents (toes, wrists and hands left out), of
which swing moves the bone and twist turns it about its own axis; root_deg, orientation of the pelvis by the camera's axes.
turns_right: share of the clips with a turn that turn as often as the truth and the same way, about every axis of the body (signed
turns of each in the json). Landings, take-offs and stances of each foot: F1, within 50 ms; the truth's feet stand where they are
below 4 cm and slower than .5 m/s, and before and after that while they are below 6 cm and slower than 1.5 m/s. flight_mm: error of
the greatest height of the body's lowest point. path_percent: error of the root's displacement over 3 m of its way, or over a shorter
way of at least 1 m as a whole.

Exact landmarks: the synthetic scenes without a film; the fit is given the true landmarks, in the picture and in 3D. Parkour: 14 films
of one static camera without calibration, 25 frames a second, the person often behind bars; the 14 points of the real set, best of
three offsets of a frame for each film; landmarks_pa_mpjpe_mm is the detector's own 3D of the frames that both have,
worse_than_landmarks the share of films in which what was recovered is worse than that; not an asset. Certainty: of the joints said to
be so sure, the share that is within 5 cm of the truth about the hips (parkour: after Procrustes); today the detector's visibility, and
what the motion makes of it; worst is the greatest difference of a tenth with a hundredth of the points.

"camera": whether focal length and gravity are given. Seconds per 100 frames: processor time of all threads, for the fit and for
everything (detector and fit); elapsed on the clock, while the machine may have done other things too. Pictures:
`sheets/reconstruct_real.png` and `sheets/reconstruct_synthetic.png`, best frames above, worst frames below.
"""
ABLATION = """\
One thing changed at a time, focal length and gravity known; means over the videos. Columns as in reconstruct.md.
"""


def bench_reconstruct(config: RecoveryBenchConfig) -> Path:
    """Recover, compare, write reconstruct.json, .md and the sheets; returns the page. Raises SfvError, UnknownNameError."""
    sets = ("real", "synthetic") if config.set == "all" else (config.set,)
    chosen = choose(config.clips, config.views, config.backgrounds)
    methods = checked("method", config.methods, METHODS)
    bench = recovery_bench(config.work)
    cases, empty = bench.cases(sets, *chosen)
    rows, results = bench.score(cases, methods)
    rows += bench.nothing(empty, methods)
    if config.set == "parkour":
        if config.films is None:
            raise SfvError("the parkour films are not an asset of sfv: name their folder with --films")
        work = bench.folder("keypoints")
        rows += parkour_rows(config.films, methods, bench.detect, bench.reconstruct, bench.body, work, log)
    if config.modes and "synthetic" in sets:
        rows += bench.detection_modes(tuple(clip for clip in chosen[0] if clip in MODE_CLIPS), *chosen[1:])
    rows = merge_rows(read_rows("reconstruct", config.out), rows, KEYS)
    words = _words("reconstruct", config, "clips", "views", "backgrounds")
    words += ["--methods", *methods] if methods != METHODS else []
    words += [] if config.films is None else ["--films", "FOLDER"]
    words += [] if config.modes else ["--no-modes"]
    command = all_commands("reconstruct", shlex.join(words), config.out)
    write_results("reconstruct", command, rows, config.out, RECOVERY, tables(rows))
    for name in sets:
        own = [(case, result) for case, result in results if case.set == name]
        if own:
            write_sheet(own, bench.body, config.out / "sheets" / f"reconstruct_{name}.png")
    return config.out / "reconstruct.md"


def bench_ablation(config: AblationConfig) -> Path:
    """Recover with one thing changed at a time, write ablation.json and .md; returns the page. Raises SfvError, UnknownNameError."""
    sets = ("real", "synthetic") if config.set == "all" else (config.set,)
    names = checked("change", config.changes, tuple(ABLATIONS))
    chosen = choose(config.clips, config.views, config.backgrounds)
    bench = recovery_bench(config.work)
    cases, _ = bench.cases(sets, *chosen)
    rows = merge_rows(read_rows("ablation", config.out), bench.ablation(cases, names), ("set", "change"))
    words = _words("ablation", config, "clips", "views", "backgrounds", "changes")
    command = all_commands("ablation", shlex.join(words), config.out)
    write_results("ablation", command, rows, config.out, ABLATION, ablation_tables(rows))
    return config.out / "ablation.md"


def _words(bench: str, config: RecoveryBenchConfig | AblationConfig, *options: str) -> list[str]:
    """The command line with those of the options that were given."""
    words = ["sfv", "bench", bench, "--set", config.set]
    for option in options:
        values = getattr(config, option)
        words += [f"--{option}", *values] if values else []
    return words


def recovery_bench(work: Path) -> Bench:
    """The benchmark of the reconstruction with its work folder."""
    return Bench(writable_folder(work, "--work"), load_body(name="open"), log)


def checked(kind: str, given: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """Names that are all known; all of them where none is given. Raises UnknownNameError."""
    for name in given:
        if name not in known:
            raise UnknownNameError(kind, name, known)
    return given or known
