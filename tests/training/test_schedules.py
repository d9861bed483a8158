"""Schedules have the values worked out by hand."""

import pytest
from planted import bug

from rnnlib import cosine_decay, no_decay, warm_up


def test_cosine_decay_runs_from_1_to_its_final_factor():
    assert [cosine_decay(s, 0.2) for s in (0, 1)] == pytest.approx([1, 0.2])
    assert cosine_decay(0.5) == pytest.approx(0.5)
    assert cosine_decay(1 / 3) == pytest.approx(0.75)  # (1 + cos 60°) / 2


SCHEDULES = {
    "no_decay": (no_decay, {0: 1, 0.3: 1, 1: 1}),
    "rise, then cosine": (warm_up(0.2), {0: 0, 0.05: 0.25, 0.1: 0.5, 0.2: 1, 0.6: 0.5, 1: 0}),
    "rise, then stay": (warm_up(0.5, no_decay), {0: 0, 0.25: 0.5, 0.5: 1, 0.75: 1, 1: 1}),
    "no rise": (warm_up(0), {0: 1, 1 / 3: 0.75, 0.5: 0.5, 1: 0}),
    "two rises": (warm_up(0.5, warm_up(0.5, no_decay)), {0.5: 0, 0.625: 0.5, 0.75: 1, 1: 1}),
}


@bug(
    "what follows the rise has begun before",
    "training.schedules.warm_up.schedule",
    "(progress - share) / (1 - share)",
    "progress",
)
@bug(
    "the rise ends at the share",
    "training.schedules.warm_up.schedule",
    "progress / share",
    "progress",
)
@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_has_the_values_worked_out_by_hand(name):
    schedule, values = SCHEDULES[name]
    assert [schedule(progress) for progress in values] == pytest.approx(list(values.values()))
