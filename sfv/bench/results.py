"""Result files: docs/results/<bench>.json, and <bench>.md made from it."""

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sfv.budget import read_json
from sfv.errors import FileFormatError
from sfv.files import write_text
from sfv.system.machine import commit, machine

SCHEMA = 1
FOLDER = Path("docs/results")

Row = dict[str, Any]


def read_rows(bench: str, folder: Path = FOLDER) -> list[Row]:
    """Rows written before; empty where there is no such file. Raises FileFormatError for a broken one."""
    path = folder / f"{bench}.json"
    if not path.is_file():
        return []
    found = read_json(path, "result file")
    rows = found.get("rows") if isinstance(found, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FileFormatError(f"{path} is not a result file (it has no list of rows); delete it or restore it")
    return rows


def all_commands(bench: str, command: str, folder: Path = FOLDER) -> str:
    """The commands that made the rows of a file to which others are added: those of its head, and ``command``."""
    path = folder / f"{bench}.json"
    if not path.is_file():
        return command
    found = read_json(path, "result file")
    before = str(found.get("command", "") if isinstance(found, dict) else "").split("; ")
    return "; ".join(dict.fromkeys([*filter(None, before), command]))


def merge_rows(old: list[Row], new: list[Row], keys: tuple[str, ...]) -> list[Row]:
    """``old`` with the rows of ``new`` added, or put in place of those with the same values under ``keys``."""
    merged = {tuple(row.get(key) for key in keys): row for row in old}
    merged |= {tuple(row.get(key) for key in keys): row for row in new}
    return list(merged.values())


Table = tuple[str, Sequence[Row]]
"""A title and its rows."""


def write_results(
    bench: str,
    command: str,
    rows: list[Row],
    folder: Path = FOLDER,
    text: str = "",
    tables: Sequence[Table] | None = None,
) -> None:
    """Write ``<bench>.json`` and the page made from it. A row that could not be measured is left out by the caller.

    The page shows all rows, or ``tables`` where there are too many of them to be read.
    """
    head = {
        "bench": bench,
        "schema": SCHEMA,
        "command": command,
        "commit": commit(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine(),
    }
    table = ",\n".join(f"  {json.dumps(row)}" for row in rows)  # a row a line: a new figure is one line of a diff
    opened = json.dumps(head, indent=1).removesuffix("\n}")
    write_text(folder / f"{bench}.json", f'{opened},\n "rows": [\n{table}\n ]\n}}\n')
    write_text(folder / f"{bench}.md", _markdown(head, rows, text, tables))


def _markdown(head: dict[str, Any], rows: list[Row], text: str, tables: Sequence[Table] | None) -> str:
    box = head["machine"]
    lines = [
        f"# {head['bench']}",
        "",
        f"Command: `{head['command']}`  ",
        f"Commit: {head['commit']}, {head['date']}  ",
        f"Machine: {box['cores']} cores, {box['cpu']}, GPU: {box['gpu']}, {box['system']}, Python {box['python']}",
    ]
    seeds = sorted({row["seed"] for row in rows if "seed" in row})
    if seeds:
        lines.append(f"  \nSeeds: {', '.join(map(str, seeds))}")
    for title, shown in [("", rows)] if tables is None else tables:
        lines += ["", f"## {title}"] if title else []
        columns = list(dict.fromkeys(key for row in shown for key in row))
        lines += ["", "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
        lines += ["| " + " | ".join(_cell(row.get(column)) for column in columns) + " |" for row in shown]
    return "\n".join(lines) + "\n" + (f"\n{text.strip()}\n" if text else "")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return (
        f"{value:.3g}"
        if isinstance(value, float) and abs(value) < 1000
        else str(round(value, 1) if isinstance(value, float) else value)
    )
