"""Looks at the pictures of every channel: motion, tampering, changes of the scene, lost video."""
