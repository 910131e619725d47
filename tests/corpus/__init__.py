"""Broken cameras: one TOML file each, with a line that says what is wrong; `player` makes cameras of them.

A file has `case` (its number in the list of what a recorder must survive), `wrong`, `script` (what is sent after PLAY),
`early` (what is sent before anything is asked), `replies` by method, and `expect`. `player.py` names the words of
scripts. Tests replay every file through the real client, and all of them at once through media as a process.
"""
