"""The widget tree of the local screen: layout, named focus, theme, text, icons, widgets (docs/design/screen.md).

Draws onto any pygame surface and knows no display: presenters bring events in and pictures out.
"""
