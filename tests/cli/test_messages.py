"""Every command and flag that a message, a help text or a page names exists: the command's own parser is asked."""

import ast
import contextlib
import functools
import importlib
import inspect
import io
import itertools
import re
import shlex
from pathlib import Path

import pytest
import tyro

import sfv
from sfv.cli import main

ROOT = Path(sfv.__file__).resolve().parent.parent
_PLACEHOLDER = "7"
"""Stands for what an f-string fills in: a name, a path and a number alike."""
_COMMAND = re.compile(r"(?:`|'|\(|\$ |: |^)((?:\.venv/bin/)?sfv [a-z][^`'\n;]*)", re.MULTILINE)
"""A command as it is written to be typed: in quotation marks, in brackets, after a colon or alone on its line."""
_FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9._-]*[a-z0-9]")
_SPOKEN = {
    "loads",
    "reads",
    "ships",
    "writes",
    "uses",
    "and",
    "does",
    "itself",
    "nor",
    "that",
    "whose",
    "if",
    "is",
    "has",
    "import",
    "finds",
    "was",
}
"""Words that follow the name of the program where no command is meant."""
_OF_OTHERS = (
    "sfv/assets.py",
    "sfv/bench/quickstart.py",
    "sfv/system/machine.py",
    "sfv/bench/reliability",
)
"""Files that name flags of other programs (pip, git) or of a script."""
_FLAGS_OF_OTHERS = {"--write_json", "--format"}
"""OpenPose's and AlphaPose's."""


class Parsed(Exception):
    """The parser was content."""


def _stop(*args, **kwargs):
    raise Parsed


def _stub(target):
    return functools.wraps(target)(lambda *args, **kwargs: _stop()) if inspect.isfunction(target) else target


def _only_parse(monkeypatch):
    """Let every verb parse its arguments and then raise Parsed, before anything is done."""
    real = tyro.cli

    def cli(target, **options):
        real(_stub(target), **options)
        raise Parsed

    monkeypatch.setattr(tyro, "cli", cli)


def _accepts(verb: str, arguments: list[str]) -> bool:
    """Whether the verb's parser takes the arguments; called under ``_only_parse``."""
    try:
        importlib.import_module(main.module_of(verb)).main(arguments)
    except Parsed:
        return True
    except SystemExit:
        return False
    raise AssertionError(f"sfv {verb} did not parse")


@pytest.fixture(scope="module")
def flags():
    """Flags of each verb, those of its parts together."""
    known = {}
    for verb in main.VERBS:
        screens = [["--help-all"], *([part, "--help-all"] for part in PARTS.get(verb, ()))]
        known[verb] = set(itertools.chain.from_iterable(_FLAG.findall(_screen(verb, screen)) for screen in screens))
    return known


PARTS = {
    verb: tuple(module.PARTS)
    for verb in main.VERBS
    if hasattr(module := importlib.import_module(main.module_of(verb)), "PARTS")
}


def _screen(verb: str, arguments: list[str]) -> str:
    told = io.StringIO()
    with contextlib.redirect_stdout(told), pytest.raises(SystemExit):
        importlib.import_module(main.module_of(verb)).main(arguments)
    return told.getvalue()


