"""What is open, weak, left as it came, or sent in clear, as accounts and settings say (D-SEC-01)."""

from collections.abc import Callable, Sequence

from recorder.client.answers import Security, SecurityCard
from recorder.client.tone import Tone
from recorder.client.words import _, counted
from recorder.control.security_known import Known
from recorder.settings.pages.security_advice import LABELS, Weakness

MOST_NAMED = 6
MANY_REFUSED = 10
"""Refused logins in a day: fewer are people who mistype."""


def security(known: Known) -> Security:
    """Put the cards together, what is wrong first."""
    found = [make(known) for make in _CARDS]
    cards = sorted((_accepted(one, known) for one in found), key=lambda one: not one.tone.trouble)
    wrong = [one.label for one in cards if one.tone.trouble]
    words = _("Somebody should look at: {what}.").format(what=", ".join(wrong)) if wrong else _("Nothing is weak.")
    return Security(known.time_us, Tone.WARNING if wrong else Tone.GOOD, words, tuple(cards))


def _accepted(card: SecurityCard, known: Known) -> SecurityCard:
    if not card.tone.trouble or card.name not in known.accepted:
        return card
    return SecurityCard(card.name, card.label, card.words, Tone.QUIET, card.deed, card.opens, card.item, accepted=True)


def _card(
    name: Weakness, words: str, deed: str, opens: str, item: str = "", *, wrong: bool = False, tone: Tone = Tone.GOOD
) -> SecurityCard:
    return SecurityCard(name.value, LABELS[name], words, Tone.WARNING if wrong else tone, deed, opens, item)


def _second_factor(known: Known) -> SecurityCard:
    name, lacking = Weakness.SECOND_FACTOR, [one.name for one in known.accounts if not one.second_factor]
    if not known.accounts:
        return _card(name, _("Nobody has a password yet."), _("Users"), "user", tone=Tone.QUIET)
    if not lacking:
        return _card(name, _("Every user needs one over the network."), _("Users"), "user")
    words = counted(
        "{count} user of {all} comes in over the network with a password alone: {names}.",
        "{count} users of {all} come in over the network with a password alone: {names}.",
        len(lacking),
        all=len(known.accounts),
        names=_named(lacking),
    )
    if known.own in lacking:
        return _card(name, words, _("Set up mine"), "account", wrong=True)
    return _card(name, words, _("Users"), "user", lacking[0], wrong=True)


def _passwords(known: Known) -> SecurityCard:
    name = Weakness.PASSWORDS
    weak = [one.name for one in known.accounts if one.weak]
    first = [one.name for one in known.accounts if one.must_change]
    parts: list[str] = []
    if weak:
        parts.append(_("Easy to guess: those of {names}.").format(names=_named(weak)))
    if first:
        parts.append(_("Still as somebody else chose it: {names}.").format(names=_named(first)))
    if known.weak_rtsp:
        parts.append(_("Easy to guess, of RTSP users: {names}.").format(names=_named(known.weak_rtsp)))
    if not parts:
        return _card(name, _("None is known to be weak."), _("Users"), "user")
    opens, item = ("user", [*weak, *first][0]) if weak or first else ("stream-user", known.weak_rtsp[0])
    return _card(name, " ".join(parts), _("Set another"), opens, item, wrong=True)


def _lock_outs(known: Known) -> SecurityCard:
    name, deed = Weakness.LOCK_OUTS, _("Who is kept out")
    if known.waiting:
        words = _("Must wait now: {names}.").format(names=_named(known.waiting))
        return _card(name, words, deed, "online", wrong=True)
    words = _("Nobody must wait now. {count} wrong passwords from one place are free.").format(count=known.tries)
    return _card(name, words, _("Rules"), "login-rules")


def _logins(known: Known) -> SecurityCard:
    name = Weakness.LOGINS
    now = counted("{count} is logged in now.", "{count} are logged in now.", known.online)
    parts = [now, *([_("Last: {names}.").format(names="; ".join(known.logins))] if known.logins else [])]
    if known.refused:
        parts.append(counted("{count} was refused within a day.", "{count} were refused within a day.", known.refused))
    many = known.refused >= MANY_REFUSED
    deed, opens = (_("Log"), "log") if many else (_("Who is logged in"), "online")
    return _card(name, " ".join(parts), deed, opens, wrong=many, tone=Tone.PLAIN)


