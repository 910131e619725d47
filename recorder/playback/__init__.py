"""Recorded footage leaves the recorder: exports to MP4 files without encoding the pictures again."""
