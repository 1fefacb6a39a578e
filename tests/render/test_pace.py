import pytest

from sfv.view.pace import Pace


class FakeClock:
    def __init__(self):
        self.now, self.slept = 5.0, []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def test_sleeps_what_the_work_left_over():
    clock = FakeClock()
    pace = Pace(10.0, clock, clock.sleep)
    for work in (0.02, 0.07, 0.0):
        clock.now += work
        pace.wait()
    assert clock.slept == pytest.approx([0.08, 0.03, 0.1])
    assert clock.now == pytest.approx(5.3)


def test_a_late_frame_is_made_up_for():
    clock = FakeClock()
    pace = Pace(10.0, clock, clock.sleep)
    for work in (0.15, 0.02, 0.02):
        clock.now += work
        pace.wait()
    assert clock.now == pytest.approx(5.3)


def test_a_long_halt_is_not():
    clock = FakeClock()
    pace = Pace(10.0, clock, clock.sleep)
    clock.now += 3.0
    pace.wait()
    pace.wait()
    assert clock.slept == pytest.approx([0.1])
