from broadsheet.delivery.throttle import LONGEST_PAUSE, SHORTEST_PAUSE, Throttle


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_domain_without_a_limit_has_none() -> None:
    throttle = Throttle({"small.example": 1})
    assert [throttle.take("large.example") for _ in range(1_000)] == [0.0] * 1_000


def test_over_an_hour_a_domain_gets_what_it_may() -> None:
    watch = Watch()
    throttle = Throttle({"small.example": 30}, watch)
    sent = 0
    while watch.seconds < 3_600:
        sent += throttle.take("small.example") == 0.0
        watch.seconds += 0.5
    assert 30 * 60 <= sent <= 30 * 60 + 5


def test_a_star_stands_for_each_other_domain_by_itself() -> None:
    throttle = Throttle({"*": 6, "large.example": 600}, Watch())
    assert [throttle.take(domain) == 0 for domain in ("a.example", "b.example", "a.example")] == [
        True,
        True,
        False,
    ]
    assert throttle.take("a.example") == 10
    assert throttle.take("large.example") == 0


def test_a_domain_that_has_enough_is_left_in_peace_longer_each_time() -> None:
    watch = Watch()
    throttle = Throttle({}, watch)
    pauses = []
    for _ in range(6):
        throttle.slow_down("busy.example")
        throttle.slow_down("busy.example")  # of the messages that were on their way
        pauses.append(throttle.take("busy.example"))
        watch.seconds += pauses[-1]
        assert throttle.take("busy.example") == 0
    assert pauses == [SHORTEST_PAUSE, 120, 240, 480, LONGEST_PAUSE, LONGEST_PAUSE]

    throttle.accepted("busy.example")
    throttle.slow_down("busy.example")
    assert throttle.take("busy.example") == SHORTEST_PAUSE
