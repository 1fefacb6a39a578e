"""report.md: what a run survives, what it does not, and how it fails, in words and tables."""

from collections.abc import Sequence

from sfv.evaluate.protocols.registry import known
from sfv.evaluate.report import Case, Report


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
    for protocol in known([*report.protocols]):
        rows = report.find(protocol.name)
        if rows and protocol.title:
            sections.append(f"## {protocol.title}\n\n{protocol.table(rows)}")
    sections.append(f"## Failure cases\n\n{_failures(report)}")
    if report.notes:
        sections.append(f"## Left out\n\n{bullets(report.notes)}")
    return "\n".join(sections)


def bullets(lines: Sequence[str]) -> str:
    """One line each."""
    return "".join(f"- {line}\n" for line in lines)


def summary(report: Report) -> list[str]:
    """What it survives and what it does not, the most important first; the notes where a protocol alone has nothing of that."""
    lines = []
    for protocol in known([*report.protocols]):
        lines += protocol.in_short(report.find(protocol.name), report.env)
    return lines or list(report.notes)


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
