"""What follows from the definition of a page alone."""

import importlib

import pytest

from recorder.settings import pages
from recorder.settings.errors import OutOfRange
from recorder.settings.machine import Machine
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.user import User
from recorder.settings.registry import Registry, built_in
from recorder.settings.schema import form_schema
from recorder.settings.scope import Scope

HERE = Machine(system_owned=True)


def fields_with(*keys):
    return list(_fields_with(*keys))


def _fields_with(*keys):
    for page in built_in():
        for name, schema in form_schema(page, HERE)["properties"].items():
            if all(key in schema for key in keys):
                yield pytest.param(page, name, schema, id=f"{page.about.name}.{name}")


def test_a_page_is_found_by_lying_in_the_folder(tmp_path, monkeypatch):
    (tmp_path / "kettle.py").write_text(
        "from recorder.settings.page import Page, setting\n"
        "from recorder.settings.scope import Area, Permission\n"
        "class Kettle(Page, area=Area.SYSTEM, permission=Permission.SYSTEM, title='Kettle'):\n"
        "    heat_c: int = setting(95, ge=20, le=100, title='Heat', unit='°C')\n"
    )
    monkeypatch.setattr(pages, "__path__", [*pages.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    built_in.cache_clear()
    try:
        found = built_in().page("kettle")
    finally:
        built_in.cache_clear()
    assert found.about.title == "Kettle"
    assert form_schema(found, HERE)["properties"]["heat_c"] == {
        "default": 95, "maximum": 100, "minimum": 20, "title": "Heat", "type": "integer", "x-order": 0, "x-unit": "°C",
    }  # fmt: skip


def test_two_pages_cannot_have_one_name():
    with pytest.raises(ValueError, match="channel"):
        Registry([Channel, Channel])


@pytest.mark.parametrize("page", list(built_in()), ids=lambda page: page.about.name)
def test_a_form_can_be_built_from_the_schema_alone(page):
    schema = form_schema(page, HERE)
    assert "$defs" not in schema
    assert "$ref" not in str(schema)
    for order, (name, one) in enumerate(schema["properties"].items()):
        assert one["title"], name
        assert one["x-order"] == order
        if "enum" in one:
            assert set(one["x-choices"]) == set(one["enum"]), name


@pytest.mark.parametrize(("page", "name", "schema"), fields_with("minimum", "maximum"))
def test_a_number_out_of_range_is_refused_with_field_and_range(page, name, schema, open_settings, author):
    settings = open_settings(machine=Machine(system_owned=False))
    item = "1" if page.about.scope is Scope.CHANNEL else ""
    needed = {Channel: {"url": "rtsp://camera/"}, User: {"group": "user"}}.get(page, {})
    for value in (schema["minimum"] - 1, schema["maximum"] + 1):
        with pytest.raises(OutOfRange) as refused:
            settings.change(page, {name: value, **needed}, author, item=item)
        assert refused.value.field == name
        assert f"{schema['minimum']} to {schema['maximum']}" in refused.value.allowed
        assert refused.value.allowed in str(refused.value)
        assert schema["title"] in str(refused.value)
    for value in (schema["minimum"], schema["maximum"]):
        assert getattr(settings.change(page, {name: value, **needed}, author, item=item).values, name) == value


@pytest.mark.parametrize(("page", "name", "schema"), fields_with("enum"))
def test_an_unknown_choice_is_refused_with_the_choices(page, name, schema, settings, author):
    given = {name: "teapot", **({"url": "rtsp://camera/"} if page is Channel else {})}
    with pytest.raises(OutOfRange) as refused:
        settings.change(page, given, author, item="1" if page.about.scope is Scope.CHANNEL else "")
    assert (refused.value.field, refused.value.allowed) == (name, ", ".join(schema["enum"]))
