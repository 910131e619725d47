"""A short taste of `make fuzz`: every target holds against its seeds, and some hundred mutations of them."""

import importlib
import random
import time

import pytest

from tests.fuzz import engine, targets
from tests.fuzz.__main__ import names

pytestmark = pytest.mark.long

RUNS = 300


@pytest.mark.parametrize("name", names())
def test_a_parser_of_foreign_input_holds(name):
    module = importlib.import_module(f"{targets.__name__}.{name}")
    campaign = engine.Campaign(name, module, random.Random(name))
    finding = campaign.seeds() or campaign.fire(time.monotonic() + 5, getattr(module, "TASTE", RUNS))
    assert finding is None, f"{finding.data!r}\n{finding.words}"


class Broken:
    SEEDS = (b"good",)
    DECLARED = (KeyError,)

    @staticmethod
    def target(data):
        if b"\x80" in data:
            raise IndexError
        raise KeyError


def test_what_is_not_declared_is_found():
    finding = engine.Campaign("broken", Broken, random.Random(1)).fire(time.monotonic() + 5, 5000)
    assert b"\x80" in finding.data
    assert "IndexError" in finding.words


def test_an_input_that_takes_too_long_is_found(monkeypatch):
    monkeypatch.setattr(engine, "SLOW_S", 0.05)

    class Endless(Broken):
        @staticmethod
        def target(data):
            while True:
                pass

    assert "Slow" in engine.Campaign("endless", Endless, random.Random(1)).seeds().words


def test_the_same_seed_gives_the_same_inputs():
    corpus = [b"abc", b"defgh"]
    first, second = random.Random(7), random.Random(7)
    assert [engine.mutated(first, corpus) for _ in range(50)] == [engine.mutated(second, corpus) for _ in range(50)]
