from sfv.bench.quickstart import _bare_environment, _times


def test_quickstart_bench_sees_a_fresh_user(tmp_path, monkeypatch):
    monkeypatch.setenv("SFV_ASSETS", "/somewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    environment = _bare_environment(tmp_path)
    assert environment["HOME"] == str(tmp_path)
    assert not {"SFV_ASSETS", "XDG_CACHE_HOME", "VIRTUAL_ENV"} & set(environment)


def test_latest_time_of_each_step_counts(tmp_path):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "times.tsv").write_text("install\t50\nrun\t500\ninstall\t10\n")
    assert _times(tmp_path) == {"install": 10, "run": 500}
