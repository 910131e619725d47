"""A screen to test on: no display, its own clock, input as a person gives it, and an API with the real pages."""

from dataclasses import replace
from datetime import date, timedelta

from gui.presenter.headless import HeadlessPresenter
from gui.scripted import events_of
from gui.toolkit.layout import Box
from gui.toolkit.number import NumberField
from gui.toolkit.page import Page
from gui.toolkit.screen import Screen
from gui.toolkit.scroll import Scroll
from gui.toolkit.select import Select
from gui.toolkit.tree import tree
from gui.toolkit.worker import InlineWorker
from recorder.client import answers
from recorder.client.api import ApiError
from recorder.client.clock import ManualClock
from recorder.client.detection import SoundSeen
from recorder.client.happened import Receiving
from recorder.client.status import DiskState, DiskStatus, MediaStatus, PoolState, PoolStatus
from recorder.settings.losses import losses
from recorder.settings.machine import Machine
from recorder.settings.page import lowering
from recorder.settings.registry import built_in
from recorder.settings.schema import form_schema, plain_schema
from recorder.settings.scope import Scope
from recorder.store.key_ring import BadRecoveryKey, parse_recovery_key, recovery_key

MAY = ("live", "playback", "backup", "ptz", "audio")
SIZES = [(1280, 720), (1920, 1080), (1024, 768)]


class Rig:
    """One screen with its presenter."""

    def __init__(self, size=(1280, 720), worker=None):
        self.clock = ManualClock()
        self.presenter = HeadlessPresenter(size)
        self.screen = Screen(size, self.clock, worker or InlineWorker())

    def open(self, page):
        self.screen.navigator.push(page)
        self.show()
        return page

    def show(self):
        """What the loop does between two waits; gives the rectangles that were presented."""
        for _round in range(6):
            self.screen.advance()
        rects = self.screen.paint_on(self.presenter.canvas)
        if rects:
            self.presenter.present(rects)
        return rects

    def key(self, *names):
        for name in names:
            self._give({"kind": "key", "name": name})

    def type(self, text):
        self._give({"kind": "text", "text": text})

    def click(self, target, kind="click"):
        at = self.place(target)
        self._give({"kind": kind, "x": at[0], "y": at[1]})

    def wheel(self, target, steps):
        at = self.place(target)
        self._give({"kind": "wheel", "x": at[0], "y": at[1], "steps": steps})

    def drag(self, begin, end):
        self._give({"kind": "drag", "x": begin[0], "y": begin[1], "to_x": end[0], "to_y": end[1]})

    def press(self, places):
        """Press at the first place, move over the others, and let go at the last."""
        kinds = ["press", *["move"] * (len(places) - 1)]
        for kind, (x, y) in zip(kinds, places, strict=True):
            self._give({"kind": kind, "x": x, "y": y})
        self._give({"kind": "release", "x": places[-1][0], "y": places[-1][1]})

    def move(self, target):
        at = self.place(target)
        self._give({"kind": "move", "x": at[0], "y": at[1]})

    def _give(self, event):
        for one in events_of([event]):
            self.screen.handle(one)
        self.show()

    def place(self, target):
        if isinstance(target, tuple):
            return target
        widget = self.find(target) if isinstance(target, str) else target
        assert widget is not None, f"no {target} on {self.top}"
        return widget.rect.center

    def find(self, name):
        return self.top.find(name)

    @property
    def top(self) -> Page:
        return self.screen.navigator.top

    @property
    def focus(self):
        return self.screen.focus.name if self.screen.focus is not None else None

    @property
    def notices(self):
        return self.screen.notices.texts()

    def words(self):
        """Everything that can be read on the top page."""

        def below(node):
            yield node.get("text", "")
            for child in node.get("children", ()):
                yield from below(child)

        return "\n".join(text for text in below(tree(self.screen)["pages"][-1]) if text)

    def go_to(self, name, most=60):
        """Reach a widget by arrow keys alone; fails where there is no way."""
        for _press in range(most):
            if self.focus == name:
                return
            path = ways(self.screen, {name}).get(name)
            assert path, f"no way from {self.focus} to {name}"
            # Within a list or a grid an arrow moves the cursor first.
            here = self.screen.focus
            for _cell in range(40):
                self.key(path[0])
                if self.screen.focus is not here:
                    break
        raise AssertionError(f"{name} is more than {most} keys away")


