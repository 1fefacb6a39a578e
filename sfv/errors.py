"""Errors that reach a user: one sentence that says what is wrong, where, and what would mend it."""

from collections.abc import Iterable


class SfvError(Exception):
    """Something the user can mend. The CLI prints it as one line and exits with 1; anything else is a bug of ours."""


class UnknownNameError(SfvError):
    """A name that no registry, folder or file knows; the message lists the names that exist."""

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        names = ", ".join(sorted(known)) or "none"
        super().__init__(f"unknown {kind} '{name}'; known: {names}{'. ' + hint if hint else ''}")


class FileFormatError(SfvError):
    """A file that is not what its name or place promises."""


class InputWarning(UserWarning):
    """Something about an input that is doubtful or left out, said once; the command line prints it as a line of its own."""


class SettingError(SfvError):
    """A setting outside of its range; the message names the range."""

    def __init__(self, fault: str, name: str = "", where: str = "") -> None:
        """What is wrong ("must be at least 1; it is 0"), with which setting, and ``where`` that stands: a file's table, if in one."""
        self.fault, self.name, self.where = fault, name, where
        setting = f"{where}.{name}" if where else f"the setting {name}"
        super().__init__(f"{setting} {fault}" if name else fault)

    def within(self, where: str) -> "SettingError":
        """The same, said of the setting in a file's table."""
        return SettingError(self.fault, self.name, where)

    def of_flag(self, flag: str) -> "SettingError":
        """The same, said of a flag of the command line (``--physics.substeps``)."""
        return SettingError(f"{flag} {self.fault}")


class AssetError(SfvError):
    """A third-party file that could not be fetched or whose hash is wrong."""


class VideoError(SfvError):
    """A video that cannot be opened, read or written."""


class NoPersonError(SfvError):
    """Nobody was found, or not for long enough."""


class DivergedError(SfvError):
    """A simulation or an optimisation left the finite numbers."""


class CapacityError(SfvError):
    """More contacts or constraints at once than a simulation on a GPU had room for."""


class DeviceError(SfvError):
    """A device that is not there, not supported or too small."""
