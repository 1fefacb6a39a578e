"""Errors in the user's words: what can be mended is one line and a non-zero exit, never a traceback."""

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sfv.system import stopping

if TYPE_CHECKING:
    from sfv.errors import SettingError


def reported(work: Callable[[], object], arguments: Sequence[str] = ()) -> int:
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
