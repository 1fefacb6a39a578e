"""Running a suite of protocols with one progress bar, and writing all that comes of it."""

from pathlib import Path

from sfv.errors import SfvError
from sfv.evaluate.report import REPORT, Report, load_report, report_folder, save_report
from sfv.evaluate.report_words import markdown
from sfv.evaluate.suite import run_suite
from sfv.files import write_text
from sfv.names import locate
from sfv.render.policy.robustness import FALLS, draw_report, save_falls
from sfv.system.progress import console, stage_progress


def measured(run: str, suite: str, threads: int, env: str | None) -> Report:
    """Report of a suite on a run or skill that is named; what was measured before is read. Raises SfvError."""
    folder, results, name = locate(run)
    place = report_folder(results, env)
    report = load_report(place) if (place / REPORT).is_file() else None
    if report is not None and report.suite == suite:
        return report
    return measure(folder, place, suite, threads, env, name)


def measure(folder: Path, out: Path, suite: str, threads: int, env: str | None, name: str | None) -> Report:
    """Run ``suite`` on the run in ``folder``; write report.json, report.md, plots and the contact sheet of the falls to ``out``.

    Where nothing can be drawn, the rest is written all the same and the reason is said.
    """
    with stage_progress(f"{suite} suite on {name or folder}") as progress:
        report = run_suite(folder, suite, threads, progress, env, name)
    save_report(report, out)
    pictures = draw_report(report, out)
    try:
        save_falls(report, out / FALLS)
        pictures += [out / FALLS] if report.cases else []
    except SfvError as error:
        console.print(f"no picture of the falls: {error}")
    shown = "\n".join(f"![{path.stem}]({path.name})" for path in pictures)
    write_text(out / "report.md", markdown(report) + f"\n## Pictures\n\n{shown}\n")
    return report
