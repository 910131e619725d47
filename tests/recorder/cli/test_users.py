"""Users, groups, keys and the audit at the command line, on a control that runs."""

import io

import pytest

from recorder import cli
from tests.recorder.api.served import PASSWORD, Served


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with Served(tmp_path_factory.mktemp("users") / "data") as found:
        found.set_up()
        for name in ("Gate", "Yard", "Safe"):
            found.owner.add_channel(name=name, url="rtsp://10.0.0.7/main")
        yield found


@pytest.fixture
def nightjar(served, capsys, monkeypatch):
    """Run a command; gives what it wrote, or what it said was wrong."""

    def run(*words, typed="", fails=False):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        if fails:
            with pytest.raises(SystemExit) as ended:
                cli.main([*words, "--data", str(served.instance.data)])
            return str(ended.value.code)
        cli.main([*words, "--data", str(served.instance.data)])
        return capsys.readouterr().out

    return run


@pytest.mark.covers("D-ACC-02", "D-ACC-03", "D-ACC-05")
def test_a_group_and_a_user_are_made_changed_and_removed(served, nightjar):
    nightjar("group", "add", "gate", "--title", "Gatekeepers", "--live", "1-2", "--playback", "1", "--may", "alarm")
    told = nightjar("group", "list")
    assert "gate                 Gatekeepers              may=alarm live=1,2 playback=1 backup=none" in told
    assert "admin                Administrators           everything" in told
    nightjar("user", "add", "ben", "--group", "gate", "--keep-password", typed=f"{PASSWORD}\n")
    assert "ben                  gate             everything" in nightjar("user", "list")
    ben = served.client("web")
    ben.log_in("ben", PASSWORD)
    assert [one.number for one in ben.channels()] == [1, 2]
    nightjar("user", "set", "ben", "--live", "2", "--playback", "none")
    assert [one.number for one in ben.channels()] == [2]
    online = nightjar("user", "online")
    session = next(line.split()[0] for line in online.splitlines() if " ben " in line)
    nightjar("user", "kick", session, "--block", "5")
    assert [one.user for one in served.owner.blocks()] == ["ben"]
    served.owner.end_block("ben", served.owner.blocks()[0].source)
    nightjar("user", "remove-second-factor", "ben")
    assert " ben " not in nightjar("user", "online")
    nightjar("user", "password", "ben", typed="another one 1\n")
    assert ben.log_in("ben", "another one 1").must_change
    assert "Users are in this group: ben" in nightjar("group", "remove", "gate", fails=True)
    nightjar("user", "remove", "ben")
    nightjar("group", "remove", "gate")
    assert "gate" not in nightjar("group", "list")


def test_a_user_whose_first_password_is_refused_is_not_made(nightjar):
    assert "8 to 128" in nightjar("user", "add", "cora", "--group", "user", typed="short\n", fails=True)
    assert "cora" not in nightjar("user", "list")
    assert "already" in nightjar("user", "add", "admin", "--group", "user", typed=f"{PASSWORD}\n", fails=True)


def test_the_last_administrator_is_not_removed(nightjar):
    assert "One user must stay" in nightjar("user", "remove", "admin", fails=True)
    assert "One user must stay" in nightjar("user", "set", "admin", "--group", "user", fails=True)


def test_a_key_is_made_told_once_and_removed(served, nightjar):
    token = nightjar("user", "add-key", "admin", "--title", "Home", "--may", "live", "--channels", "2-3").strip()
    program = served.client("web", token)
    assert [one.number for one in program.channels()] == [2, 3]
    told = nightjar("user", "keys", "admin")
    assert "Home" in told
    assert "live on 2,3" in told
    assert token not in told
    nightjar("user", "remove-key", "admin", told.split()[0])
    assert nightjar("user", "keys", "admin") == ""


@pytest.mark.covers("P-LOG-01")
def test_whether_the_helper_for_other_users_runs_is_told(served, nightjar):
    assert "needs root" in nightjar("user", "directory")


def test_the_log_is_listed_and_exported(served, nightjar):
    served.owner.set_page("general", {"recorder_name": "Barn"})
    assert "Barn" in nightjar("log", "list", "--types", "config", "--text", "barn")
    assert "Barn" in nightjar("log", "export", "--types", "config")


def test_the_audit_is_listed_checked_and_cleared_on_purpose(served, nightjar):
    served.owner.set_page("general", {"recorder_name": "Barn"})
    assert '-> "Barn"' in nightjar("audit", "list", "--page", "general")
    assert "all as they were written" in nightjar("audit", "check")
    assert "--yes" in nightjar("audit", "clear", fails=True)
    nightjar("audit", "clear", "--yes")
    assert nightjar("audit", "list").count("\n") == 1