def ways(screen, wanted, limit=4000):
    """For focusables that arrows reach from the present focus, the keys that lead there; changes nothing.

    It ends when all that are wanted are found.
    Left and right count only where the widget does not keep them for itself.
    """
    start = screen.focus
    boxes = [one for one in screen.navigator.top.walk() if isinstance(one, Box)]
    remembered = [one.last_focus for one in boxes]
    offsets = [(one, one.offset) for one in screen.navigator.top.walk() if isinstance(one, Scroll)]
    found = {start.name: ()}
    edge = [start]
    seen = {start}
    steps = 0
    while edge and steps < limit and not found.keys() >= wanted:
        here = edge.pop(0)
        keeps = isinstance(here, NumberField) or (isinstance(here, Select) and here.steps)
        for box, last in zip(boxes, remembered, strict=True):
            box.last_focus = last
        screen.focus_on(here)
        arrows = ("up", "down") if keeps else ("up", "down", "left", "right")
        for arrow, there in zip(arrows, screen.focus_targets(*arrows), strict=True):
            steps += 1
            if there is not None and there not in seen:
                seen.add(there)
                found.setdefault(there.name, (*found[here.name], arrow))
                edge.append(there)
    screen.focus_on(start)
    for one, offset in offsets:
        one.scroll_to(offset)
    for box, last in zip(boxes, remembered, strict=True):
        box.last_focus = last
    return found


def unreachable(screen):
    names = [one.name for one in screen.focusables()]
    reached = ways(screen, set(names))
    return [name for name in names if name not in reached]


def clipped(screen):
    """Widgets whose words need more room than they were given."""
    from gui.toolkit.button import Button, IconButton
    from gui.toolkit.label import Label

    found = []
    for page in screen.navigator.shown():
        for one in page.walk():
            if isinstance(one, Label) and one.text:
                lines = screen.type.wrap(one.text, one.size, one.rect.width, one.lines) if one.lines > 1 else [one.text]
                too_wide = any(screen.type.width(line, one.size) > one.rect.width for line in lines)
                too_high = len(lines) * screen.type.line_height(one.size) > one.rect.height + 1
                if too_wide or too_high or lines[-1].endswith("…"):
                    found.append(one)
            elif isinstance(one, Button) and not isinstance(one, IconButton) and one.text:
                needed = one.measure(10_000, 10_000)[0]
                if needed > one.rect.width + 1 and needed < 10_000:
                    found.append(one)
            if not screen.rect.contains(one.rect) and not any(above.clips for above in one.ancestors()):
                found.append(one)
    return found


