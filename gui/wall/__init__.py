"""The wall: live pictures of all cameras, side by side."""
