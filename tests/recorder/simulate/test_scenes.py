"""Scenes: their truth is where it is seen, and their shipped plates are what the renderer makes."""

from itertools import pairwise

import numpy as np
import pytest

from recorder.client.errors import NotFound
from recorder.client.stream import Codec
from recorder.simulate.clip import ClipSpec
from recorder.simulate.film import NoiseFilm, open_film
from recorder.simulate.options import SCENES
from recorder.simulate.scenes import open_scene, plate, scene
from recorder.simulate.scenes.person import Clothes, person
from recorder.simulate.scenes.route import Route

SIZE = (480, 270)
FRAMES = 900


@pytest.fixture(scope="module")
def films():
    opened = {}

    def film(name):
        if name not in opened:
            opened[name] = open_scene(name, *SIZE, 15, FRAMES)
        return opened[name]

    return film


@pytest.mark.parametrize("name", SCENES)
def test_people_come_and_go_through_every_scene(films, name):
    film = films(name)
    seen = [film.draw(number)[1] for number in range(0, FRAMES, 60)]
    names = {one.name for moment in seen for one in moment}
    assert len(names) >= 3
    assert any(one.kind == "person" for moment in seen for one in moment)
    for moment in seen:
        for one in moment:
            assert 0 <= one.span.left < one.span.right <= SIZE[0]
            assert 0 <= one.span.top < one.span.bottom <= SIZE[1]


def test_what_is_told_of_a_figure_is_where_the_picture_changes(films):
    film = films("courtyard-day")
    still = film.draw(FRAMES - 1)[0]
    picture, seen = film.draw(150)
    (otto,) = [one for one in seen if one.name == "otto"]
    rows, columns = otto.span.area
    changed = np.abs(picture.astype(int) - still).max(axis=-1) > 25
    assert changed[rows, columns].mean() > 0.2
    # Feet stand at the bottom of the box, up to the margin that is drawn around it.
    (foot,), _depth = film._view.project(np.array([otto.place], np.float32))
    assert otto.span.left < foot[0] < otto.span.right
    assert abs(foot[1] - otto.span.bottom) < 0.12 * (otto.span.bottom - otto.span.top) + 4


def test_whoever_walks_behind_something_is_hidden_by_it(films):
    film = films("car-park-day")
    car = next(one for one in film._scene.parked if one.y < 15 and abs(one.x) < 6)
    place = car.x, car.y + 2.9, 0.0
    mesh = person(Clothes((0.9, 0.0, 0.9), (0.9, 0.0, 0.9)), 0, 0).placed(place, 0)
    picture = film._plate.picture.copy()
    span = film._painter.draw(picture, mesh, place)
    depth = film._view.project(np.array([place], np.float32))[1][0]
    before = film._plate.depth[span.area] < 0.9 * depth
    behind = film._painter.covered(mesh, span) & before
    changed = (picture[span.area] != film._plate.picture[span.area]).any(axis=-1)
    assert behind.sum() > 20
    assert changed.sum() > 20
    assert not (changed & before).any()


def test_the_same_moment_is_the_same_picture_and_time_is_burned_in(films):
    film = films("warehouse-day")
    first, _ = film.draw(10)
    again, _ = film.draw(10)
    later, _ = film.draw(11)
    assert (first == again).all()
    # The counter at the top right counts every picture.
    assert (first[:24, -120:] != later[:24, -120:]).any()


def test_no_two_pictures_in_a_row_are_alike(films):
    film = films("warehouse-night")
    pictures = [film.picture(number).copy() for number in range(870, 880)]
    assert all((one != two).mean() > 0.2 for one, two in pairwise(pictures))
    assert pictures[0].shape == (SIZE[1] * 3 // 2, SIZE[0])


@pytest.mark.parametrize("place", ["shop-street", "car-park", "warehouse", "courtyard"])
def test_night_is_darker_than_day(films, place):
    day, night = (films(f"{place}-{time}").draw(899)[0].mean() for time in ("day", "night"))
    assert night < 0.75 * day


@pytest.mark.parametrize("name", ["warehouse-day", "courtyard-night"])
def test_a_shipped_plate_is_what_the_renderer_makes(name):
    """`python -m recorder.simulate.scenes` makes the plates anew."""
    width, height = 192, 108
    shipped, fresh = plate.load(name).resized(width, height), scene(name).rendered(width, height)
    for one, other in ((shipped.picture, fresh.picture), (shipped.shaded, fresh.shaded)):
        off = np.abs(one.astype(float) - other)
        assert off.mean() < 7
        assert np.percentile(off, 95) < 40
    near = fresh.depth < 60
    assert np.median(np.abs(shipped.depth[near] / fresh.depth[near] - 1)) < 0.03


def test_every_scene_ships_its_plate():
    for name in SCENES:
        assert plate.load(name).picture.shape == (plate.HEIGHT, plate.WIDTH, 3)


def test_a_plate_survives_being_written_and_read(tmp_path, monkeypatch):
    rng = np.random.default_rng(1)
    picture = np.full((40, 60, 3), (30, 120, 200), np.uint8)
    shaded = (picture * 0.5).astype(np.uint8)
    depth = np.repeat(np.repeat(rng.uniform(1, 100, (20, 30)), 2, 0), 2, 1).astype(np.float32)
    monkeypatch.setattr(plate, "PLACE", tmp_path / "plates")
    plate.save("x", plate.Plate(picture, shaded, depth))
    read = plate.load("x")
    assert np.abs(read.picture.astype(int) - picture).max() < 12
    assert np.abs(read.shaded.astype(int) - shaded).max() < 12
    assert np.abs(read.depth / depth - 1).max() < 0.025
    assert plate.load("y") is None


def test_an_unknown_scene_is_told():
    for name in ("beach-day", "warehouse", "warehouse-noon"):
        with pytest.raises(NotFound):
            scene(name)


def test_a_way_is_walked_at_an_even_pace_and_faces_where_it_goes():
    route = Route(((10, 0, 0), (20, 0, 12), (22, 0, 12), (30, 8, 20)))
    assert route.at(9.9) is None
    assert route.at(30.1) is None
    walking, standing, turned = (route.at(second) for second in (15, 21, 26))
    assert walking.speed == pytest.approx(1.2, abs=0.02)
    assert standing.speed < 0.1
    assert (round(walking.heading_deg), round(turned.heading_deg)) == (0, 45)
    assert route.at(30).gone_m == pytest.approx(12 + 8 * 2**0.5, abs=0.8)


def test_the_bench_film_is_too_much_for_its_bit_rate():
    film = open_film(ClipSpec("bench", Codec.H264, 64, 48, 25, 1, 50, 150))
    assert isinstance(film, NoiseFilm)
    pictures = [film.picture(number).copy() for number in range(3)]
    assert all(np.abs(one.astype(int) - two).mean() > 5 for one, two in pairwise(pictures))
