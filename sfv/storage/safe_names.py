"""File names made from names that stand inside files or on a command line: such a name never chooses a folder."""

import hashlib
import unicodedata

_LONGEST = 80
"""Bytes: file systems take 255 for a name, and endings and dates follow."""
_DIGEST = 8
_ALSO = "._-+"


def safe_name(text: str, longest: int = _LONGEST) -> str:
    """``text`` as the name of one file or folder: letters, digits, ``._-+`` stay, anything else becomes ``_``.

    It never begins with a dot, is never empty, and is at most ``longest`` bytes; what is cut off is told apart by a digest.
    """
    plain = unicodedata.normalize("NFC", text)
    name = "".join(letter if letter.isalnum() or letter in _ALSO else "_" for letter in plain).lstrip(".") or "unnamed"
    raw = name.encode("utf-8", "replace")
    if len(raw) <= longest:
        return raw.decode("utf-8")
    digest = hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:_DIGEST]
    return raw[: longest - _DIGEST - 1].decode("utf-8", "ignore") + f"_{digest}"


def run_name(clips: tuple[str, ...] | list[str], character: str, env: str) -> str:
    """Name of a training: its clips, its character (by name or folder) and its environment (with changes of its keys)."""
    what = "_".join(safe_name(clip) for clip in clips)
    ground, colon, changes = env.partition(":")
    return safe_name(f"{what}_{_last(character)}_{_last(ground)}{colon}{changes}", 2 * _LONGEST)


def _last(name: str) -> str:
    """A name, or the last part of a path."""
    return safe_name(name.rstrip("/").rpartition("/")[2])
