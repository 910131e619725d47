"""RTSP and RTP: a protocol core without I/O, a client that pulls cameras, and a server that serves streams on."""
