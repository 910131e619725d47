from recorder.supervisor.house import House, Options


def test_the_first_password_is_told_to_control_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("NIGHTJAR_ADMIN_PASSWORD", "correct horse battery")
    house = House(Options(tmp_path), announce=print)
    told = {name: house._spec(name).surroundings().get("NIGHTJAR_ADMIN_PASSWORD") for name in ("control", "web", "hal")}
    assert told == {"control": "correct horse battery", "web": None, "hal": None}
