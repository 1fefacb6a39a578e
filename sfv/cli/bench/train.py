"""``sfv bench train``: control steps a second of training, beside raw MuJoCo and what it replaces."""

from sfv.bench.training import TrainBenchConfig
from sfv.cli.support.parse import parse


def main(arguments: list[str]) -> None:
    """Parse, measure, say where the table is."""
    given = parse(TrainBenchConfig, arguments, "sfv bench train")
    from sfv.bench.training import bench_train

    print(f"wrote {bench_train(given)}")
