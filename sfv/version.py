"""Version of the installed package."""


def own_version() -> str:
    """As the package's metadata says; "0+unknown" in a checkout that was never installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("sfv")
    except PackageNotFoundError:
        return "0+unknown"
