"""sfv: a video of a person goes in, a physically simulated character that can do what the person did comes out.

Importing it registers ``sfv/Imitation-v0`` with Gymnasium; nothing heavier than Gymnasium is loaded before it is used.
"""

from importlib.metadata import PackageNotFoundError, version

from sfv.imitate.register import register_environments

try:
    __version__ = version("sfv")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"

register_environments()
