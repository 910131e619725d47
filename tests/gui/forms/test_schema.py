import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.forms.schema import Kind, fields_of
from recorder.settings.machine import Machine
from recorder.settings.registry import built_in
from recorder.settings.schema import form_schema

PAGES = [page.about.name for page in built_in()]


def schema(name):
    return form_schema(built_in().page(name), Machine(system_owned=True))


@pytest.mark.parametrize("name", PAGES)
def test_every_field_of_every_page_is_understood(name):
    fields = fields_of(schema(name))
    assert sorted(field.name for field in fields) == sorted(built_in().page(name).model_fields)
    assert [field.name for field in fields if field.kind is Kind.UNKNOWN] == []
    assert all(field.title for field in fields)


def test_ranges_units_and_choices_arrive():
    general = {field.name: field for field in fields_of(schema("general"))}
    number = general["instant_playback_min"]
    assert (number.kind, number.low, number.high, number.unit) == (Kind.WHOLE, 5, 60, "min")
    assert number.range_words == "5 to 60 min"
    assert general["hidden_after_logout"].kind is Kind.CHANNELS
    channel = {field.name: field for field in fields_of(schema("channel"))}
    assert channel["password"].kind is Kind.SECRET
    assert channel["url"].required
    assert [one.value for one in channel["transport"].choices] == ["auto", "tcp", "udp", "multicast"]
    assert channel["transport"].choices[1].label.startswith("TCP")


def test_the_types_of_a_week_come_in_their_own_order():
    week = next(field for field in fields_of(schema("record-schedule")) if field.kind is Kind.WEEK)
    assert [one.value for one in week.choices][:3] == ["general", "motion", "alarm"]


def test_what_the_system_owns_is_read_only():
    fields = {field.name: field for field in fields_of(schema("date-time"), ("zone",))}
    assert fields["time_server"].read_only
    assert fields["zone"].read_only
    assert not fields["hour_format"].read_only


def test_or_nothing_is_taken_for_the_thing():
    found = fields_of({"properties": {"x": {"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}]}}})
    assert (found[0].kind, found[0].low) == (Kind.WHOLE, 3)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "enum", "title", "minimum", "maximum", "x-order", "x-choices", "x-widget", "anyOf", "items"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(json_values, json_values)
def test_no_schema_is_too_strange(whole, part):
    fields_of(whole)
    fields_of({"properties": {"a": part, "b": whole}, "required": part})
    for field in fields_of({"properties": {"week": {"type": "object", "x-widget": "week-grid", "properties": part}}}):
        assert field.kind is Kind.WEEK


def test_a_flood_of_fields_is_bounded():
    assert (
        len(fields_of({"properties": {f"f{n}": {"type": "string", "title": "x" * 10_000} for n in range(5000)}})) == 200
    )


@pytest.mark.parametrize(
    ("page", "types"), [("picture-schedule", ["general"]), ("disarming", ["disarmed"]), ("record-schedule", None)]
)
def test_of_a_week_only_types_that_have_a_title_are_offered(page, types):
    week = next(field for field in fields_of(schema(page)) if field.name == "week")
    found = [one.value for one in week.choices]
    assert found == types or (types is None and len(found) == 6)
