"""report.md: what a run survives, what it does not, and how it fails, in words and tables."""

from collections.abc import Callable, Sequence

from sfv.evaluate.protocols.push_curve import STANDING
from sfv.evaluate.protocols.push_trials import DIRECTIONS
from sfv.evaluate.protocols.result import Row
from sfv.evaluate.report import Case, Report

UNITS = {
    "friction": "times the friction", "mass": "times the mass", "load": "kg at the root", "load_hand": "kg in a hand",
    "strength": "times the torque limits", "gain": "times the servos' gains", "gravity": "times gravity",
    "delay_seconds": "s of delay", "sensor_noise": "noise on what it sees",
}  # fmt: skip
"""Of the sweeps of ``parameters``."""
GROUND_UNITS = {
    "slope_up": "degrees uphill", "slope_down": "degrees downhill", "slope_side": "degrees across",
    "rough": "cm of unevenness", "gaps": "cm of gap", "stairs_up": "cm a step up", "stairs_down": "cm a step down",
    "soft": "s of softness", "slippery": "of friction", "gravity": "m/s^2 of gravity",
}  # fmt: skip
"""Of the sweeps of ``terrain``."""
START_UNITS = {
    "pose": "times NR's pose noise", "velocity": "times NR's velocity noise", "displaced": "m from its place",
    "turned": "degrees turned",
}  # fmt: skip
"""Of the sweeps of ``starts``."""
BOX_UNITS = {"momentum": "kg m/s of thrown boxes"}
"""Of what ``boxes`` gives beside its curves."""
SETTINGS = ("halfway", "random, no fall", *(f"random, {words}" for words in STANDING))
"""Forces that ``push`` gives for each direction."""
_FORCES = (*DIRECTIONS, "sideways")


def markdown(report: Report) -> str:
    """The whole page."""
    name = f"{report.name} ({report.character})"
    trained = "" if report.trained_on == report.env else f"; the policy was trained on '{report.trained_on}'"
    versions = ", ".join(f"{protocol} {done.version}" for protocol, done in report.protocols.items())
    steps = sum(done.control_steps for done in report.protocols.values())
    sections = [
        f"# What {name} survives\n\nSuite '{report.suite}' on '{report.env}'{trained}. Protocols and their versions: {versions}; "
        f"{steps:,} control steps. What each does, word by word: the first lines of sfv/evaluate/protocols/*.py. Seeds and all "
        "numbers: report.json.\n",
        f"## In short\n\n{bullets(summary(report))}",
    ]
    for title, protocol, write in _TABLES:
        rows = report.find(protocol)
        if rows:
            sections.append(f"## {title}\n\n{write(rows)}")
    sections.append(f"## Failure cases\n\n{_failures(report)}")
    if report.notes:
        sections.append(f"## Left out\n\n{bullets(report.notes)}")
    return "\n".join(sections)


def bullets(lines: Sequence[str]) -> str:
    """One line each."""
    return "".join(f"- {line}\n" for line in lines)


def amount(row: Row) -> str:
    """The value of a limit, marked where nothing beyond it was tried."""
    beyond = "<= " if row.low is None else ">= " if row.high is None else ""
    return f"{beyond}{row.value:.4g}"


def interval(row: Row) -> str:
    """A share or an NR with its interval."""
    return f"{row.value:.3f} [{row.low or 0.0:.3f}, {row.high or 0.0:.3f}]"


def summary(report: Report) -> list[str]:
    """What it survives and what it does not, the most important first; the notes where a protocol alone has nothing of that."""
    lines = []
    for row in report.find("nr", metric="nr"):
        lines.append(f"undisturbed on '{report.env}': NR {interval(row)}, n = {row.n}")
    for row in report.find("nr", metric="completion"):
        lines[-1] += f"; {round(row.value * row.n)} of {row.n} come to the end"
    for setting, words in {
        "halfway": "pushed 0.2 s halfway through the motion (DeepMimic's protocol) it stands",
        "random, no fall": "pushed at random moments nobody falls up to",
        "random, half stand": "half stand at",
    }.items():
        found = [report.find("push", setting, f"max_force_{direction}") for direction in _PUSH_SUMMARY]
        if all(found):
            pairs = zip((rows[0] for rows in found), _PUSH_SUMMARY)
            lines.append(f"{words} " + ", ".join(f"{amount(row)} N {direction}" for row, direction in pairs))
    boxes = report.find("boxes", "momentum", "highest")
    lines += [f"thrown boxes: at least 90 % stand up to {amount(row)} kg m/s, 0.2 m wide" for row in boxes]
    for protocol, units in (("parameters", UNITS), ("terrain", GROUND_UNITS), ("starts", START_UNITS)):
        lines += _limits(report, protocol, units)
    return lines or list(report.notes)


_PUSH_SUMMARY = ("forward", "backward", "sideways")


