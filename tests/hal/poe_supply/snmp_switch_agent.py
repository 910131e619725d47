"""The switch behind snmpd: passes every question (snmpd.conf, pass_persist) on to the test that owns the physics."""

import socket
import sys

with socket.socket(socket.AF_UNIX) as test:
    test.connect(sys.argv[1])
    stream = test.makefile("rw")
    while said := sys.stdin.readline():
        command = said.strip()
        if command == "PING":
            print("PONG", flush=True)
        if command not in {"get", "getnext", "set"}:  # after a value comes an empty line
            continue
        oid = sys.stdin.readline().strip()
        value = sys.stdin.readline().strip() if command == "set" else "-"
        stream.write(f"{command} {oid} {value}\n")
        stream.flush()
        for _ in range(int(stream.readline())):
            print(stream.readline().rstrip("\n"), flush=True)
