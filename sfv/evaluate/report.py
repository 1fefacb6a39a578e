"""The report of a suite as a file: report.json, and the poses of its failure cases in falls.npz."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sfv.errors import FileFormatError
from sfv.evaluate.protocols.result import Failure, Row
from sfv.files import load_npz, save_npz, write_text

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
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FileFormatError(f"{path} is not readable ({error}); {advice}") from error
    if not isinstance(table, dict) or table.pop("schema", None) != SCHEMA:
        raise FileFormatError(f"{path} is no robustness report; {advice}")
    if table.pop("version", 0) > VERSION:
        raise FileFormatError(f"{path} is newer than this sfv reads; update sfv")
    poses = load_npz(folder / FALLS, _POSES, VERSION)
    try:
        table["protocols"] = {name: Done(**done) for name, done in table["protocols"].items()}
        table["rows"] = [Row(**row) for row in table["rows"]]
        table["cases"] = [Case(**case, poses=poses[f"case_{k}"]) for k, case in enumerate(table["cases"])]
        return Report(**table)
    except (TypeError, KeyError, AttributeError) as error:
        raise FileFormatError(f"{path} is incomplete ({error}); {advice}") from error
