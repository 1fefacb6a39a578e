"""The help screens: every option has a whole sentence that stands alone; the short screens are short, the long ones complete."""

import contextlib
import importlib
import io
import re

import pytest
import tyro

from sfv.cli import main
from sfv.cli.support import parse
from sfv.cli.support.help import help_text
from sfv.cli.support.options import options_of

_BEGINNING = re.compile(r"[A-Z0-9$`\"(]|--[a-z]|\S+[._]\S+ ")
"""A capital, a figure, or a word of code: a quoted one, a variable, a flag, the name of a file or of a setting."""
_LEANING = re.compile(
    r"(The same|Same|And|Or|But|Then|These|Those|It|Its|Their|They|Such|Also|Likewise|Else|Ditto|Whom)\b"
)
"""Words that lean on the sentence before, or begin no sentence."""
_ENTRY = re.compile(r"^[│|] (--[a-z][a-z0-9._-]*[a-z0-9])", re.MULTILINE)
"""A flag at the beginning of its entry on tyro's own screen."""
_LINES = 90
_FLAGS = re.compile(r"(?<![\w-])--[a-z][a-z0-9._-]*[a-z0-9]")


def _screens():
    """(command, target, default, names of the common options) of every verb and part."""
    found = []

    def keep(target, prog, default, common, everything):
        found.append((prog, target, default, tuple(common)))
        return ""

    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setattr(parse, "help_text", keep)
        for verb in main.VERBS:
            module = importlib.import_module(main.module_of(verb))
            for words in [[part] for part in getattr(module, "PARTS", ())] or [[]]:
                with contextlib.suppress(SystemExit):
                    module.main([*words, "--help-all"])
    return found


SCREENS = {screen[0]: screen for screen in _screens()}


def test_every_verb_has_a_screen():
    assert {prog.split()[1] for prog in SCREENS} == set(main.VERBS)


@pytest.mark.parametrize("prog", SCREENS)
def test_every_help_text_is_a_whole_sentence_that_stands_alone(prog):
    _, target, default, _ = SCREENS[prog]
    options = options_of(target, default)
    texts = {option.name: option.text for option in options.all}
    texts |= {f"group {group}": text for group, text in options.groups.items()}
    wrong = {name: why for name, text in texts.items() if (why := _wrong(text))}
    assert not wrong, "\n" + "\n".join(f"{name}: {why}: {texts[name]!r}" for name, why in wrong.items())


@pytest.mark.parametrize("prog", SCREENS)
def test_the_short_screen_is_short_and_the_long_one_names_every_flag(prog):
    _, target, default, common = SCREENS[prog]
    names = {option.name for option in options_of(target, default).all}
    assert set(common) <= names
    short, long = (help_text(target, prog, default, common, everything) for everything in (False, True))
    assert short.count("\n") < _LINES
    assert _FLAGS.search(short)
    told = io.StringIO()
    with contextlib.redirect_stdout(told), pytest.raises(SystemExit):
        tyro.cli(target, args=["--help"], prog=prog, **({} if default is None else {"default": default}))
    known = {flag for option in options_of(target, default).all for flag in option.flags}
    entries = set(_ENTRY.findall(told.getvalue()))
    assert entries <= known, "tyro takes more than the screen tells"
    assert known <= set(_FLAGS.findall(told.getvalue())), "the screen tells more than tyro takes"
    assert known <= set(_FLAGS.findall(long))


def _wrong(text: str) -> str:
    if not text:
        return "missing"
    if text.startswith("...") or text.endswith("..."):
        return "not whole"
    if not _BEGINNING.match(text) or _LEANING.match(text):
        return "does not begin a sentence that stands alone"
    return "" if re.search(r"[.!?][)\"'”]?$", text) else "has no end"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Seconds between two frames.", True),
        ("config.toml of a folder whose settings are the defaults.", True),
        ("... when the joints lie near.", False),
        ("A first look is enough ...", False),
        ("seconds between two frames.", False),
        ("The same for the arms.", False),
        ("Seconds", False),
        ("", False),
    ],
)
def test_the_test_tells_right_from_wrong(text, right):
    assert (not _wrong(text)) == right
