"""sfv: a video of a person goes in, a physically simulated character that can do what the person did comes out."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("sfv")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"
