"""Where what steers a dome stands: at the right of the picture, so that the picture can be seen."""

from pygame import Rect

from gui.toolkit.page import Page

WIDE, EDGE = 308.0, 20.0


def beside_the_picture(page: Page, screen: Rect) -> Rect:
    """As high as it needs, in the middle of the right edge."""
    edge, wide = page.px(EDGE), page.px(WIDE)
    high = min(page.wanted(wide, 0)[1], screen.height - 2 * edge)
    return Rect(screen.right - edge - wide, screen.y + (screen.height - high) // 2, wide, high)
