"""What MuJoCo says of a model that it does not take, as one sentence."""

import re
from pathlib import Path

_ELEMENT = re.compile(r"\s*(?:Element|Object) name '(?P<name>[^']*)', id (?P<id>-?\d+)(?:, line (?P<line>\d+))?\s*")
_LONGEST = 300


def in_a_sentence(path: Path | str, message: str) -> str:
    """``message`` of MuJoCo's about the file ``path``: what is wrong, and of which element in which line."""
    found = _ELEMENT.search(message)
    plain = _ELEMENT.sub(" ", message) if found else message
    plain = " ".join(plain.split()).removeprefix("Error: ").removeprefix("XML Error: ").rstrip(".")
    where = ""
    if found:
        kind = "body" if "moving bodies" in plain or " body" in plain else "element"
        name = f"{kind} '{found['name']}'" if found["name"] else f"{kind} number {found['id']}, which has no name"
        where = f" ({name}{', line ' + found['line'] if found['line'] else ''})"
    return f"MuJoCo cannot read {path}: {plain[:_LONGEST]}{where}"
