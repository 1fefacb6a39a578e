"""``sfv hmr``: train the regressor that starts a reconstruction, or teach it a user's own clips."""

from sfv.cli.support.parse import modules, parts

PARTS = {
    "train": "train the regressor on landmarks made from motion capture",
    "finetune": "one round of SPIN's loop: optimised bodies teach the regressor",
    "check": "errors of the regressor on clips it was not trained on",
}
"""What each part does."""


def main(arguments: list[str]) -> None:
    """Run the part that is named."""
    about = "Train the regressor that starts a reconstruction, or teach it your clips."
    parts(arguments, "sfv hmr", about, PARTS, modules(__name__, PARTS))
