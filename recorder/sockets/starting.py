"""Imported first by a process that imports much: the collector of garbage rests until `serve_until_told` is ready.

Of the 100,000 objects that control makes as it starts 224 are garbage, and to look for them while it imports took a
quarter of its start.
"""

import gc

gc.disable()
