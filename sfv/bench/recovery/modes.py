"""Detection modes that are compared by PCK."""

from dataclasses import replace
from typing import get_args

from sfv.detect.config import DetectConfig, Mode

MODES: tuple[Mode, ...] = get_args(Mode)
"""Names of all modes (``DetectConfig.mode``)."""


def in_mode(mode: Mode, config: DetectConfig) -> DetectConfig:
    """The settings of a mode."""
    return replace(config, mode=mode)


def suffix(mode: Mode, config: DetectConfig) -> str:
    """What tells a mode's files from those of the usual one."""
    return "" if mode == config.mode else f"_{mode}"
