from dataclasses import replace

from sfv.evaluate.compare import Line, cells, comparison, differences, overlap
from sfv.evaluate.protocols.result import Row
from sfv.evaluate.report import Done, Report


def nr(value, half, n=32):
    return Row("nr", "undisturbed, on flat", "nr", value, value - half, value + half, n)


def limit(metric, value, low, high, protocol="parameters", setting="friction"):
    return Row(protocol, setting, metric, value, low, high, 32)


def report(name, rows, version=1, trials=32):
    done = {row.protocol: Done(version, {"trials": trials}, 100) for row in rows}
    return Report(name, "humanoid", "walk", True, 1.2, "flat", "flat", "full", done, rows, [], [], [])


def test_the_best_is_marked_and_what_may_be_chance():
    line = Line("NR", (nr(0.90, 0.01), nr(0.95, 0.01), nr(0.945, 0.01), None))
    assert cells(line) == ["0.9 [0.89, 0.91]", "**0.95 [0.94, 0.96]**", "~ 0.945 [0.935, 0.955]", ""]


def test_small_is_best_of_lowest_levels_and_the_unknown_end_counts():
    mine, other = limit("lowest", 0.2, 0.1, 0.2), limit("lowest", 0.5, 0.3, 0.5)
    assert cells(Line("friction", (mine, other), smaller=True)) == ["**0.2 (not 0.1)**", "0.5 (not 0.3)"]
    forces = (limit("highest", 300.0, 300.0, 310.0), limit("highest", 1600.0, 1600.0, None))
    assert cells(Line("push", forces)) == ["300 (not 310)", "**>= 1600**"]
    assert overlap(limit("highest", 200.0, 200.0, None), forces[0])
    assert not overlap(limit("highest", 310.0, 310.0, 320.0), forces[0])


def test_one_run_alone_is_no_best():
    assert cells(Line("NR", (nr(0.9, 0.01),))) == ["0.9 [0.89, 0.91]"]


def test_a_table_has_a_column_for_each_run_and_a_line_for_what_is_known():
    first = report("walk", [nr(0.9, 0.01), limit("highest", 2.0, 2.0, None)])
    second = replace(report("robust", [nr(0.95, 0.01)]), env="slope")
    table = comparison([first, second])
    assert "| walk (humanoid, on flat) | robust (humanoid, on slope) |" in table
    assert "| NR | 0.9 [0.89, 0.91] | **0.95 [0.94, 0.96]** |" in table
    assert "| parameters, highest: times the friction | >= 2 |  |" in table
    assert "parameters was not measured for all" in table


def test_what_cannot_be_compared_is_said():
    first, second = report("a", [nr(0.9, 0.1)]), report("b", [nr(0.9, 0.1)], version=2)
    assert differences([first, second]) == ["nr was measured with different versions; do it anew"]
    assert differences([first, report("c", [nr(0.9, 0.1)], trials=8)]) == ["nr was measured with different settings"]
    assert not differences([first, first])
