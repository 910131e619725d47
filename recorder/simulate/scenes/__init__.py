"""What simulated cameras look at: each scene is one file that builds it by day and by night."""

from functools import lru_cache

from recorder.client.errors import NotFound
from recorder.simulate.scenes import car_park, courtyard, shop_street, warehouse
from recorder.simulate.scenes.scene import Scene, SceneFilm

_BUILDERS = {
    "shop-street": shop_street.scene,
    "car-park": car_park.scene,
    "warehouse": warehouse.scene,
    "courtyard": courtyard.scene,
}


@lru_cache(4)
def scene(name: str) -> Scene:
    """Give a scene by name, such as `car-park-night`; raises `NotFound`."""
    place, _, time = name.rpartition("-")
    if place not in _BUILDERS or time not in {"day", "night"}:
        raise NotFound(what=f"scene {name}")
    return _BUILDERS[place](night=time == "night")


def open_scene(name: str, width: int, height: int, frames_per_s: int, frames: int) -> SceneFilm:
    """Make the film of a scene; raises `NotFound`."""
    return SceneFilm(scene(name), width, height, frames_per_s, frames)
