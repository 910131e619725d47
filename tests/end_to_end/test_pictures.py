"""Pictures by plan and by hand are recorded, found and saved as files, beside the video that they show."""

import cv2
import pytest

from recorder.cli.moments import written
from tests.end_to_end.conftest import wait_for
from tests.end_to_end.test_disk import moment_us


@pytest.mark.covers("D-REC-05", "D-LIVE-12", "V-LIVE-14", "D-PLAY-12", "V-EXP-08")
def test_pictures_are_taken_by_plan_and_by_hand_and_saved_as_files(run_recorder, camera, tmp_path):
    with run_recorder() as recorder:
        recorder.command("channel", "add", "--name", "Gate", "--url", camera)
        wait_for(lambda: recorder.spans(1), 90)
        recorder.command("settings", "set", "picture-schedule", "--channel", "1", "scheduled=true", "every_s=2")
        found = wait_for(lambda: len(seen := recorder.answer("picture", "list", "--channel", "1")) >= 4 and seen, 120)
        recorder.command("settings", "set", "picture-schedule", "--channel", "1", "scheduled=false")
        times = [one["at_us"] for one in found]
        assert times == sorted(set(times))
        # Of earlier footage, between the others: it is found at its own time.
        span = recorder.spans(1)[-1]
        begin = moment_us(span["start"]) + 1_500_000
        taken = moment_us(recorder.command("picture", "take", "--channel", "1", "--at", str(begin)).strip())
        assert abs(taken - begin) < 200_000
        wait_for(lambda: taken in [one["at_us"] for one in recorder.answer("picture", "list", "--channel", "1")], 60)
        every = recorder.answer("picture", "list", "--channel", "1")
        folder = tmp_path / "files"
        folder.mkdir()
        saved = recorder.command("picture", "save", "--channel", "1", str(folder)).split("\n")[:-1]
        assert len(saved) >= len(every)
        for name in saved:
            picture = cv2.imread(name)
            assert picture.shape == (360, 640, 3)
            assert picture.std() > 5
        shown = tmp_path / "shown.jpg"
        at = times[2] + 300_000
        recorder.command("snapshot", "--channel", "1", "--stream", "picture", "--at", str(at), str(shown))
        # The one taken by hand may lie between.
        newest = max(one["at_us"] for one in every if one["at_us"] <= at)
        # By its whole time: pictures of one camera may all have the same fraction of a second.
        file = folder / f"ch1_{written(newest).replace(':', '-')}.jpg"
        assert shown.read_bytes() == file.read_bytes(), file
        # What lies between pictures is no hole, and the video knows nothing of it.
        assert recorder.answer("gaps", "--channel", "1", "--stream", "picture") == []
