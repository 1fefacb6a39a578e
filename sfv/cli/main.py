"""The ``sfv`` command: finds the verb and runs it; every error a user can mend is one line and a non-zero exit."""

import importlib
import signal
import sys
from types import FrameType

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


def usage() -> str:
    """The first screen."""
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {verb:<{width}}  {text}" for verb, text in VERBS.items())
    return (
        "sfv: a video of a person goes in, a physically simulated character that can do it comes out.\n\n"
        f"usage: sfv VERB ...        sfv VERB --help tells every option\n\n{verbs}\n\n"
        "start with: sfv run VIDEO --out runs/mine"
    )


def main() -> None:
    """Entry point of the console command."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line; returns the exit status (0 done, 1 an error to mend, 2 wrong usage, 130 interrupted)."""
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
    # A polite kill ends like Ctrl-C: files are closed, a checkpoint is written.
    signal.signal(signal.SIGTERM, _interrupt)
    from sfv.errors import SfvError

    try:
        importlib.import_module(f"sfv.cli.{verb}").main(rest)
    except SfvError as error:
        print(f"sfv: error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsfv: stopped; what was finished is kept, the same command goes on from there", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 1
    except OSError as error:
        # disk full, permissions, a folder that vanished: the system's own words say it
        where = f"{error.filename}: " if error.filename else ""
        print(f"sfv: error: {where}{error.strerror or error}", file=sys.stderr)
        return 1
    return 0


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
