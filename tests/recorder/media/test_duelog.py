from recorder.client.clock import SECOND_US
from recorder.client.recording import RecordType
from recorder.client.stream import StreamKey, StreamName
from recorder.media.duelog import DueLog
from recorder.media.plan import ChannelPlan, Due, Plan, StreamPlan

KEY = StreamKey(1)


class Store:
    def __init__(self):
        self.told = []
        self.known = []

    def take_known_due(self):
        known, self.known = self.known, []
        return known

    def due(self, key, start_us, end_us, record_type):
        self.told.append((str(key), start_us // SECOND_US, end_us // SECOND_US, record_type.value))


def plan(*intervals):
    due = tuple(Due(start * SECOND_US, end * SECOND_US, RecordType.GENERAL) for start, end in intervals)
    return Plan(1, 0, (ChannelPlan(1, "a", (StreamPlan(StreamName.MAIN, "rtsp://x"),), due),))


def test_an_interval_is_logged_once_when_it_begins_to_apply():
    store = Store()
    log = DueLog(store)
    for second in range(200):
        log.tell(plan((50, 100), (150, 160)), second * SECOND_US)
    assert store.told == [("1/main", 50, 100, "general"), ("1/main", 150, 160, "general")]


def test_an_interval_whose_end_moves_is_logged_again():
    store = Store()
    log = DueLog(store)
    log.tell(plan((0, 100)), 10 * SECOND_US)
    log.tell(plan((0, 80)), 11 * SECOND_US)
    assert store.told == [("1/main", 0, 100, "general"), ("1/main", 0, 80, "general")]


def test_an_interval_that_is_taken_back_ends_now():
    store = Store()
    log = DueLog(store)
    log.tell(plan((0, 100)), 10 * SECOND_US)
    log.tell(plan(), 40 * SECOND_US)
    log.tell(plan(), 41 * SECOND_US)
    assert store.told == [("1/main", 0, 100, "general"), ("1/main", 0, 40, "general")]


def test_intervals_that_passed_are_told_once_and_forgotten_with_the_plan_that_had_them():
    store = Store()
    log = DueLog(store)
    for day in range(100):
        begin = 100 * day
        for second in (60, 61, 62):
            log.tell(plan((begin, begin + 50)), (begin + second) * SECOND_US)
    assert len(store.told) == 100
    assert len(log._past) == 1


def test_streams_that_a_channel_does_not_have_are_not_due():
    store = Store()
    due = Due(0, 100 * SECOND_US, streams=(StreamName.MAIN, StreamName.SUB))
    DueLog(store).tell(Plan(1, 0, (ChannelPlan(1, "a", (), (due,)),)), SECOND_US)
    assert store.told == []


def test_a_disk_that_came_later_is_told_too():
    store = Store()
    log = DueLog(store)
    log.tell(plan((0, 100)), SECOND_US)
    log.forget()
    log.tell(plan((0, 100)), 2 * SECOND_US)
    assert len(store.told) == 2
