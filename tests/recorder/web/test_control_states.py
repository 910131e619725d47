"""A control says by its looks what state it is in, in a real browser."""

import pytest

from tests.peers.chromium import chromium
from tests.recorder.web.browsing import Web, log_in

pytestmark = pytest.mark.peer("chromium")

KINDS = """
    <button>Save</button><button class="plain">Cancel</button><button class="danger">Erase</button>
    <button class="danger plain">Remove</button><button class="plain strong">Make ready</button>
    <input value="Gate"><input type="password" value="secret"><input type="number" value="5"><input type="date">
    <input type="checkbox" checked><select><option>One</option></select>
"""
STATES = ("", "disabled", 'aria-busy="true" disabled', 'aria-invalid="true"')
ALL_STATES = f"""
    const rows = {list(STATES)!r}.map((state) => {{
      const row = document.createElement("div");
      row.className = "bar";
      row.innerHTML = {KINDS!r};
      for (const one of row.children) {{
        if (state.includes("disabled")) one.disabled = true;
        if (state.includes("busy")) one.setAttribute("aria-busy", "true");
        if (state.includes("invalid") && !one.matches("button")) one.setAttribute("aria-invalid", "true");
      }}
      return row;
    }});
    const dialog = document.createElement("dialog");
    dialog.id = "all-states";
    dialog.append(...rows);
    document.body.append(dialog);
    dialog.showModal();
"""
LOOKS = """
    const looks = (one) => {
      const { opacity, cursor, backgroundColor, borderTopColor, color, outlineStyle } = getComputedStyle(one);
      return { opacity, cursor, backgroundColor, borderTopColor, color, outlineStyle };
    };
    return [...document.querySelectorAll("#all-states > div")].map((row) => [...row.children].map(looks));
"""


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with Web(tmp_path_factory.mktemp("states") / "data") as found:
        found.set_up()
        yield found


@pytest.fixture(scope="module")
def page(web, tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("browser")) as browser:
        log_in(browser, web.port)
        yield browser


@pytest.fixture
def states(page):
    page.run("document.getElementById('all-states')?.remove()")
    page.run(ALL_STATES)
    return page.run(LOOKS)


def hovered(page, row, column, what="backgroundColor"):
    css = f"#all-states > div:nth-child({row}) > :nth-child({column})"
    page.hover(css)
    return page.on(css, f"return getComputedStyle(it).{what}")


def test_what_is_off_busy_or_wrong_looks_so(page, states):
    page.keep("control-states")
    plain, off, busy, wrong = states
    for number, (on_look, off_look, busy_look, wrong_look) in enumerate(zip(plain, off, busy, wrong, strict=True)):
        assert float(off_look["opacity"]) <= 0.6 < float(on_look["opacity"]), number
        assert (off_look["cursor"], busy_look["cursor"]) == ("not-allowed", "progress"), number
        if number > 4 and number != 9:  # a tick has no border of ours
            assert wrong_look["borderTopColor"] != on_look["borderTopColor"], number


def test_what_can_be_written_answers_the_mouse_and_what_is_wrong_stays_red(page, states):
    plain, off, _busy, wrong = states
    for column in (6, 7, 8, 9, 11):
        colours = [hovered(page, row, column, "borderTopColor") for row in (1, 2, 4)]
        before = [row[column - 1]["borderTopColor"] for row in (plain, off, wrong)]
        assert colours[0] != before[0], column
        assert colours[1:] == before[1:], column


def test_what_can_be_pressed_answers_the_mouse_and_what_is_off_does_not(page, states):
    plain, off, *_rest = states
    for column in range(1, 6):
        assert hovered(page, 1, column) != plain[column - 1]["backgroundColor"], column
        page.keep(f"control-hover-{column}")
        assert hovered(page, 2, column) == off[column - 1]["backgroundColor"], column


def test_the_keyboard_sees_where_it_is(page, states):
    assert states
    page.type("#all-states > div > button", "\ue004")  # tab
    for _each in range(9):
        assert page.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
        assert page.run("return document.activeElement.closest('#all-states') !== null")
        page.keep("control-focus")
        page.type(":focus", "\ue004")


def test_a_button_that_turns_a_camera_looks_held_while_it_is(page):
    page.run("""
        const pad = document.createElement("div");
        pad.className = "pad";
        pad.innerHTML = "<button>↑</button><button class='held'>↓</button>";
        document.getElementById("ptz").append(pad);
    """)
    free, held = (
        page.on(f"#ptz .pad button:nth-child({number})", "return getComputedStyle(it).backgroundColor")
        for number in (1, 2)
    )
    assert held == "rgb(110, 168, 254)" != free


@pytest.mark.parametrize("name", ["turn", "find"])
def test_a_button_that_stays_pressed_looks_so(page, name):
    colours = [
        page.on(f"#{name}", f"it.setAttribute('aria-pressed', '{pressed}'); return getComputedStyle(it).color")
        for pressed in ("true", "false")
    ]
    assert colours[0] == "rgb(110, 168, 254)" != colours[1]
