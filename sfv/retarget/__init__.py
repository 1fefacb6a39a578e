"""Retargeting: a person's recovered motion becomes a clip of one character."""

from sfv.callable_room import make_callable

make_callable(__name__)
