"""What takes each rule out of the code, and the tests that miss it. The words stand in `tests/promises.toml`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Planted:
    """A line of a file as it is and as it would be without the rule, and where a test fails then."""

    rule: str
    file: str
    before: str
    after: str
    tests: str
    """A file of tests, and the words of `-k` behind a space where not all of it is wanted."""


PLANTED = (
    Planted(
        "D-RULE-01",
        "recorder/settings/pages/record_schedule.py",
        "    void = VOID_BESIDE_BOTH if RecordType.MOTION_AND_ALARM in types else set[RecordType]()\n",
        "    void = set[RecordType]()\n",
        "tests/recorder/settings/test_week.py void",
    ),
    Planted(
        "D-RULE-01",
        "recorder/events/linkages/record.py",
        "        return kind in BOTH and present >= BOTH\n",
        "        return kind in BOTH\n",
        "tests/recorder/events/test_linkages.py schedule_of_its_kind",
    ),
    Planted(
        "D-RULE-02",
        "recorder/control/planner.py",
        "        match mode:\n            case Mode.OFF:\n",
        "        match Mode.AUTO:\n            case Mode.OFF:\n",
        "tests/recorder/control/test_planner.py",
    ),
    Planted(
        "D-RULE-03",
        "recorder/events/reactions.py",
        "            elif words := linkage.lacking(occurrence, page):\n",
        '            elif words := "":\n',
        "tests/recorder/events/test_reactions.py",
    ),
    Planted(
        "D-RULE-04",
        "recorder/events/engine.py",
        "        if one.armed and self.reacting is not None:\n",
        "        if self.reacting is not None:\n",
        "tests/recorder/events/test_engine.py",
    ),
    Planted(
        "D-RULE-06",
        "recorder/events/engine.py",
        "            if self._clock.monotonic_us() >= one.window_us:\n",
        "            if True:\n",
        "tests/recorder/events/test_engine.py",
    ),
    Planted(
        "D-RULE-07",
        "recorder/events/rules.py",
        "        if not page.stops(linkage) or (page.channels and channel not in page.channels):\n",
        "        if False:\n",
        "tests/recorder/events/test_reactions.py disarm",
    ),
    Planted(
        "D-RULE-07",
        "recorder/events/rules.py",
        "        return page.disarmed or self._key_turned() or self.calendar.holds(page.week, at_us)\n",
        "        return page.disarmed or self._key_turned()\n",
        "tests/recorder/events/test_reactions.py disarm",
    ),
    Planted(
        "D-RULE-10",
        "recorder/control/voices.py",
        "            if rank < self._rank and self._clock.monotonic_us() < self._until_us:\n",
        "            if False:\n",
        "tests/recorder/control/test_announcements.py matters_more",
    ),
    Planted(
        "D-RULE-11",
        "recorder/store/disk_group.py",
        "for channel, limit in limits.items() if taken[channel] >= limit)\n",
        "for channel, limit in limits.items() if taken[channel] >= limit and not self._store.policy.disks)\n",
        "tests/recorder/store/test_pools.py hold_together",
    ),
    Planted(
        "D-RULE-11",
        "recorder/store/writer.py",
        "        self.index.set_policy(policy)\n        self.wake()\n",
        "        for one in self._writers:\n            self.disks.forget(one.here)\n",
        "tests/recorder/store/test_pools.py hold_together",
    ),
    Planted(
        "D-RULE-12",
        "recorder/settings/settings.py",
        "            raise KeepsLess(",
        "            KeepsLess(",
        "tests/recorder/api/test_routes.py keeps_less",
    ),
    Planted(
        "D-RULE-13",
        "recorder/store/disk_group.py",
        "            self._store.index.forget(bytes.fromhex(disk))\n",
        "            bytes.fromhex(disk)\n",
        "tests/recorder/store/test_made_anew.py nothing_that_was_on_it",
    ),
    Planted(
        "D-RULE-14",
        "recorder/store/allocation.py",
        "        if number not in rules.bad and not rules.is_held(number):\n",
        "        if number not in rules.bad:\n",
        "tests/recorder/store/test_holds.py never_reused",
    ),
    Planted(
        "D-RULE-15",
        "recorder/store/allocation.py",
        "        return (2, block.serial) if self._overwrite else None\n",
        "        return (2, block.serial)\n",
        "tests/recorder/store/test_full.py policy_stop",
    ),
    Planted(
        "D-RULE-15",
        "recorder/store/allocation.py",
        "        if last_us < self._old_us:\n            return 0, block.serial\n",
        "",
        "tests/recorder/store/test_full.py expir",
    ),
    Planted(
        "D-RULE-19",
        "gui/forms/form.py",
        "    if field.restart:\n",
        "    if False:\n",
        "tests/gui/forms/test_form.py next_start",
    ),
    Planted(
        "D-RULE-27",
        "gui/dialogs/login.py",
        "        if not self.password.written and kind != self.way:\n",
        "        if False:\n",
        "tests/gui/dialogs/test_own_account.py pattern",
    ),
    Planted(
        "D-RULE-28",
        "recorder/accounts/people.py",
        "    rights = user.rights.within(group.rights) if group is not None else NONE\n",
        "    rights = user.rights if group is not None else NONE\n",
        "tests/recorder/accounts/test_people.py no_more_than_his_group",
    ),
    Planted(
        "D-RULE-28",
        "recorder/accounts/people.py",
        "        if after is None and item in STANDING:\n",
        "        if False:\n",
        "tests/recorder/accounts/test_people.py standing_groups",
    ),
    Planted(
        "D-RULE-29",
        "recorder/accounts/people.py",
        "        if not shows(user.hours):\n            return False\n",
        "",
        "tests/recorder/accounts/test_limits.py hours",
    ),
    Planted(
        "D-RULE-29",
        "recorder/accounts/people.py",
        "        return includes(user.addresses, source,",
        "        return True or includes(user.addresses, source,",
        "tests/recorder/accounts/test_limits.py",
    ),
    Planted(
        "D-RULE-30",
        "recorder/accounts/lockout.py",
        "            if left_us > 0:\n                raise (",
        "            if left_us > 0:\n                (",
        "tests/recorder/accounts/test_accounts.py",
    ),
    Planted(
        "D-RULE-36",
        "recorder/store/index_schema.py",
        'SHIFT = """SELECT coalesce(sum(delta_us), 0) FROM\n',
        'SHIFT = """SELECT 0 * coalesce(sum(delta_us), 0) FROM\n',
        "tests/recorder/store/test_clock_maps.py",
    ),
    Planted(
        "D-RULE-40",
        "gui/wall/arrangement.py",
        "        order = [one for one in whole if one not in hidden]\n",
        "        order = list(whole)\n",
        "tests/gui/wall/test_wall.py stands_before_the_wall",
    ),
    Planted(
        "D-RULE-42",
        "recorder/store/missing_time.py",
        "            self.found(key, last.at_us, until_us, last.reason)\n",
        "            pass\n",
        "tests/recorder/store/test_power_cut.py hole_of_a_crash",
    ),
    Planted(
        "D-RULE-42",
        "recorder/store/volume.py",
        "        for row in [one for one in contents.blocks.values() if one.state == BlockState.OPEN]:\n",
        "        for row in list[BlockRow]():\n",
        "tests/recorder/store/test_power_cut.py same_blocks",
    ),
)