def _strings():
    """(file, line, text, whether it is prose) of every string in the package, placeholders filled in, and of every page."""
    for path in sorted((ROOT / "sfv").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {
            id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
        }  # docstrings speak of the program
        inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                text = "".join(
                    str(part.value) if isinstance(part, ast.Constant) else _PLACEHOLDER for part in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
                text = node.value
            else:
                continue
            yield path.relative_to(ROOT), node.lineno, text, id(node) in said
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield path.relative_to(ROOT), number, line, True


FOUND = [found for found in _strings() if "sfv " in found[2] or "--" in found[2]]
STRINGS = [found[:3] for found in FOUND]


def _commands():
    for path, line, text in STRINGS:
        for told in _COMMAND.findall(text):
            yield f"{path}:{line}", _typed(told)


def _typed(told: str) -> list[str]:
    """Words of a command, without the name of the program, comments and the sentence that follows."""
    told = told.removeprefix(".venv/bin/").partition("  #")[0].partition(" |")[0]  # a comment, a table's next cell
    told = re.sub(r"\)[^(]*$", "", told) if told.count(")") > told.count("(") else told
    told = re.split(r"[,.:] |\.$|:$", told)[0].replace(" ...", "").replace("...", _PLACEHOLDER).strip()
    return shlex.split(told)[1:]


def _value(word: str) -> str:
    """A name in capitals stands for a value of the user's."""
    return _PLACEHOLDER if re.fullmatch(r"[A-Z]+(=[A-Z]+)?", word) else word


def _only_named(verb: str, words: list[str], flags: dict[str, set[str]]) -> bool:
    """Whether the words name a command without its values, as "`sfv hmr train`" or "`sfv train --out`" do."""
    return all(word in PARTS.get(verb, ()) or word in flags[verb] for word in words)


def test_every_command_in_a_message_is_one_that_its_parser_takes(flags, monkeypatch):
    _only_parse(monkeypatch)
    wrong, seen = [], 0
    for place, (verb, *words) in _commands():
        if verb in main.VERBS:
            seen += 1
            if not _only_named(verb, words, flags) and not _accepts(verb, [_value(word) for word in words]):
                wrong.append(f"{place}: sfv {verb} {' '.join(words)}")
        elif verb not in _SPOKEN:
            wrong.append(f"{place}: sfv {verb}: there is no such verb")
    assert not wrong, "\n" + "\n".join(wrong)
    assert seen > 50


def test_every_word_after_the_programs_name_is_a_verb_or_plain_speech():
    wrong = [
        f"{path}:{line}: sfv {word}"
        for path, line, text, prose in FOUND
        for word in re.findall(r"(?<![\w./-])sfv ([a-z]+)", text)
        if not prose and word not in main.VERBS and word not in _SPOKEN
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def _verbs_in(text: str) -> set[str]:
    return {verb for verb in re.findall(r"\bsfv ([a-z]+)", text) if verb in main.VERBS}


def _verb_of_module(path: Path) -> str:
    """The verb that a module of the command line belongs to; empty for every other module."""
    names = [name for name in (*path.parts[2:-1], path.stem) if name in main.VERBS]
    return names[0] if path.parts[:2] == ("sfv", "cli") and names else ""


@functools.cache
def _verbs_of(path: Path) -> set[str]:
    """The verb whose module it is, and those that the module speaks of; none for a module of another room."""
    own = _verb_of_module(path)
    return (
        {own} | set().union(*(_verbs_in(text) for other, _, text in STRINGS if other == path))
        if own in main.VERBS
        else set()
    )


def test_every_flag_in_a_message_is_one_of_the_verbs_that_it_is_about(flags):
    wrong, seen = [], 0
    for path, line, text in STRINGS:
        if str(path).startswith(_OF_OTHERS) or "torchrun" in text or "python scripts/" in text:
            continue
        about = _verbs_in(text) | ({own} if (own := _verb_of_module(path)) else set())
        if path.suffix == ".md" or not _verbs_in(text):
            about = _verbs_of(path) or set(main.VERBS)
        known = set().union(*(flags[verb] for verb in about)) | {"--help", "--version"}
        for flag in _FLAG.findall(text):
            seen += 1
            if flag.replace("_", "-") not in known and flag not in _FLAGS_OF_OTHERS:
                wrong.append(f"{path}:{line}: {flag} is no flag of sfv {', '.join(sorted(about))}")
    assert not wrong, "\n" + "\n".join(wrong)
    assert seen > 80


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("nothing to imitate (sfv list clips)", False),
        ("do it with `sfv train walk --learner.seeds 3`", False),
        ("do it with `sfv train walk --learner.seed 3`", True),
        ("two are needed: sfv compare RUN RUN ...", True),
        ("film it instead: sfv render a/b.npz", True),
        ("film it instead: sfv film a/b.npz", False),
    ],
)
def test_the_test_tells_right_from_wrong(text, right, monkeypatch):
    _only_parse(monkeypatch)
    for verb, *words in map(_typed, _COMMAND.findall(text)):
        assert (verb in main.VERBS and _accepts(verb, [_value(word) for word in words])) == right
