"""`make image`: Buildroot is the pinned release, sources are those of the lock file, and what fails is said."""

import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from buildroot_external import check, compose, release, sources, users
from buildroot_external.builder import Builder
from buildroot_external.download import fetch
from buildroot_external.image.tool import CannotBuild, run


def archive(name="buildroot-1"):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as packed:
        for file, text in (("Makefile", b"all:\n"), ("noise", bytes(range(256)) * 2000)):
            about = tarfile.TarInfo(f"{name}/{file}")
            about.size = len(text)
            packed.addfile(about, io.BytesIO(text))
    return gzip.compress(data.getvalue(), mtime=0)


@pytest.fixture
def web():
    """A web server: each answer is cut short as often as it is told to be; it writes down what was asked."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            begin = int(self.headers.get("Range", "bytes=0-")[6:-1])
            server.asked.append(begin)
            data = server.data[begin:]
            if begin and not data:
                self.send_error(416)
                return
            self.send_response(206 if begin else 200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            cut = server.cuts.pop() if server.cuts else len(data)
            self.wfile.write(data[:cut])

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.asked, server.cuts, server.data = [], [], archive()
    server.address = f"http://127.0.0.1:{server.server_port}/buildroot.tar.gz"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def recipe(web, sha256=None):
    return compose.Recipe("1", web.address, sha256 or hashlib.sha256(web.data).hexdigest(), {})


def test_a_fetch_that_broke_off_goes_on_where_it_stopped(web, tmp_path):
    web.cuts = [1000]
    wanted = recipe(web)
    with pytest.raises(CannotBuild, match="it goes on where it stopped"):
        release.tree(wanted, tmp_path, print)
    place = release.tree(wanted, tmp_path, print)
    assert web.asked == [0, 1000]
    assert (place / "Makefile").read_text() == "all:\n"
    assert release.tree(wanted, tmp_path, print) == place
    assert web.asked == [0, 1000], "what is there is not fetched again"


def test_what_is_not_the_pinned_release_is_thrown_away(web, tmp_path):
    with pytest.raises(CannotBuild, match="is not what is wanted"):
        release.tree(recipe(web, "0" * 64), tmp_path, print)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_the_words_say_what_else_can_be_done(web, tmp_path):
    web.shutdown()
    web.server_close()
    with pytest.raises(CannotBuild, match=r"where there is a network[\s\S]*BUILDROOT=folder"):
        release.tree(recipe(web), tmp_path, print)


def test_a_file_is_fetched_of_the_web_alone(tmp_path):
    with pytest.raises(CannotBuild, match="no address of the web"):
        fetch("file:///etc/passwd", "0" * 64, tmp_path / "out")


def test_sources_are_what_the_lock_file_pins_and_one_that_was_changed_is_fetched_again(tmp_path):
    found = {one.file: one for one in sources.distributions()}
    lock = (check.REPOSITORY / "requirements.lock").read_text()
    assert {"blake3-1.0.11.tar.gz", "python_pam-2.1.0.tar.gz"} <= found.keys()
    assert all(f"--hash=sha256:{one.sha256}" in lock for one in found.values())
    assert {one.name for one in found.values()} >= {"av", "pygame_ce", "font-roboto"}
    one = found["blake3-1.0.11.tar.gz"]
    assert not one.lies_in(tmp_path)
    (tmp_path / one.file).write_bytes(b"changed")
    assert not one.lies_in(tmp_path)


MAKEFILE = """
ifneq ($(filter %_defconfig,$(MAKECMDGOALS)),)
%_defconfig:
\t@echo 'BR2_A=y' >$(O)/.config
else
all:
\t@echo '>>> first 1.0 Building'
\t@echo '{words}'; echo "$$IMAGE_KEY $$NIGHTJAR_SOURCES [$$IMAGE]"; exit {status}
show-info:
\t@echo '{{"first": {{"type": "target", "virtual": false, "name": "first", "version": "1.0"}}}}'
print-version:
\t@echo 1
endif
"""


@pytest.fixture
def builder(tmp_path, monkeypatch):
    """A folder that answers as Buildroot does, and a defconfig for it."""

    def make(words="", status=0, defconfig="BR2_A=y\n"):
        (tmp_path / "Makefile").write_text(MAKEFILE.format(words=words, status=status))
        (tmp_path / "configs").mkdir(exist_ok=True)
        (tmp_path / "configs/odd_defconfig").write_text(defconfig)
        monkeypatch.setattr("buildroot_external.builder.TREE", tmp_path)
        (tmp_path / "out").mkdir(exist_ok=True)
        return Builder(tmp_path, "odd", tmp_path / "out", tmp_path / "sources")

    return make


def test_a_line_that_buildroot_drops_stops_the_build_before_it_begins(builder):
    builder().configure()
    with pytest.raises(CannotBuild, match="drops of odd:\nBR2_B=y"):
        builder(defconfig="BR2_A=y\nBR2_B=y\n# BR2_C is not set\n").configure()


def test_of_a_build_each_package_is_told_and_all_words_are_kept(builder, tmp_path):
    told = []
    builder(words="a thousand lines").build("all", told.append)
    assert told == ["first 1.0 Building"]
    assert "a thousand lines" in (tmp_path / "out/all.log").read_text()


def test_a_build_that_fails_says_its_last_words_and_what_to_do_without_a_network(builder):
    with pytest.raises(CannotBuild, match="odd compiler") as told:
        builder(words="odd compiler", status=2).build("all", print)
    assert "image-sources" not in str(told.value)
    stopped = "make: *** [package/pkg-generic.mk:179: /o/build/gcc-final-15.3.0/.stamp_downloaded] Error 1"
    with pytest.raises(CannotBuild, match=r"of gcc-final-15\.3\.0 could not be fetched.*NIGHTJAR_SOURCES=folder"):
        builder(words=stopped, status=2).build("all", print)


def test_the_hooks_find_who_signs_though_they_run_elsewhere(builder, tmp_path, monkeypatch):
    made = builder()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMAGE_KEY", "keys/signer.key")
    monkeypatch.setenv("IMAGE", "x86_64")
    made.build("all", print)
    assert f"{tmp_path}/keys/signer.key {tmp_path}/sources []" in (tmp_path / "out/all.log").read_text()


def test_what_an_image_is_made_of_is_told_also_without_the_list_of_licences(builder, tmp_path):
    made = builder()
    place = tmp_path / "utils/generate-cyclonedx"
    place.parent.mkdir()
    place.write_text(
        "import json, os, pathlib, sys\n"
        "names = pathlib.Path(os.environ['BR2_DL_DIR'], 'cyclonedx/spdx-1.6.schema.json')\n"
        "json.loads(names.read_text())\n"
        "print(json.dumps({'components': list(json.load(sys.stdin)), 'for': sys.argv[1:]}))\n"
    )
    told = []
    made.bill("1.2.3", tmp_path / "bill.json", told.append)
    found = json.loads((tmp_path / "bill.json").read_text())
    assert found == {"components": ["first"], "for": ["--project-name", "nightjar", "--project-version", "1.2.3"]}
    assert "by name" in told[0]


def test_an_image_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    words = [sys.executable, "-m", "buildroot_external", "image", "--image", "toaster", "--out", tmp_path]
    done = subprocess.run(words, cwd=check.REPOSITORY, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "There is no image toaster, only x86_64, qemu_x86_64, aarch64, rk3588\n"


@pytest.mark.peer("image programs")
def test_buildroot_s_table_of_users_says_what_systemd_makes_of_the_list(tmp_path):
    listed = users.source(check.REPOSITORY)
    (tmp_path / "usr/lib/sysusers.d").mkdir(parents=True)
    (tmp_path / "usr/lib/sysusers.d/nightjar.conf").write_text("g video 28\ng audio 29\n" + listed.read_text())
    (tmp_path / "etc").mkdir()
    run("systemd-sysusers", f"--root={tmp_path}")
    made = [line.split(":") for line in (tmp_path / "etc/passwd").read_text().splitlines()]
    groups = [line.split(":") for line in (tmp_path / "etc/group").read_text().splitlines()]
    member_of = {one[0]: sorted(group[0] for group in groups if one[0] in group[3].split(",")) for one in made}
    told = {}
    for line in users.table(listed.read_text()).splitlines()[1:]:
        name, uid, group, gid, _password, _home, _shell, also, *about = line.split(" ")
        if name != "-":
            assert (group, uid) == (name, gid)
            told[name] = (uid, gid, " ".join(about), sorted(one for one in also.split(",") if one != "-"))
    assert told == {one[0]: (one[2], one[3], one[4], member_of[one[0]]) for one in made if one[0] != "root"}


def test_a_user_that_buildroot_s_table_cannot_say_is_refused():
    for line in ("u nightjar-x - 'About'", "u nightjar-x 5:6 'About'", "m nobody-known nightjar", "r - 1-2"):
        with pytest.raises(ValueError, match="line 2 of the users"):
            users.table(f"g nightjar-x 5\n{line}\n")
