"""The benchmark from end to end: cases, methods, rows; and the ablation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sfv.bench.recovery.ablations import ABLATIONS, ablated
from sfv.bench.recovery.case import Case
from sfv.bench.recovery.means import mean_rows
from sfv.bench.recovery.modes import MODES
from sfv.bench.recovery.recover import CAMERAS, DETECTOR_METHODS, REFERENCE, Result, run_method
from sfv.bench.recovery.sets.backdrop import NAMES as BACKGROUNDS
from sfv.bench.recovery.sets.exact_set import SET as EXACT
from sfv.bench.recovery.sets.exact_set import exact_case
from sfv.bench.recovery.sets.real_set import real_cases
from sfv.bench.recovery.sets.synthetic import CLIPS, VIEWS
from sfv.bench.recovery.sets.synthetic_set import mode_row, scenes, synthetic_case
from sfv.bench.results import Row
from sfv.body import Body
from sfv.detect.config import DetectConfig
from sfv.errors import UnknownNameError
from sfv.reconstruct.config import ReconstructConfig

KEYS = ("set", "clip", "view", "background", "camera", "method")
"""What names a row."""
MODE_CLIPS = ("cartwheel", "backflip", "roll", "spinkick")
"""Clips on which detection modes are compared: those that turn upside down, and a fast one that does not."""
Log = Callable[[str], None]


@dataclass
class Bench:
    """Where the benchmark works, and with what settings."""

    work: Path
    """Folder of everything that is kept between runs."""
    body: Body
    log: Log
    detect: DetectConfig = field(default_factory=DetectConfig)
    reconstruct: ReconstructConfig = field(default_factory=ReconstructConfig)

    def cases(
        self, sets: Sequence[str], clips: Sequence[str], views: Sequence[str], backgrounds: Sequence[str]
    ) -> tuple[list[Case], list[Row]]:
        """All videos that are asked for, and the keys of those in which nobody is found."""
        found: list[Case] = []
        empty: list[Row] = []
        if "real" in sets:
            cases, seen = real_cases(self.folder("keypoints"), self.detect)
            for view in seen:
                self.log(f"{view.camera.name}: {view.in_words()}")
            found += cases
        if "synthetic" in sets:
            for clip, view, background in scenes(clips, views, backgrounds):
                self.log(f"{clip} {view} {background}: film and detect")
                case = synthetic_case(clip, view, background, self.body, self.folder("videos"), self.detect)
                if case is None:
                    self.log(f"{clip} {view} {background}: nobody was found")
                    empty.append({"set": "synthetic", "clip": clip, "view": view, "background": background})
                else:
                    found.append(case)
        if EXACT in sets:
            found += [exact_case(clip, view, self.body) for clip in clips for view in views]
        return found, empty

    def nothing(self, empty: Sequence[Row], methods: Sequence[str]) -> list[Row]:
        """Rows of videos in which nobody was found: no coverage, no joint right."""
        figures: Row = {"coverage": 0.0, "pck": 0.0}
        return [
            keys | ({"camera": camera} if camera else {}) | {"method": method} | figures
            for keys in empty
            for method in methods
            for camera in _cameras(method)
        ]

    def score(self, cases: Sequence[Case], methods: Sequence[str]) -> tuple[list[Row], list[tuple[Case, Result]]]:
        """Rows of all methods, and the results of "ours" with an unknown camera for the pictures.

        With a known camera the landmarks are those of an ideal lens, so that the body would not lie on the film's pixels.
        """
        rows: list[Row] = []
        shown: list[tuple[Case, Result]] = []
        for case in cases:
            for method in _methods(case, methods):
                for camera in _cameras(method):
                    result = run_method(case, method, camera, self.reconstruct, self.body, self.folder("motions"))
                    rows.append(case.keys | ({"camera": camera} if camera else {}) | {"method": method} | result.row)
                    if method == "ours" and camera == "unknown" and case.set != EXACT:
                        shown.append((case, result))
                    self.log(_told(case, method, camera, result))
        return rows, shown

    def detection_modes(self, clips: Sequence[str], views: Sequence[str], backgrounds: Sequence[str]) -> list[Row]:
        """PCK of each detection mode on scenes."""
        rows: list[Row] = []
        for clip, view, background in scenes(clips, views, backgrounds):
            for mode in MODES:
                row = mode_row(clip, view, background, self.body, self.folder("videos"), self.detect, mode)
                rows.append(
                    {
                        "set": "synthetic",
                        "clip": clip,
                        "view": view,
                        "background": background,
                        "method": f"detect:{mode}",
                    }
                    | row
                )
                self.log(f"{clip} {view} {background}, {mode}: PCK {row['pck']:.3f}")
        return rows

    def ablation(self, cases: Sequence[Case], names: Sequence[str] = tuple(ABLATIONS)) -> list[Row]:
        """Means over the cases of each set, camera known, with one thing changed at a time."""
        rows: list[Row] = []
        for name in names:
            config = ablated(name, self.reconstruct)
            variant = "".join(letter if letter.isalnum() else "-" for letter in name)
            single = []
            for case in cases:
                result = run_method(case, "ours", "known", config, self.body, self.folder("ablation"), variant)
                single.append({"set": case.set} | result.row)
            for row in mean_rows(single, ("set",)):
                rows.append({"set": row["set"], "change": name} | row)
                self.log(f"{row['set']}, {name}: PA-MPJPE {row.get('pa_mpjpe_mm', float('nan')):.1f} mm")
        return sorted(rows, key=lambda row: row["set"])

    def folder(self, name: str) -> Path:
        """A folder of the work folder, made where it is missing."""
        path = self.work / name
        path.mkdir(parents=True, exist_ok=True)
        return path


def choose(
    clips: Sequence[str], views: Sequence[str], backgrounds: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Known clips, views and backgrounds; all of a kind where none is given. Raises UnknownNameError."""
    for kind, given, known in (
        ("clip", clips, CLIPS),
        ("view", views, VIEWS),
        ("background", backgrounds, BACKGROUNDS),
    ):
        for name in given:
            if name not in known:
                raise UnknownNameError(kind, name, known)
    return tuple(clips or CLIPS), tuple(views or VIEWS), tuple(backgrounds or BACKGROUNDS)


def _methods(case: Case, methods: Sequence[str]) -> list[str]:
    """Without a detector there is nothing to say of its own 3D landmarks."""
    if case.set == EXACT:
        return [method for method in methods if method not in DETECTOR_METHODS]
    return [*methods, REFERENCE] if case.alternative_c is not None else list(methods)


def _cameras(method: str) -> tuple[str, ...]:
    return ("",) if method in (*DETECTOR_METHODS, REFERENCE) else CAMERAS


def _told(case: Case, method: str, camera: str, result: Result) -> str:
    head = f"{case.label.replace('_', ' ')}, {method}{', camera ' + camera if camera else ''}: "
    if "pa_mpjpe_mm" not in result.row:
        return head + result.row["failure"]
    return head + f"PA-MPJPE {result.row['pa_mpjpe_mm']:.1f}, MPJPE {result.row['mpjpe_mm']:.1f} mm"
