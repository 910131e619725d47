"""The images of the update suite still fit the code that they change: that runs by hand, and would be found broken."""

import pytest

from tests.image.update.images import IMAGES, PATIENCE


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_that_is_tried_differs_where_it_says(name, monkeypatch):
    monkeypatch.setenv(PATIENCE, "120")
    image = IMAGES[name]()
    assert image.first or image.files or name in {"good", "before"}
    assert len({one().version for one in IMAGES.values()}) == len(IMAGES)
