"""A long log is read by pages and exported as a stream: memory does not grow with it (P-LOG-02)."""

import json
import tracemalloc

import pytest

from recorder.client.clock import ManualClock
from recorder.client.happened import Happened
from recorder.client.instance import Instance
from recorder.client.log import Level, LogType
from recorder.events.store import FILE, EventStore
from recorder.logs import sheet
from recorder.logs.logbook import Logbook
from recorder.logs.sought import Place, Sought
from recorder.sealing import Sealer
from recorder.settings.audit import Change
from recorder.settings.registry import built_in
from recorder.settings.settings import Settings
from recorder.settings.store import FILE as SETTINGS
from recorder.settings.store import SettingsStore


def long_log(instance, rows):
    """Every third entry an event, each a second after the one before; two of each moment."""
    store, events = SettingsStore(instance.config / SETTINGS), EventStore(instance.state / FILE)
    Settings(store, built_in(), Sealer(instance), ManualClock())
    changes = [
        Change(at * 1_000_000, "ada", "web:10.0.0.1", "general", "", "recorder_name", '"a"', json.dumps(f"name {at}"))
        for at in range(rows * 2 // 3)
    ]
    with store.transaction():
        store.note(changes)
    events.write(
        Happened(at + 1, "disk-fault", "Disk", "", "d", 0, at * 1_000_000, None, "", f"fault {at}", 1, True, None)
        for at in range(rows - len(changes))
    )
    store.close()
    events.close()
    return Logbook(instance.config, instance.state, built_in())


def peak(logbook):
    tracemalloc.start()
    count = sum(piece.count("\r\n") for piece in sheet.pieces(sheet.HEAD, map(sheet.row, logbook.walk(Sought()))))
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return count, found


@pytest.mark.covers("P-LOG-02")
def test_an_export_of_many_rows_takes_no_more_memory_than_one_of_few(tmp_path):
    few, many = (long_log(Instance(tmp_path / str(rows)), rows) for rows in (3_000, 9_000))
    count, least = peak(few)
    assert count == 3_001
    count, most = peak(many)
    assert count == 9_001
    assert most < least * 1.3 + 500_000


def test_both_stores_are_walked_by_time_and_by_page_alike(tmp_path):
    logbook = long_log(Instance(tmp_path), 90)
    walked = [one.id for one in logbook.walk(Sought())]
    paged, before = [], None
    while True:
        page = logbook.find(Sought(), before, 7)
        paged += [one.id for one in page.entries]
        if page.before is None:
            break
        before = Place.read(page.before)
    assert paged == walked[::-1]
    assert len(set(walked)) == 90
    faults = list(logbook.walk(Sought(types=(LogType.STORAGE,), level=Level.ERROR)))
    assert len(faults) == 30
