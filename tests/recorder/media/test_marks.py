from recorder.client.clock import SECOND_US, ManualClock
from recorder.client.recording import RecordType
from recorder.client.stream import StreamKey
from recorder.media.due import FOREVER_US
from recorder.media.marks import LEASE_US, Mark, MarkBook

KEY = StreamKey(2)


def mark(clock, until_us=None, name="a"):
    return Mark(name, (KEY,), clock.wall_us, 5, until_us, RecordType.MOTION)


def test_a_mark_covers_the_time_before_its_event():
    clock = ManualClock()
    book = MarkBook(clock)
    book.put(mark(clock))
    assert book.intervals(KEY) == [(clock.wall_us - 5 * SECOND_US, FOREVER_US)]
    assert book.intervals(StreamKey(3)) == []


def test_the_same_mark_again_is_no_news_and_changes_nothing():
    clock = ManualClock()
    book = MarkBook(clock)
    one = mark(clock)
    assert book.put(one)
    clock.advance(1)
    assert not book.put(one)
    assert len(book.intervals(KEY)) == 1


def test_the_time_of_a_mark_counts_from_its_event_not_from_its_arrival():
    clock = ManualClock()
    late = mark(clock)
    clock.advance(3)
    book = MarkBook(clock)
    book.put(late)
    assert book.intervals(KEY)[0][0] == clock.wall_us - 8 * SECOND_US


def test_an_open_mark_that_control_no_longer_renews_ends():
    clock = ManualClock()
    book = MarkBook(clock)
    book.put(mark(clock))
    for _ in range(6):
        clock.advance(10)
        book.put(Mark("a", (KEY,), 0, 5, None, RecordType.MOTION))
        assert book.lapse() == []
    clock.advance(LEASE_US / SECOND_US + 1)
    (ended,) = book.lapse()
    assert ended.until_us == clock.wall_us
    assert book.lapse() == []


def test_while_control_is_silent_no_mark_lapses():
    clock = ManualClock()
    book = MarkBook(clock)
    book.put(mark(clock))
    for _ in range(100):
        clock.advance(1)
        book.renew_all()
        assert book.lapse() == []


def test_marks_that_are_long_over_are_forgotten():
    clock = ManualClock()
    book = MarkBook(clock)
    book.put(mark(clock, until_us=clock.wall_us + SECOND_US))
    clock.advance(3600)
    book.lapse()
    assert book.intervals(KEY) == []
