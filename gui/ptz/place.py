"""Where what steers a dome stands: at the right of the picture, so that the picture can be seen."""

from pygame import Rect

from gui.toolkit.page import Page

WIDE, EDGE = 308.0, 20.0


def beside_the_picture(page: Page, screen: Rect, *, whole: bool = False) -> Rect:
    """As high as it needs, in the middle of the right edge; `whole` covers all that may stand there."""
    edge, wide = page.px(EDGE), page.px(WIDE)
    most = screen.height - 2 * edge
    high = most if whole else min(page.wanted(wide, 0)[1], most)
    return Rect(screen.right - edge - wide, screen.y + (screen.height - high) // 2, wide, high)
