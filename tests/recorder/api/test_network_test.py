"""A test of the network over the API and by the command line, with the hardware service behind it (D-MNT-08)."""

import socket
from contextlib import closing

import pytest

from recorder.cli import main
from recorder.client.unix_http import ApiError
from tests.recorder.api.served import wait_for


@pytest.fixture
def port():
    """A port of this machine that takes connections."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def over(api):
    return wait_for(lambda: (told := api.network_tests().newest) and told.state.over and told)


@pytest.mark.covers("D-MNT-08")
def test_open_and_closed_ports_are_measured_and_told_in_words_and_in_the_log(served, hal, port):
    assert served.owner.network_tests().newest is None
    begun = served.owner.test_network("127.0.0.1", port=port, count=3)
    assert (begun.state, begun.port, begun.count) == ("running", port, 3)
    told = over(served.owner)
    assert (told.verdict, told.answered, told.missing, told.lost_percent) == ("good", 3, 0, 0.0)
    assert 0 < told.least_ms <= told.mean_ms <= told.most_ms < 900
    assert told.words.startswith("The connection is good. 3 of 3 answered, after ")
    with closing(socket.create_server(("127.0.0.1", 0))) as gone:
        closed = gone.getsockname()[1]
    served.owner.test_network(f"rtsp://ada:secret@127.0.0.1:{closed}/stream1", count=1)
    told = over(served.owner)
    assert (told.verdict, told.address, told.port) == ("closed", "127.0.0.1", closed)
    rows = [one for one in served.owner.audit() if one.page == "network-test"]
    assert [one.new for one in rows] == [f'"127.0.0.1 port {closed}"', f'"127.0.0.1 port {port}"']
    assert not any("secret" in str(one) for one in served.owner.audit())


def test_a_second_one_is_refused_until_the_first_is_cancelled(served, hal, port):
    served.owner.test_network("127.0.0.1", port=port, count=100)
    with pytest.raises(ApiError, match=r"Your test of .* is under way") as refused:
        served.owner.test_network("127.0.0.1", port=port)
    assert refused.value.http_status == 409
    assert served.owner.cancel_network_test().newest.verdict == "cancelled"
    served.owner.test_network("127.0.0.1", port=port, count=1)
    assert over(served.owner).verdict == "good"


@pytest.mark.parametrize(
    ("address", "about"),
    [("", {}), ("the gate", {}), ("a\nb", {}), ("127.0.0.1", {"port": 65536}), ("127.0.0.1", {"count": 101})],
)
def test_what_cannot_be_tested_is_refused_in_words(served, address, about):
    with pytest.raises(ApiError) as refused:
        served.owner.test_network(address, **about)
    assert refused.value.http_status == 422


def test_without_the_hardware_service_that_is_told(served):
    served.owner.test_network("127.0.0.1", count=1)
    told = over(served.owner)
    assert (told.verdict, told.words) == ("failed", "The hardware service does not answer: No such file or directory.")


@pytest.mark.covers("D-MNT-08")
def test_the_command_tells_each_answer_and_ends_with_one_where_nothing_answers(served, hal, port, capsys):
    place = ["--data", str(served.instance.data)]
    main(["hardware", "test-network", f"127.0.0.1:{port}", "--count", "2", *place])
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in said[:2]] == [["1", "127.0.0.1"], ["2", "127.0.0.1"]]
    assert said[2].startswith("The connection is good. 2 of 2 answered")
    assert "  Missing: 0 of 2, 0 %" in said
    with pytest.raises(SystemExit) as ended:
        main(["hardware", "test-network", "224.0.0.1", *place])
    assert ended.value.code == 1
    assert "is not the address of one device" in capsys.readouterr().out
    main(["hardware", "test-network", f"127.0.0.1:{port}", "--count", "1", "--json", *place])
    assert '"verdict": "good"' in capsys.readouterr().out
