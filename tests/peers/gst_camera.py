"""An RTSP camera by GStreamer, run with the system's Python because python3-gi lives there.

usage: gst_camera.py PORT [--user U --password P] [--certificate PEM] [--shared] MOUNT=LAUNCH ...
Prints `ready PORT` when it listens. Every MOUNT plays its own launch line, once for all its viewers where it is
shared, and once for each otherwise. PEM holds a certificate and its key: the server then speaks TLS only.
"""

import argparse

import gi

gi.require_version("Gio", "2.0")
gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int, help="0 lets the system choose")
    parser.add_argument("mounts", nargs="+")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--basic", action="store_true")
    parser.add_argument("--certificate")
    parser.add_argument("--shared", action="store_true")
    asked = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(asked.port))
    auth = GstRtspServer.RTSPAuth()
    if asked.certificate:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(asked.certificate))
        anybody = GstRtspServer.RTSPToken()
        anybody.set_string("media.factory.role", "user")
        auth.set_default_token(None if asked.user else anybody)
        server.set_auth(auth)
    if asked.user:
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "user")
        if asked.basic:
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(asked.user, asked.password), token)
        else:
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(asked.user, asked.password, token)
        server.set_auth(auth)
    for mount in asked.mounts:
        path, _, launch = mount.partition("=")
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(launch)
        factory.set_shared(asked.shared)
        if asked.user or asked.certificate:
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role("user", "media.factory.access", True)
            permissions.add_permission_for_role("user", "media.factory.construct", True)
            factory.set_permissions(permissions)
        server.get_mount_points().add_factory(path, factory)
    server.attach(None)
    print(f"ready {server.get_bound_port()}", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
