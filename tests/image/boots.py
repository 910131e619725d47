"""Which tests boot the image: those that share one machine, in their order, and those that have one of their own."""

BOOTS = ("test_boot.py", "test_screen.py", "test_recording.py", "test_stick.py", "test_power_cut.py", "test_hang.py")
"""What changes the machine most comes last."""
NAMED = ("test_rescue.py", "test_installing.py", "test_reset.py")
"""Each has a machine of its own, and minutes to do: they run where they are named, not with the others."""
