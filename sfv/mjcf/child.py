"""Run as a script in a process of its own: compiles an MJCF file under limits, and prints what came of it as one line of JSON.

It imports nothing of sfv, so that it starts in the time that MuJoCo itself takes.
"""

import json
import sys

MARK = "sfv-mjcf "
"""Begins the line that counts: MuJoCo prints lines of its own."""


def limit(memory: int, seconds: int) -> None:
    """So much memory and processor time beyond what has been taken, no file written, no core dump; where the system has such limits."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CPU: max(1, int(used.ru_utime + used.ru_stime + seconds)),
    }
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123
            bounds[resource.RLIMIT_AS] = int(stream.read().split()[0]) * resource.getpagesize() + memory
    except OSError:  # not Linux
        bounds[resource.RLIMIT_DATA] = memory
    for which, bound in bounds.items():
        _, most = resource.getrlimit(which)
        resource.setrlimit(which, (bound if most == resource.RLIM_INFINITY else min(bound, most), most))


def measure(path: str) -> dict[str, object]:
    """Compile, set the memory of one world aside, and take one step."""
    import mujoco

    spec = mujoco.MjSpec.from_file(path)
    spec.compiler.usethread = 0
    model = spec.compile()
    data = mujoco.MjData(model)
    mujoco.mj_step(model, data)
    return {"bodies": model.nbody, "speeds": model.nv, "geoms": model.ngeom, "world_bytes": int(data.nbuffer)}


def main() -> None:
    """Arguments: file, bytes of memory, seconds of processor time."""
    path, memory, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    import mujoco  # noqa: F401  # before the limits: they are meant for the file

    limit(memory, seconds)
    try:
        found = measure(path)
    except MemoryError:
        found = {"memory": True}
    except Exception as error:
        found = {"error": str(error)}
    print("\n" + MARK + json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
