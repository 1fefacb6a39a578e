"""Help texts out of the source: what stands below a dataclass's field, and in a function's ``Args:``."""

import ast
import dataclasses
import functools
import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

_ARG = re.compile(r"^ {4}(\w+): (.*)$")


@functools.cache
def field_texts(cls: type) -> dict[str, str]:
    """Docstring of each field of a dataclass and its bases; what has none is left out."""
    texts: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if not dataclasses.is_dataclass(base):
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        assert isinstance(body, ast.ClassDef)
        for statement, following in zip(body.body, body.body[1:]):
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                text = following.value if isinstance(following, ast.Expr) else None
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    texts[statement.target.id] = in_one_line(text.value)
    return texts


def argument_texts(function: Callable[..., Any]) -> dict[str, str]:
    """Texts of the arguments in a docstring of Google's style."""
    texts: dict[str, list[str]] = {}
    name = None
    for line in (inspect.getdoc(function) or "").partition("\nArgs:\n")[2].splitlines():
        if line and not line.startswith(" "):  # Returns:, Raises:
            break
        if found := _ARG.match(line):
            name = found[1]
            texts[name] = [found[2]]
        elif name is not None:
            texts[name].append(line)
    return {name: in_one_line("\n".join(lines)) for name, lines in texts.items()}


def description(target: Callable[..., Any]) -> str:
    """What a dataclass or a function is for: its docstring without its arguments, each paragraph in one line."""
    text = (inspect.getdoc(target) or "").partition("\nArgs:\n")[0]
    return "\n\n".join(in_one_line(paragraph) for paragraph in text.split("\n\n"))


def in_one_line(text: str) -> str:
    """``text`` without its line breaks."""
    return " ".join(text.split())
