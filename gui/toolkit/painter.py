"""How pages are drawn: only what changed, only what can be seen."""

from typing import TYPE_CHECKING

from pygame import Rect, Surface

from gui.toolkit.theme import SCRIM

if TYPE_CHECKING:
    from gui.toolkit.page import Page
    from gui.toolkit.screen import Screen
    from gui.toolkit.widget import Widget


class Painter:
    """Draws the pages of one screen, the lowest first, then the mark of the focus, then notices."""

    def __init__(self, screen: "Screen") -> None:
        self.screen = screen
        self.ring: Rect | None = None
        """What the mark of the focus covered when it was drawn last."""

    def paint(self, surface: Surface, clip: Rect) -> None:
        """Draw one rectangle of the screen."""
        screen = self.screen
        pages = screen.navigator.shown()
        surface.set_clip(clip)
        if not pages or not pages[0].covers:
            surface.fill((0, 0, 0), clip)
        for page in pages:
            if not page.covers and page.scrim:
                screen.paint.shade(surface, clip, SCRIM)
            if page.covers or screen.paint.shadow_bounds(page.rect).colliderect(clip):
                screen.guard(page, self._page, page, surface, clip)
                surface.set_clip(clip)
        self._ring(surface, clip)
        screen.hints.draw(surface)
        screen.notices.draw(surface)
        surface.set_clip(None)

    @staticmethod
    def _page(page: "Page", surface: Surface, clip: Rect) -> None:
        # What an opaque widget covers need not be drawn.
        within = (covering(page, clip) if page.covers else None) or page
        draw(within, surface, clip)
        for above in within.ancestors():
            if above is not within:
                above.draw_over(surface)

    def _ring(self, surface: Surface, clip: Rect) -> None:
        screen = self.screen
        focus = screen.focus
        if focus is None or focus.page is not screen.navigator.top:
            self.ring = None
            return
        self.ring = screen.paint.ring_bounds(focus.rect)
        if not self.ring.colliderect(clip):
            return
        for one in focus.ancestors():
            if one.clips and one is not focus:
                surface.set_clip(clip.clip(screen.paint.ring_bounds(one.rect)))
                break
        if focus.page is not None and not screen.guard(focus.page, focus.draw_focus, surface):
            screen.paint.ring(surface, focus.rect, focus.focus_radius)
        surface.set_clip(clip)


def draw(widget: "Widget", surface: Surface, clip: Rect) -> None:
    """Draw a widget and what is below it, as far as it lies within `clip`."""
    if not widget.visible or not (clip.colliderect(widget.rect) or widget.parent is None):
        return
    before = surface.get_clip()
    if widget.clips:
        clip = clip.clip(widget.rect)
        if not clip:
            return
        surface.set_clip(clip)
    widget.draw(surface)
    for child in widget.children:
        draw(child, surface, clip)
    widget.draw_over(surface)
    if widget.clips:
        surface.set_clip(before)


def covering(widget: "Widget", clip: Rect) -> "Widget | None":
    """Give the innermost widget below this one that hides everything else within `clip`."""
    for child in reversed(widget.children):
        if child.rect.colliderect(clip) and child.visible:
            if not child.rect.contains(clip):
                return None
            return covering(child, clip) or (child if child.opaque else None)
    return None
