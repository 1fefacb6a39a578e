"""The help screens: ``--help`` shows a verb's own and its common options, ``--help-all`` every option, grouped by stage."""

import os
import shutil
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sfv.cli.support.documented import description
from sfv.cli.support.options import Option, Options, options_of

HELP, HELP_ALL = ("-h", "--help"), "--help-all"
_FEW = 24
"""A verb with no more options than this shows all of them."""
_WIDEST, _INDENT = 110, 6


def wants_help(arguments: list[str]) -> bool:
    """Whether a command line asks for help instead of work."""
    given = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return any(argument in (*HELP, HELP_ALL) for argument in given)


def help_text(target: Callable[..., Any], prog: str, default: Any, common: Iterable[str], everything: bool) -> str:
    """The screen of a verb. ``common`` names settings of stages that belong to the short screen too (``learner.seed``)."""
    options = options_of(target, default)
    wanted = set(common)
    places = [option for option in options.all if not option.flags]
    own = [option for option in options.all if option.flags and option.own]
    settings = [option for option in options.all if option.flags and not option.own]
    everything = everything or len(options.all) <= _FEW
    named = "".join(f"{_place(option)} " for option in places)
    parts = [f"usage: {prog} {named}[options]", _wrapped(description(target))]
    parts += [_section("arguments", places)] if places else []
    parts.append(
        _section("options", own, ((", ".join(HELP), "Show the common options."), (HELP_ALL, "Show every option.")))
    )
    if everything:
        for group in dict.fromkeys(option.group for option in settings):
            title = f"{group or 'settings'}: {options.groups.get(group, '')}".removesuffix(": ")
            parts.append(_section(title, [option for option in settings if option.group == group]))
        return "\n\n".join(parts)
    shown = [option for option in settings if option.name in wanted]
    parts += [_section("common settings", shown)] if shown else []
    return "\n\n".join([*parts, _rest(prog, options, [option for option in settings if option not in shown])])


def parts_text(prog: str, about: str, parts: Mapping[str, str]) -> str:
    """The screen of a verb that has parts, with one line for each."""
    width = max(map(len, parts))
    lines = "\n".join(f"  {name:<{width}}  {text}" for name, text in parts.items())
    return f"usage: {prog} PART ...        {prog} PART --help tells its options\n\n{_wrapped(about)}\n\n{lines}"


def _rest(prog: str, options: Options, hidden: list[Option]) -> str:
    """The groups whose settings are not shown, and how many these are."""
    counts: dict[str, int] = {}
    for option in hidden:
        counts[option.group] = counts.get(option.group, 0) + 1
    lines = [f"  {f'{group} ({count})':<32}{options.groups.get(group, '')}" for group, count in counts.items() if group]
    title = f"{len(hidden)} more settings, which `{prog} {HELP_ALL}` explains{':' if lines else '.'}"
    return "\n".join([title, *(_wrapped(line, " " * 34) for line in lines)])


def _section(title: str, options: list[Option], more: Iterable[tuple[str, str]] = ()) -> str:
    entries = [(_typed(option), _told(option)) for option in options] + list(more)
    lines = [f"  {typed}\n{_wrapped(' ' * _INDENT + told, ' ' * _INDENT)}" for typed, told in entries]
    return "\n".join([_wrapped(title if title.endswith(".") else f"{title}:"), *lines])


def _place(option: Option) -> str:
    """How an argument that is given by its place stands in the usage."""
    name = option.name.upper().replace("_", "-")
    if option.values.startswith("["):
        return f"{name} [{name} ...]" if option.required else f"[{name} ...]"
    return name if option.required else f"[{name}]"


def _typed(option: Option) -> str:
    return ", ".join(f"{flag} {option.values}".rstrip() for flag in option.flags) or _place(option)


def _told(option: Option) -> str:
    default = f"(default: {option.default})" if option.default else "(required)" if option.required else ""
    return f"{option.text} {default}".rstrip()


def _wrapped(text: str, following: str = "") -> str:
    width = min(shutil.get_terminal_size().columns, _WIDEST) if "COLUMNS" in os.environ else _WIDEST
    return "\n".join(
        textwrap.fill(line, width, subsequent_indent=following, break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    )
