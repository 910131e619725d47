"""Every simulator keeps its kind's contract, and a contract is worth something: without a verb's work it fails."""

import importlib
import inspect
import pkgutil

import pytest

import hal.kinds
from hal.kinds.device import Device
from hal.kinds.verbs import verbs_of
from tests.hal import contracts
from tests.hal.contracts.device import DeviceContract

NOT_KINDS = {"device", "verbs"}
KINDS = sorted(found.name for found in pkgutil.iter_modules(contracts.__path__) if found.name != "device")


def contract_of(kind):
    module = importlib.import_module(f"tests.hal.contracts.{kind}")
    found = [one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, DeviceContract)]
    return next(one for one in found if one is not DeviceContract), module.Simulated


def promises(contract):
    return [name for name in dir(contract) if name.startswith("test_")]


def keeps(kind, promise):
    contract, simulated = contract_of(kind)
    rig = simulated()
    try:
        getattr(contract(), promise)(rig)
    finally:
        rig.device.close()


def test_every_kind_has_a_contract_and_a_simulator():
    kinds = {found.name for found in pkgutil.iter_modules(hal.kinds.__path__)} - NOT_KINDS
    devices = {
        kind for kind in kinds if any(map(_is_kind, vars(importlib.import_module(f"hal.kinds.{kind}")).values()))
    }
    assert set(KINDS) == devices


def _is_kind(found):
    return inspect.isclass(found) and issubclass(found, Device) and "kind" in vars(found)


@pytest.mark.parametrize(
    ("kind", "promise"), [(kind, promise) for kind in KINDS for promise in promises(contract_of(kind)[0])]
)
def test_a_simulator_keeps_its_kinds_promises(kind, promise):
    keeps(kind, promise)


@pytest.mark.parametrize(
    ("kind", "verb"),
    [
        (kind, name)
        for kind in KINDS
        for name, verb in verbs_of(type(contract_of(kind)[1]().device)).items()
        if not verb.gesture
    ],
)
def test_a_driver_that_does_nothing_when_asked_breaks_its_contract(kind, verb, monkeypatch):
    contract, simulated = contract_of(kind)
    monkeypatch.setattr(type(simulated().device), verb, lambda _self, **_arguments: None)
    broken = [promise for promise in promises(contract) if not _kept(kind, promise)]
    assert [promise for promise in broken if "while_not_open" not in promise], f"nobody misses {verb}"


def _kept(kind, promise):
    try:
        keeps(kind, promise)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it fails, it is seen
        return False
    return True
