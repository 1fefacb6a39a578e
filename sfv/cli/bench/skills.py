"""``sfv bench skills``: train, measure and table the repertoire."""

from sfv.bench.skills.config import SkillsBenchConfig
from sfv.cli.support.parse import parse


def main(arguments: list[str]) -> None:
    """Parse and run."""
    given = parse(SkillsBenchConfig, arguments, "sfv bench skills")
    from sfv.bench.skills.run import bench_skills

    bench_skills(given)
