"""The RTSP server of the recorder: live streams for other recorders and programs. control decides who may what."""
