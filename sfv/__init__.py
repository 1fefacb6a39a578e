"""sfv: a video of a person goes in, a physically simulated character that can do what the person did comes out.

``import sfv`` registers ``sfv/Imitation-v0`` with Gymnasium, as soon as that is imported too; nothing heavy is loaded before it is used.
"""

import sys

_GYMNASIUM = "gymnasium"


def __getattr__(name: str) -> str:
    if name != "__version__":
        raise AttributeError(f"module 'sfv' has no attribute '{name}'")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("sfv")
    except PackageNotFoundError:  # a checkout that was never installed
        return "0+unknown"


def _register() -> None:
    from sfv.imitate.register import register_environments

    register_environments()


class _AfterGymnasium:
    """Registers the environments at the end of the first import of Gymnasium, whose own import would cost every command time."""

    def find_spec(self, fullname, path=None, target=None):  # noqa: ANN001, ANN202  # their types would have to be imported
        """What the other finders find, with the registration behind it."""
        if fullname != _GYMNASIUM:
            return None
        from importlib.util import find_spec

        sys.meta_path.remove(self)  # type: ignore[arg-type]
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_register(module) -> None:  # noqa: ANN001
                execute(module)
                _register()

            spec.loader.exec_module = execute_and_register  # type: ignore[method-assign]
        return spec


if _GYMNASIUM in sys.modules:
    _register()
else:
    sys.meta_path.insert(0, _AfterGymnasium())  # type: ignore[arg-type]
