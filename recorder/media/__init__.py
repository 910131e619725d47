"""The media process: RTSP in, rings, block writing, live tap. It runs from its plan and needs nobody."""
