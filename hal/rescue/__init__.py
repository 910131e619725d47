"""The rescue system and the installer, which start from memory and need no slot that is whole."""
