"""``sfv bench retarget``: quality of the motion-capture clips, as read and on other characters."""

from sfv.bench.retarget.config import RetargetBenchConfig
from sfv.cli.support.parse import parse


def main(arguments: list[str]) -> None:
    """Parse, measure, say where the table is."""
    given = parse(RetargetBenchConfig, arguments, "sfv bench retarget")
    from sfv.bench.retarget.run import bench_retarget

    print(f"wrote {bench_retarget(given)}")
