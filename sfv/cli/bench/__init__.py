"""``sfv bench``: measure, and write docs/results/."""

from sfv.cli.support.parse import modules, parts

PARTS = {
    "quickstart": "both scripts of the README in a fresh clone with an empty home: times and sizes",
    "skills": "train and measure the repertoire; one table, learning curves, contact sheets",
    "reconstruct": "recover motions whose truth is known; the errors",
    "ablation": "recover with one term of the energy off, or one start only, at a time",
    "retarget": "how well motion-capture clips are retargeted to characters",
    "train": "control steps a second of training, beside raw MuJoCo and what it replaces",
    "robustness": "what skills survive, with a suite of protocols and on other ground",
}
"""What each part does."""


def main(arguments: list[str]) -> None:
    """Run the part that is named."""
    parts(arguments, "sfv bench", "Measure, and write docs/results/.", PARTS, modules(__name__, PARTS))
