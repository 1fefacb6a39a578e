"""What measured runs become: the table, learning curves and contact sheets."""

from collections.abc import Callable
from pathlib import Path

from sfv.bench.results import Row, all_commands, read_rows
from sfv.errors import SfvError


class Publication:
    """The table, the curves and the sheets; only the process that the user started writes them."""

    def __init__(self, out: Path, command: str, log: Callable[[str], None]) -> None:
        self.out, self.command, self.log = out, command, log

    def add(self, folder: Path, fresh: bool = False) -> None:
        """Put a measured run folder into the results. ``fresh``: it was measured just now, so its sheet is drawn anew."""
        from sfv.bench.skills.curves import plot_curves, save_curve
        from sfv.bench.skills.measure import measured
        from sfv.bench.skills.names import name_of_row, stem_of_row
        from sfv.bench.skills.page import add_rows

        row = measured(folder)
        if row is None:
            raise SfvError(f"{folder} was not measured; run the same command again")
        command = all_commands("skills", self.command, self.out)
        before = read_rows("skills", self.out)
        rows = add_rows([row], command, self.out) if row not in before else before
        alike = [other for other in rows if _skill(other) == _skill(row)]
        label = f"{name_of_row(row)}_{row['character']}"
        curves = self.out / "curves"
        save_curve(folder, curves / f"{stem_of_row(row)}.csv")
        plot_curves(alike, curves, curves / f"{label}.png", f"{row['clip']}, {row['source']}, {row['character']}")
        sheet = self.out / "sheets" / f"{label}.jpg"
        if row == max(alike, key=lambda other: other["nr"]) and (fresh or not sheet.is_file()):
            self._draw(folder, sheet)
        self.log(f"{stem_of_row(row)}: NR {row['nr']:.3f}, fine {row['nr_fine']:.3f}")

    def _draw(self, folder: Path, sheet: Path) -> None:
        from sfv.bench.skills.sheet import save_sheet
        from sfv.draw.gl import RenderError

        try:
            save_sheet(folder, sheet)
        except RenderError as error:
            self.log(f"no contact sheet: {error}")


def _skill(row: Row) -> tuple[str, str, str]:
    return row["clip"], row["source"], row["character"]
