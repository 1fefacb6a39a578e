"""A trained run in, numbers out."""

from sfv.callable_room import make_callable

make_callable(__name__)