def _listening(known: Known) -> SecurityCard:
    name, clear = Weakness.LISTENING, [one.words for one in known.listening if not one.encrypted]
    deed, opens = _("Who is logged in"), "online"
    if clear:
        words = _("Not known to be encrypted: {names}.").format(names=_named(clear))
        if any(one.process == "rtsp" and not one.encrypted for one in known.listening):
            deed, opens = _("RTSP server"), "restreaming"
        return _card(name, words, deed, opens, wrong=True)
    if not known.listening:
        return _card(name, _("Nothing takes connections from other machines."), deed, opens)
    words = _("Encrypted: {names}.").format(names=_named([one.words for one in known.listening]))
    return _card(name, words, deed, opens)


def _screen(known: Known) -> SecurityCard:
    name = Weakness.SCREEN
    seen = counted(
        "{count} camera is seen there by everybody.", "{count} cameras are seen there by everybody.", known.visible
    )
    if not known.idle_min:
        words = _("Who has logged in stays logged in for as long as nobody logs out.")
        return _card(name, f"{words} {seen}", _("Set a time"), "general", wrong=True)
    words = _("Who does nothing for {minutes} min is logged out.").format(minutes=known.idle_min)
    return _card(name, f"{words} {seen}", _("Change"), "general")


def _camera_logins(known: Known) -> SecurityCard:
    name = Weakness.CAMERA_LOGINS
    came = [one for one in known.cameras if one.as_it_came]
    without = [one for one in known.cameras if not one.user and not one.as_it_came]
    if came:
        words = _("With the password that it came with: {names}.").format(names=_named([one.name for one in came]))
        return _card(name, words, _("Set another"), "channel", str(came[0].number), wrong=True)
    if without:
        words = _("Without any password: {names}.").format(names=_named([one.name for one in without]))
        return _card(name, words, _("Look at it"), "channel", str(without[0].number), wrong=True)
    words = _("Each has a password of its own.") if known.cameras else _("There is no camera yet.")
    return _card(name, words, _("Cameras"), "cameras", tone=Tone.GOOD if known.cameras else Tone.QUIET)


def _ways_to_cameras(known: Known) -> SecurityCard:
    name = Weakness.CAMERAS
    clear = [one.name for one in known.cameras if not one.encrypted and not one.own_port]
    if clear:
        words = counted(
            "{count} camera of {all} sends its pictures in clear over the network: {names}.",
            "{count} cameras of {all} send their pictures in clear over the network: {names}.",
            len(clear),
            all=len(known.cameras),
            names=_named(clear),
        )
        return _card(name, words, _("Cameras"), "cameras", wrong=True)
    words = _("Encrypted, or at the recorder's own ports.") if known.cameras else _("There is no camera yet.")
    return _card(name, words, _("Cameras"), "cameras", tone=Tone.GOOD if known.cameras else Tone.QUIET)


def _ways(known: Known) -> SecurityCard:
    name = Weakness.WAYS
    if not known.ways:
        return _card(name, _("Nothing leaves the recorder in clear."), _("E-mail"), "mail")
    words = _("In clear, or to anybody: {names}.").format(names=_named([one.words for one in known.ways]))
    return _card(name, words, _("Encrypt it"), known.ways[0].page, known.ways[0].item, wrong=True)


def _footage(known: Known) -> SecurityCard:
    name = Weakness.FOOTAGE
    if not known.pools:
        words = _("Encrypted.") if known.all_pools else _("There is no pool of disks.")
        return _card(name, words, _("Pools"), "pool", tone=Tone.GOOD if known.all_pools else Tone.QUIET)
    words = _("Who takes a disk away can play it: {names}.").format(
        names=_named([title for _item, title in known.pools])
    )
    return _card(name, words, _("Encrypt it"), "pool", known.pools[0][0], wrong=True)


def _named(names: Sequence[str]) -> str:
    more = [_("and {count} more").format(count=len(names) - MOST_NAMED)] if len(names) > MOST_NAMED else []
    return ", ".join([*names[:MOST_NAMED], *more])


_CARDS: Sequence[Callable[[Known], SecurityCard]] = (
    _second_factor,
    _passwords,
    _lock_outs,
    _logins,
    _listening,
    _screen,
    _camera_logins,
    _ways_to_cameras,
    _ways,
    _footage,
)
