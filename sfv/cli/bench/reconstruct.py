"""``sfv bench reconstruct``: recover motions whose truth is known."""

from sfv.bench.recovery.config import RecoveryBenchConfig
from sfv.cli.support.parse import parse


def main(arguments: list[str]) -> None:
    """Parse, measure, say where the table is."""
    given = parse(RecoveryBenchConfig, arguments, "sfv bench reconstruct")
    from sfv.bench.recovery.publish import bench_reconstruct

    print(f"wrote {bench_reconstruct(given)}")
