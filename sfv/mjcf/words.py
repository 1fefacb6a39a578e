"""What MuJoCo says of a model that it does not take, as one sentence."""

import re
from pathlib import Path

_ELEMENT = re.compile(r"\s*Element '(?P<tag>[^']*)'(?:, line (?P<line>\d+))?\s*")
_NAMED = re.compile(r"\s*(?:Element|Object) name '(?P<name>[^']*)', id (?P<id>-?\d+)(?:, line (?P<line>\d+))?\s*")
_PREFIX = re.compile(r"^(?:(?:XML |engine )?Error: )+", re.IGNORECASE)
_REASONS = {
    "Caught an unknown exception!": "it gives up, as it does where more memory is asked for than the budget allows"
}
_LONGEST, _SHOWN = 300, 60


def in_a_sentence(path: Path | str, message: str) -> str:
    """``message`` of MuJoCo's about the file ``path``: what is wrong, and of which element in which line."""
    found = _NAMED.search(message) or _ELEMENT.search(message)
    plain = message.replace(found[0], " ") if found else message
    plain = _PREFIX.sub("", " ".join(plain.split())).rstrip(".")
    plain = _REASONS.get(plain, plain)
    return f"MuJoCo cannot read {path}: {plain[:_LONGEST]}{_where(found, plain) if found else ''}"


def _where(found: re.Match[str], plain: str) -> str:
    groups = found.groupdict()
    if "tag" in groups:
        name = f"element <{groups['tag'][:_SHOWN]}>"
    else:
        kind = "body" if "moving bodies" in plain or " body" in plain else "element"
        name = (
            f"{kind} '{groups['name'][:_SHOWN]}'"
            if groups["name"]
            else f"{kind} number {groups['id']}, which has no name"
        )
    return f" ({name}{', line ' + groups['line'] if groups['line'] else ''})"
