"""A verb parses, calls and prints: its module is short, and what it does lies in a room where Python finds it too."""

import ast
import importlib
from pathlib import Path

import pytest

import sfv
from sfv.cli import main

CLI = Path(sfv.__file__).parent / "cli"
_LINES, _MODULES = 80, 15
_TOOLS = {"main.py", "__init__.py"}


def _modules():
    """Modules of the verbs and of their parts."""
    for path in sorted(CLI.rglob("*.py")):
        if path.name not in _TOOLS and "support" not in path.parts:
            yield path


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(CLI)))
def test_the_module_of_a_verb_is_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < _LINES


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(CLI)))
def test_a_verb_has_no_classes_but_its_arguments(path):
    classes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ClassDef)]
    assert all(node.name.endswith("Arguments") for node in classes)


def test_every_verb_and_part_has_a_module():
    for verb in main.VERBS:
        module = importlib.import_module(main.module_of(verb))
        assert callable(module.main)
        assert "PARTS" not in vars(module) or module.PARTS


def test_rooms_of_the_command_line_hold_few_modules():
    for folder in [CLI, *(path for path in CLI.iterdir() if (path / "__init__.py").is_file())]:
        assert len(list(folder.glob("*.py"))) <= _MODULES, folder
