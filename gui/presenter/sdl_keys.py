"""What the keys of a keyboard are called here; characters come as text and name themselves."""

import pygame

NAMED: dict[int, str] = {
    pygame.K_UP: "up",
    pygame.K_DOWN: "down",
    pygame.K_LEFT: "left",
    pygame.K_RIGHT: "right",
    pygame.K_RETURN: "ok",
    pygame.K_KP_ENTER: "ok",
    pygame.K_ESCAPE: "back",
    pygame.K_AC_BACK: "back",
    pygame.K_MENU: "menu",
    pygame.K_F10: "menu",
    pygame.K_F1: "info",
    pygame.K_TAB: "tab",
    pygame.K_BACKSPACE: "backspace",
    pygame.K_DELETE: "delete",
    pygame.K_HOME: "home",
    pygame.K_END: "end",
    pygame.K_PAGEUP: "page_up",
    pygame.K_PAGEDOWN: "page_down",
    pygame.K_PAUSE: "pause",
} | {getattr(pygame, f"K_F{number}"): f"f{number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 12)}
