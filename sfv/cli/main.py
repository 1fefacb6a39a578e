"""The ``sfv`` command: finds the verb and runs it; every error a user can mend is one line and a non-zero exit."""

import importlib
import io
import os
import signal
import sys

from sfv.cli.support.reported import reported
from sfv.system import stopping

VERBS = {
    "run": "a video in, a trained policy, a report and a side-by-side video out",
    "detect": "video -> keypoints.npz: 2D keypoints of every person",
    "reconstruct": "keypoints.npz -> motion.npz: one person's body in a metric world",
    "retarget": "motion.npz -> clip.npz: the motion on one character",
    "train": "clip.npz -> run folder: a policy that imitates the clip",
    "hmr": "train the regressor that starts a reconstruction, or teach it your clips",
    "evaluate": "run folder or skill -> numbers: normalised return, falls, finer physics; --suite: what it survives",
    "compare": "runs and skills side by side: what each survives",
    "render": "any artefact -> mp4",
    "complete": "a picture of a person -> mp4: a trained policy goes on from its pose in simulation",
    "play": "a trained skill, live in a window or as an mp4",
    "view": "clip, motion or run folder in a window",
    "export": "finished run -> a small skill that plays by name",
    "character": "check a character: figures, body map, what is missing, T-pose beside the body's",
    "fetch": "third-party weights, clips and videos into the cache",
    "list": "characters, environments, skills, detectors, assets",
    "bench": "measure and write docs/results/",
}
"""What each verb does, in the order of the first screen."""

_ROOMS = {
    "stages": ("run", "detect", "reconstruct", "retarget", "train", "evaluate", "export"),
    "show": ("compare", "render", "complete", "play", "view"),
    "stock": ("character", "fetch", "list"),
}
"""Packages of verbs; one that is in none is a package of its own."""


def module_of(verb: str) -> str:
    """Name of the module whose ``main`` runs a verb."""
    room = next((room for room, verbs in _ROOMS.items() if verb in verbs), None)
    return f"sfv.cli.{verb}" if room is None else f"sfv.cli.{room}.{verb}"


def usage() -> str:
    """The first screen."""
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {verb:<{width}}  {text}" for verb, text in VERBS.items())
    return (
        "sfv: a video of a person goes in, a physically simulated character that can do it comes out.\n\n"
        f"usage: sfv VERB ...        sfv VERB --help tells its options\n\n{verbs}\n\n"
        "start with: sfv run VIDEO --out runs/mine"
    )


def main() -> None:
    """Entry point of the console command."""
    for stream in (sys.stdout, sys.stderr):  # names of files may hold bytes that are no text
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="surrogateescape")
    status = run(sys.argv[1:])
    for number in stopping.SIGNALS:  # all is done: what comes while the interpreter ends must not print a traceback
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    sys.exit(status)


def run(arguments: list[str]) -> int:
    """Run one command line; returns the exit status (0 done, 1 an error to mend, 2 wrong usage, 130, 143 or 129 stopped by
    Ctrl-C, SIGTERM or SIGHUP: files are whole and a training has written its checkpoint)."""
    try:
        with stopping.stoppable():
            return _run(arguments)
    except KeyboardInterrupt:
        print(f"\n{stopping.sentence()}", file=sys.stderr)
        return stopping.exit_status()


def _run(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(usage())
        return 0 if arguments else 2
    if arguments[0] in ("-V", "--version"):
        from sfv import __version__

        print(f"sfv {__version__}")
        return 0
    verb, rest = arguments[0], arguments[1:]
    if verb not in VERBS:
        print(f"sfv: error: unknown verb '{verb}'; known: {', '.join(VERBS)}", file=sys.stderr)
        return 2

    def work() -> None:
        if os.environ.get("MUJOCO_GL"):
            from sfv.draw.gl import check_environment

            check_environment()
        importlib.import_module(module_of(verb)).main(rest)

    return reported(work, rest)
