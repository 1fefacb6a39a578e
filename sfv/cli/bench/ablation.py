"""``sfv bench ablation``: one term off, or one start only, at a time."""

from sfv.bench.recovery.config import AblationConfig
from sfv.cli.support.parse import parse


def main(arguments: list[str]) -> None:
    """Parse, measure, say where the table is."""
    given = parse(AblationConfig, arguments, "sfv bench ablation")
    from sfv.bench.recovery.publish import bench_ablation

    print(f"wrote {bench_ablation(given)}")
