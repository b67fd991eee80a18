"""Animations can be opened by others and show what was given."""

import numpy as np
import pytest
from PIL import Image

from engine.errors import EngineError
from engine.output.animation import write_gif


def picture(grey: int, height: int = 30, width: int = 40) -> np.ndarray:
    """White with a square."""
    pixels = np.full((height, width, 3), 255, dtype=np.uint8)
    pixels[5:20, 10:25] = (grey, 0, 200)
    return pixels


def opened(path):
    """The pictures of a file and how long each is shown, in ms."""
    found = []
    with Image.open(path) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append((np.asarray(image.convert("RGB")), image.info["duration"]))
        return found, image.info["loop"]


def test_that_every_picture_is_there_for_its_time(tmp_path):
    given = [picture(grey) for grey in range(0, 250, 10)]
    write_gif(tmp_path / "film.gif", iter(given), 40)
    found, loop = opened(tmp_path / "film.gif")
    assert loop == 0
    assert [shown for _, shown in found] == [40] * 25
    for (pixels, _), expected in zip(found, given, strict=True):
        np.testing.assert_array_equal(pixels, expected)


def test_that_pictures_that_are_equal_are_shown_for_longer(tmp_path):
    write_gif(tmp_path / "film.gif", iter([picture(0), picture(0), picture(9)]), 100)
    found, _ = opened(tmp_path / "film.gif")
    assert [shown for _, shown in found] == [200, 100]


def test_that_a_film_that_breaks_off_leaves_the_old_file_alone(tmp_path):
    def breaking():
        yield picture(0)
        raise KeyboardInterrupt

    (tmp_path / "film.gif").write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        write_gif(tmp_path / "film.gif", breaking(), 40)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("film.gif", b"old")]


def test_that_a_folder_that_is_not_there_is_told_in_a_sentence(tmp_path):
    with pytest.raises(EngineError, match=r"film\.gif could not be written") as refused:
        write_gif(tmp_path / "missing" / "film.gif", iter([picture(0), picture(1)]), 40)
    assert refused.value.hint


def test_that_no_pictures_make_no_file(tmp_path):
    with pytest.raises(EngineError, match="no picture"):
        write_gif(tmp_path / "film.gif", iter([]), 40)
