"""``sfv bench robustness``: what skills survive, and how those do that were trained on other ground."""

from sfv.bench.robustness.config import RobustnessBenchConfig
from sfv.cli.support.parse import parse


def main(arguments: list[str]) -> None:
    """Parse and run."""
    given = parse(RobustnessBenchConfig, arguments, "sfv bench robustness")
    from sfv.bench.robustness.run import bench_robustness

    bench_robustness(given)
