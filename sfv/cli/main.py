"""The ``sfv`` command: finds the verb and runs it; every error a user can mend is one line and a non-zero exit."""

import importlib
import io
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sfv import stopping

if TYPE_CHECKING:
    from sfv.errors import SettingError

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
        importlib.import_module(f"sfv.cli.{verb}").main(rest)

    return told(work, rest)


def told(work: Callable[[], object], arguments: Sequence[str] = ()) -> int:
    """Do ``work``, what the command line ``arguments`` asked for, and print an error that the user can mend as one line.

    Returns the exit status.
    """
    from sfv.errors import SettingError, SfvError

    try:
        with _notes():
            work()
        if sys.stdout is not None:
            sys.stdout.flush()
    except SettingError as error:
        return _failed(_of_flag(error, arguments))
    except SfvError as error:
        return _failed(error)
    except KeyboardInterrupt:
        print(f"\n{stopping.sentence()}", file=sys.stderr)
        return stopping.exit_status()
    except BrokenPipeError:  # who read the output has gone: nothing more is written, not even when Python ends
        if sys.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        # disk full, permissions, a folder that vanished: the system's own words say it
        where = f"{error.filename}: " if error.filename else ""
        return _failed(f"{where}{error.strerror or error}")
    except Exception as error:
        if (sentence := _of_this_machine(error)) is None:
            raise  # a fault of ours
        return _failed(sentence)
    return 0


def _of_this_machine(error: Exception) -> str | None:
    """What a library's exception says about the machine in words; None where it says nothing of that."""
    from sfv.draw.gl import failed_to_load

    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "can't allocate memory" in str(error)):
        return "the memory of this machine does not suffice; ask for fewer worlds, smaller batches or a shorter clip"
    if failed_to_load(error):
        return f"the OpenGL that the environment variable MUJOCO_GL names ({os.environ['MUJOCO_GL']}) does not load here; unset it"
    return None


@contextmanager
def _notes() -> Iterator[None]:
    """Print what is doubtful or left out of an input as one line each, once."""
    from sfv.errors import InputWarning

    with warnings.catch_warnings():
        warnings.filterwarnings("always", category=InputWarning)
        usual, said = warnings.showwarning, set[str]()

        def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
            if issubclass(category, InputWarning):
                if str(message) not in said:
                    print(f"sfv: warning: {message}", file=sys.stderr)
                said.add(str(message))
            else:
                usual(message, category, *where, **more)

        warnings.showwarning = show
        yield


def _failed(error: object) -> int:
    print(f"sfv: error: {error}", file=sys.stderr)
    return 1


def _of_flag(error: "SettingError", arguments: Sequence[str]) -> "SettingError":
    """The error in the words of the flag that gave the value, where one did (``--physics.substeps`` for ``substeps``)."""
    given = [argument.partition("=")[0] for argument in arguments if argument.startswith("--")]
    wanted = error.name.replace("_", "-")
    flags = {flag for flag in given if flag[2:].replace("_", "-").rpartition(".")[2] == wanted}
    return error.of_flag(flags.pop()) if not error.where and len(flags) == 1 else error