def _limits(report: Report, protocol: str, units: dict[str, str]) -> list[str]:
    """How far a protocol's sweeps hold, and the first levels that do not."""
    holds, fails = [], []
    for sweep, unit in units.items():
        levels = {row.level: row.setting for row in report.find(protocol, metric="completion") if row.sweep == sweep}
        limits = [row for row in report.find(protocol, sweep) if row.metric in ("lowest", "highest")]
        if any(levels.get(row.value) not in _NOMINAL for row in limits):
            holds.append(f"{' to '.join(map(amount, limits))} {unit}")
        beyond = [row.low if row.metric == "lowest" else row.high for row in limits]
        fails += [levels[value] for value in beyond if value is not None]
    words = {"parameters": "of body, motors and senses", "terrain": "of the ground", "starts": "of the start"}[protocol]
    out = (
        [f"changes {words} that at least 90 % come through (<=, >=: no more was tried): {'; '.join(holds)}"]
        if holds
        else []
    )
    return out + ([f"first changes {words} that fewer come through: {', '.join(fails)}"] if fails else [])


_NOMINAL = ("nothing changed", "level ground", "undisturbed")
"""Settings of the levels at which nothing is changed."""


def _push(rows: list[Row]) -> str:
    """Forces by direction, then the curves."""
    forces = {(row.setting, row.metric): row for row in rows}
    lines = ["| newtons | " + " | ".join(_FORCES) + " |", "|---" * (len(_FORCES) + 1) + "|"]
    for setting in SETTINGS:
        cells = [forces.get((setting, f"max_force_{direction}")) for direction in _FORCES]
        if any(cells):
            lines.append(f"| {setting} | " + " | ".join("" if row is None else _force(row) for row in cells) + " |")
    return "\n".join(lines) + f"\n\nStanding after a push:\n\n{_curves(rows)}"


def _force(row: Row) -> str:
    if row.high is None:
        return f"at least {row.value:.0f}"
    if row.high == 0:
        return "falls without a push"
    exact = row.low is None or row.low == row.value
    return f"{row.value:.0f} (not {row.high:.0f})" if exact else f"{row.value:.0f} [{row.low:.0f}, {row.high:.0f}]"


def _curves(rows: list[Row]) -> str:
    """Completion, NR and whatever else there is, a line a level."""
    metrics = [name for name in _COLUMNS if any(row.metric == name and row.setting for row in rows)]
    lines = ["| | " + " | ".join(_COLUMNS[name] for name in metrics) + " |", "|---" * (len(metrics) + 1) + "|"]
    by_level: dict[tuple[str, float, str], dict[str, Row]] = {}
    for row in rows:
        if row.metric in _COLUMNS:
            by_level.setdefault((row.sweep, row.level or 0.0, row.setting), {})[row.metric] = row
    sweeps = list(dict.fromkeys(name for name, _, _ in by_level))
    ordered = sorted(by_level.items(), key=lambda item: (sweeps.index(item[0][0]), item[0][1]))
    sweep = None
    for (name, _, setting), found in ordered:
        first = f"**{name}**: {setting}" if name and name != sweep else setting
        sweep = name
        lines.append(f"| {first} | " + " | ".join(interval(found[m]) if m in found else "" for m in metrics) + " |")
    return "\n".join(lines) + "\n"


_COLUMNS = {
    "completion": "completed", "nr": "NR", "recovered": "recovered", "recovery_seconds": "seconds until then (quartiles)",
    "root_apart": "metres apart",
}  # fmt: skip
_TABLES: tuple[tuple[str, str, Callable[[list[Row]], str]], ...] = (
    ("Pushes", "push", _push),
    ("Thrown boxes", "boxes", _curves),
    ("Body, motors, senses", "parameters", _curves),
    ("Other ground", "terrain", _curves),
    ("Other simulation", "simulator", _curves),
    ("Other starts", "starts", _curves),
)


def _failures(report: Report) -> str:
    """The mildest condition of each sweep that was failed, and what the clip has to do with it."""
    if not report.cases:
        return "None: every trial of every protocol was survived.\n"
    lines = ["| mildest condition that fails | fails | first failure | reference then |", "|---|---|---|---|"]
    lines += [
        f"| {case.protocol}: {case.setting} | {case.failed} of {case.n} | {first_failure(case)} | {case.reference} |"
        for case in report.cases
    ]
    found = "Likely causes in the clip itself:\n\n" + bullets(report.findings)
    nothing = "The clip's own report finds nothing that would explain a fall: what fails is the balance against the disturbance.\n"
    return "\n".join(lines) + f"\n\n{found if report.findings else nothing}"


def first_failure(case: Case) -> str:
    """What happened, and when."""
    return f"{case.how}, {case.seconds:.1f} s after the start, at {case.phase:.0%} of the motion"
