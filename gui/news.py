"""What somebody who has just come in must know: his one-time codes, and whose password was reset (A14)."""

from datetime import tzinfo

from gui.dialogs.recovery_codes import CodesSheet
from gui.dialogs.resets import ResetsSheet
from gui.session import Session


def tell_news(session: Session, zone: tzinfo) -> None:
    """Lay it over what is open, once."""
    codes, resets = session.recovery_codes, session.resets
    session.recovery_codes, session.resets = (), ()
    push = session.screen.navigator.push
    if codes:
        push(CodesSheet(codes))
    if resets:
        push(ResetsSheet(session, resets, zone))
