"""Which packages and data files make up the wheel; everything else stands in pyproject.toml.

``characters/`` and ``envs/`` lie beside ``sfv/``, and are installed inside of it, so that neither becomes a top-level import.
"""

from pathlib import Path

from setuptools import find_packages, setup

ROOMS = ("characters", "envs")
DATA = {f"sfv._{room}": room for room in ROOMS} | {
    f"sfv._{room}.{folder.name}": f"{room}/{folder.name}"
    for room in ROOMS
    for folder in sorted(Path(room).iterdir())
    if folder.is_dir() and not folder.name.startswith((".", "__"))
}

setup(
    packages=[*find_packages(include=["sfv", "sfv.*"]), *DATA],
    package_dir={"sfv": "sfv", **DATA},
    package_data={
        "": ["*.npz", "py.typed"],
        "sfv.skills": ["data/*/*/*.toml", "data/*/*/*.npz"],
        **{name: ["*"] for name in DATA},
    },
)
