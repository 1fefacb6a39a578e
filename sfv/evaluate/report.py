"""The report of a suite as a file: report.json, and the poses of its failure cases in falls.npz."""

import json
import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from sfv.budget import read_json, reading
from sfv.errors import FileFormatError
from sfv.evaluate.protocols.result import Failure, Row
from sfv.files import load_npz, save_npz, write_text
from sfv.storage.safe_names import safe_name

REPORT, FALLS = "report.json", "falls.npz"
FOLDER = "robustness"
"""Folder inside a run folder."""
SCHEMA, VERSION = "sfv.robustness", 1
_POSES = "sfv.falls"


@dataclass(frozen=True)
class Done:
    """How one protocol was carried out."""

    version: int
    settings: dict[str, Any]
    control_steps: int
    """Of all worlds together."""


@dataclass(frozen=True)
class Case(Failure):
    """One failure case of a report."""

    reference: str = ""
    """What the reference stands on at that time, in words."""

    @classmethod
    def of(cls, failure: Failure, reference: str) -> "Case":
        """From what a protocol saw."""
        return cls(**vars(failure), reference=reference)


@dataclass(frozen=True)
class Report:
    """What a suite found out about one run."""

    name: str
    """Skill or run."""
    character: str
    clip: str
    cyclic: bool
    seconds: float
    """Length of the clip."""
    trained_on: str
    env: str
    """Environment that it was measured on."""
    suite: str
    protocols: dict[str, Done]
    rows: list[Row]
    cases: list[Case]
    findings: list[str]
    """What is wrong with the clip."""
    notes: list[str]
    """What was left out."""

    def find(self, protocol: str, setting: str | None = None, metric: str | None = None) -> list[Row]:
        """Rows of a protocol, of one setting and metric where these are given."""
        return [
            row
            for row in self.rows
            if row.protocol == protocol and setting in (None, row.setting) and metric in (None, row.metric)
        ]

    def bench_rows(self) -> list[dict[str, Any]]:
        """Rows as `sfv bench` keeps them: whose they are comes first."""
        return [{"skill": self.name, "character": self.character, **asdict(row)} for row in self.rows]


def report_folder(results: Path, env: str | None) -> Path:
    """Where the report of a suite lies in a folder of results; every environment that is asked for has its own."""
    return results / (FOLDER if env is None else f"{FOLDER}_{safe_name(env)}")


def save_report(report: Report, folder: Path) -> None:
    """Write report.json and falls.npz."""
    table = {name: getattr(report, name) for name in report.__dataclass_fields__}
    table["protocols"] = {name: asdict(done) for name, done in report.protocols.items()}
    table["rows"] = [asdict(row) for row in report.rows]
    table["cases"] = [{name: value for name, value in vars(case).items() if name != "poses"} for case in report.cases]
    poses = {f"case_{number}": case.poses for number, case in enumerate(report.cases)}
    save_npz(folder / FALLS, _POSES, VERSION, poses)
    write_text(folder / REPORT, json.dumps({"schema": SCHEMA, "version": VERSION, **table}, indent=1) + "\n")


def load_report(folder: Path) -> Report:
    """Read what ``save_report`` wrote. Raises FileFormatError."""
    path = folder / REPORT
    advice = "make it with sfv evaluate RUN --suite full"
    if not path.is_file():
        raise FileFormatError(f"{path} does not exist; {advice}")
    table = read_json(path, "robustness report")
    if not isinstance(table, dict) or table.pop("schema", None) != SCHEMA:
        raise FileFormatError(f"{path} is no robustness report; {advice}")
    with reading(path, "robustness report", advice):
        newer = int(table.pop("version", 0)) > VERSION
    if newer:
        raise FileFormatError(f"{path} is newer than this sfv reads; update sfv")
    poses = load_npz(folder / FALLS, _POSES, VERSION)
    with reading(path, "robustness report", advice):
        table["protocols"] = {name: _checked(Done, done, path) for name, done in table["protocols"].items()}
        table["rows"] = [_checked(Row, row, path) for row in table["rows"]]
        table["cases"] = [
            replace(_checked(Case, case, path), poses=poses[f"case_{number}"])
            for number, case in enumerate(table["cases"])
        ]
        return _checked(Report, table, path)


T = TypeVar("T")


def _checked(cls: type[T], table: Any, path: Path) -> T:
    """An instance whose numbers, texts and flags are of the kinds that its fields say. Raises FileFormatError."""
    try:
        made = cls(**table)
    except TypeError as error:
        raise FileFormatError(
            f"{path} is incomplete or holds what no report does: its {cls.__name__.lower()} does not fit; make it again with sfv "
            "evaluate RUN --suite full"
        ) from error
    for name, hint in get_type_hints(cls).items():
        value, kinds = getattr(made, name), get_args(hint) or (hint,)
        plain = [kind for kind in kinds if kind in (int, float, str, bool, type(None))]
        if not plain or get_origin(hint) in (list, dict):
            continue
        fits = any(isinstance(value, (int, float) if kind is float else kind) for kind in plain)
        if (
            not fits
            or (isinstance(value, float) and not math.isfinite(value))
            or (isinstance(value, bool) and bool not in plain)
        ):
            raise FileFormatError(
                f"{path}: {name} is {str(value)[:40]!r}; make the report again with sfv evaluate RUN --suite full"
            )
    return made
