"""Command lines into dataclasses or calls of functions, through tyro; the help screens are our own."""

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import tyro

from sfv.cli.support.help import HELP, HELP_ALL, help_text, parts_text, wants_help

T = TypeVar("T")


def parse(
    target: Callable[..., T], arguments: list[str], prog: str, default: T | None = None, common: Iterable[str] = ()
) -> T:
    """Parse ``arguments`` into the dataclass ``target``, or call the function ``target`` with them.

    Args:
        target: Dataclass or function; its fields or parameters are the options.
        arguments: The command line behind ``prog``.
        prog: What is typed before them, as "sfv train".
        default: Instance of the dataclass with the defaults.
        common: Names of options of groups that ``--help`` shows too; all the others are shown by ``--help-all``.

    Returns:
        The instance of the dataclass, or what the function returned.
    """
    if wants_help(arguments):
        print(help_text(target, prog, default, common, HELP_ALL in arguments))
        sys.exit(0)
    options: dict[str, Any] = {} if default is None else {"default": default}
    return tyro.cli(target, args=arguments, prog=prog, **options)


def parse_twice(
    cls: type[T],
    arguments: list[str],
    prog: str,
    default: T,
    better: Callable[[T], T],
    common: Iterable[str] = (),
) -> T:
    """Parse ``arguments`` into the dataclass ``cls``, let ``better`` look at them and name better defaults, and parse again.

    So what the user gives always wins over what ``better`` says, and ``better`` over the dataclass's own defaults.
    """
    first = parse(cls, arguments, prog, default, common)
    return parse(cls, arguments, prog, better(first), common)


def parts(
    arguments: list[str],
    prog: str,
    about: str,
    words: Mapping[str, str],
    mains: Mapping[str, Callable[[list[str]], None]],
) -> None:
    """Run the part of a verb that the first of ``arguments`` names; ``words`` says what each of them does."""
    if not arguments or arguments[0] in (*HELP, HELP_ALL):
        print(parts_text(prog, about, words), file=sys.stdout if arguments else sys.stderr)
        sys.exit(0 if arguments else 2)
    if arguments[0] not in words:
        print(f"{prog}: error: unknown part '{arguments[0]}'; known: {', '.join(words)}", file=sys.stderr)
        sys.exit(2)
    mains[arguments[0]](arguments[1:])


def modules(package: str, names: Iterable[str]) -> dict[str, Callable[[list[str]], None]]:
    """``main`` of each of the modules of a package, which are imported when they are called."""

    def main_of(name: str) -> Callable[[list[str]], None]:
        return lambda arguments: importlib.import_module(f"{package}.{name}").main(arguments)

    return {name: main_of(name) for name in names}