class FakeApi:
    """Control's side of settings, in memory: the real pages, schemas and checks of names; no sessions."""

    def __init__(self):
        self.machine = Machine(system_owned=True, present={"network_time": True, "time_server": ""})
        self.names = {1: "Front door", 2: "Yard"}
        self.stored = {}
        self.revisions = {}
        self.refuse = None
        self.results = {}
        """What actions give."""
        self.media = True
        self.calls = []
        self.may = ("system", "power")
        self.token = "t"
        self.heard = SoundSeen(waiting=True)
        self.own = answers.Credentials(10, (), "", False)

    def _check(self):
        if self.refuse is not None:
            raise self.refuse

    def session(self):
        return answers.Session("admin", "user", 1 << 60, may=self.may)

    def shut_down(self):
        self.calls.append("shut_down")

    def restart(self):
        self.calls.append("restart")

    def setup_state(self):
        return answers.SetupState(needs_setup=True, code_needed=False)

    def receiving(self):
        return Receiving()

    def pages(self):
        self._check()
        return [
            answers.PageInfo(
                one.about.name,
                one.about.title,
                one.about.area,
                one.about.scope,
                one.about.permission,
                one.about.order,
                "",
                tuple(
                    answers.ActionInfo(action.name, action.title, action.confirm, plain_schema(action.parameters))
                    for action in one.about.actions.values()
                ),
                one.about.removable,
                one.about.numbered,
                one.about.named,
            )
            for one in built_in()
        ]

    def page_schema(self, page):
        self._check()
        return form_schema(built_in().page(page), self.machine)

    def _model(self, page):
        return built_in().page(page)

    def page_items(self, page):
        self._check()
        disks = {"a" * 32: "Bay 1", "b" * 32: "Bay 2"}
        model = self._model(page)
        added = {one: "" for name, one in self.stored if name == page and isinstance(one, str)}
        inputs = {"IN1": ""}
        terminals = {"alarm-input": inputs, "input-alarm": inputs, "alarm-output": {"OUT1": ""}}
        known = (
            {"disk": disks, "user": {"admin": ""}, **terminals}.get(page, model.standing_items())
            | added
            | ({"1": ""} if model.about.numbered else {})
        )
        return [answers.PageItem(item, model.item_title(item, None, title)) for item, title in known.items()]

    def page(self, page, channel=None, item=""):
        self._check()
        model = self._model(page)
        key = page, channel or item or None
        if key not in self.stored:
            given = {"name": self.names[channel], "url": f"rtsp://cam{channel}/main"} if page == "channel" else {}
            given |= {"group": "admin"} if page == "user" else dict(model.standing_values(item))
            self.stored[key] = model(**given).model_dump(mode="json")
        assert (channel is not None) == (model.about.scope is Scope.CHANNEL)
        owned = ("network_time", "time_server", "time_interval_min") if page == "date-time" else ()
        assert bool(item) == (model.about.scope is Scope.LIST)
        item = item or ("" if channel is None else str(channel))
        return answers.Document(page, item, self.revisions.get(key, 0), self.stored[key], owned)

    def _refuse_losses(self, page, before, after):
        model = self._model(page)
        if found := losses(model(**before), model(**after)):
            raise ApiError(409, "KeepsLess", "\n".join(found))

    def set_page(self, page, values, *, channel=None, item="", revision=None, losing=False):
        if not losing and values.keys() & lowering(self._model(page)):
            before = self.page(page, channel, item).values
            self._refuse_losses(page, before, {**before, **values})
        self.calls.append(("set_page", page, dict(values), channel or item or None))
        self._check()
        if "title" in values and item:
            self.stored.setdefault((page, item), self._model(page)(**values).model_dump(mode="json"))
        before = self.page(page, channel, item)
        if revision is not None and revision != before.revision:
            raise ApiError(412, "Conflict", "The page was changed by somebody else meanwhile.")
        merged = {**before.values, **values}
        merged.pop("password", None)
        self.stored[page, channel or item or None] = self._model(page)(**merged).model_dump(mode="json")
        self.revisions[page, channel or item or None] = before.revision + 1
        return self.page(page, channel, item)

    def remove_item(self, page, item):
        self.calls.append(("remove_item", page, item))
        self._check()
        self.stored.pop((page, item), None)

    def set_password(self, user, password, *, must_change=True):
        self.calls.append(("set_password", user, password, must_change))
        self._check()

    def change_password(self, old, new):
        self.calls.append(("change_password", old, new))
        self._check()

    def credentials(self):
        self._check()
        return self.own

    def questions(self, user=""):
        names = self.own.questions if user else ("toy", "dish", "job", "song")
        return [answers.Question(name, f"What was your {name}?") for name in names]

    def recover(self, user, password, *, code="", told=None):
        self.calls.append(("recover", user, password, code, dict(told or {})))
        self._check()

    def new_recovery_codes(self, password):
        self.calls.append(("new_recovery_codes", password))
        self._check()
        return tuple(f"ABCD-EFGH-JKLM-NPQ{at}" for at in range(10))

    def set_questions(self, password, answered):
        self.calls.append(("set_questions", password, dict(answered)))
        self._check()

    def set_screen_lock(self, password, kind, secret):
        self.calls.append(("set_screen_lock", password, kind, secret))
        self._check()

    def remove_screen_lock(self, password):
        self.calls.append(("remove_screen_lock", password))

    def begin_second_factor(self, password):
        self.calls.append(("begin_second_factor", password))
        self._check()
        rows = tuple("".join("10"[(row * column) % 2] for column in range(37)) for row in range(37))
        return answers.SecondFactor("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "otpauth://totp/x", rows)

    def confirm_second_factor(self, code):
        self.calls.append(("confirm_second_factor", code))
        self._check()

    def remove_second_factor(self, password):
        self.calls.append(("remove_second_factor", password))

    def see_resets(self, upto):
        self.calls.append(("see_resets", upto))

    def copy_page(self, page, channel, to, *, losing=False):
        for one in () if losing or not lowering(self._model(page)) else to:
            self._refuse_losses(page, self.page(page, one).values, self.page(page, channel).values)
        self.calls.append(("copy_page", page, channel, list(to)))
        return [self.page(page, one) for one in to]

    def recovery_key(self, pool):
        self.calls.append(("recovery_key", pool))
        self._check()
        if not self.stored.get(("pool", str(pool)), {}).get("encrypted"):
            raise ApiError(404, "NotEncrypted", f"Pool {pool} is not encrypted, so it has no recovery key.")
        return answers.RecoveryKey(pool, recovery_key(bytes(range(32))))

    def enter_recovery_key(self, key):
        self.calls.append(("enter_recovery_key", key))
        self._check()
        try:
            parse_recovery_key(key)
        except BadRecoveryKey as error:
            raise ApiError(422, "BadRecoveryKey", str(error)) from None

    def run_action(self, page, action, parameters=None, *, channel=None, item=""):
        self.calls.append(("run_action", page, action, dict(parameters or {}), channel or item or None))
        return answers.ActionJob("1", page, action, answers.JobState.DONE, result=self.results)

    def status(self):
        self._check()
        disks = (
            DiskStatus("Bay 1", "a" * 32, DiskState.WRITABLE, 1, "", 8 * 10**12, 3 * 10**12, 10**15, 5_000_000),
            DiskStatus("Bay 2", "b" * 32, DiskState.SLOW, 1, "a write has been going on for 7 s", 8 * 10**12, 10**12),
        )
        pools = (PoolStatus(1, "", PoolState.RECORDING, 16 * 10**12, 4 * 10**12, 10**15, 5_000_000, 37.0),)
        media = MediaStatus(10**15, 1, disks=disks, pools=pools) if self.media else None
        return answers.Status("1", "Nightjar", 10**15, "UTC", False, 1, 2, 2, media=media)

    def completeness(self, channels, first, count=1, *, hours=False):
        self.calls.append(("completeness", tuple(channels), first, count, hours))
        self._check()
        return [self.whole(number, first + timedelta(days=nth), hours) for nth in range(count) for number in channels]

    def whole(self, number, day, hours):
        """A day of the first channel is complete; of others an hour is missing, and the evening is not due."""
        midnight = round((day - date(1970, 1, 1)).total_seconds()) * 1_000_000
        hour = 3600 * 1_000_000
        cells = []
        for nth in range(24):
            begin = midnight + nth * hour
            due = hour if number == 1 or nth < 20 else 0
            missing = {"no_power": hour // 4} if number != 1 and nth == 7 else {}
            cells.append(answers.Hour(begin, begin + hour, due, due - sum(missing.values()), 0, missing))
        missing = {"no_power": hour // 4} if number != 1 else {}
        due = sum(one.due_us for one in cells)
        total = (midnight, midnight + 24 * hour, due, due - sum(missing.values()), 0, missing)
        return answers.Day(*total, number, str(day), tuple(cells) if hours else ())

    def sound(self, channel):
        self.calls.append(("sound", channel))
        return self.heard

    def channels(self):
        self._check()
        return [
            answers.Channel(
                number, name, True, f"rtsp://cam{number}/main", "", "", False, "tcp", "sub", "auto", 1, may=MAY
            )
            for number, name in sorted(self.names.items())
        ]

    def add_channel(self, **settings):
        self.calls.append(("add_channel", settings))
        self._check()
        if not settings["url"].startswith("rtsp://"):
            raise ApiError(422, "OutOfRange", "Main stream: it must begin with rtsp://.", "url", "rtsp://…")
        number = max(self.names, default=0) + 1
        self.names[number] = settings.get("name") or f"Camera {number}"
        return replace(self.channels()[-1], number=number)

    def remove_channel(self, number):
        self.calls.append(("remove_channel", number))
        del self.names[number]


class FakeSession:
    def __init__(self, api, user="admin"):
        self.api = api
        self.user = user
        self.last_user = "admin"
        self.must_change = False
        self.password = "long enough 1"
        self.lock = ""
        self.secret = ""
        self.resets = ()
        self.recovery_codes = ()
        self.since_us = 0
        self.hidden = None
        self.screen = None

    def screen_lock(self, user):
        return self.lock

    def log_in_at_screen(self, user, secret):
        if secret != self.secret:
            raise ApiError(401, "WrongScreenLock", "That is not it. Try again, or log in with the password.")
        self.user = user

    @property
    def logged_in(self):
        return bool(self.user)

    def log_in(self, user, password):
        if password != self.password:
            raise ApiError(401, "WrongLogin", "User or password is wrong.")
        self.user = user

    def set_up(self, password):
        self.password, self.user = password, "admin"

    def log_out(self):
        self.user = ""

    def expired(self, error):
        if isinstance(error, ApiError) and error.http_status == 401:
            self.user = ""
            return True
        return False
