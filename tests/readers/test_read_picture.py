"""Pictures: polarity, panels, pairs, depth, colour, size of a pixel, refusals."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from uptake_ml.errors import NotAStudyError, ReadError
from uptake_ml.readers import find_studies, open_study
from uptake_ml.readers.body_size import find_body
from uptake_ml.readers.file_kind import view_in_name
from uptake_ml.readers.margin import clear_margin
from uptake_ml.study import GREY_LEVEL


def to_levels(counts: np.ndarray) -> np.ndarray:
    return np.clip(counts * 3, 0, 255).astype(np.uint8)


@pytest.fixture
def levels(bodies):
    return [to_levels(body) for body in bodies]


@pytest.fixture
def save(tmp_path):
    def write(name, pixels, **options):
        path = tmp_path / name
        Image.fromarray(pixels).save(path, **options)
        return path

    return write


def test_one_view_keeps_its_pixels_and_says_what_was_assumed(save, levels):
    study = open_study(save("scan.png", levels[0]))
    view = study.views["anterior"]
    np.testing.assert_array_equal(view.pixels, levels[0].astype(float) - levels[0].min())
    assert view.unit == GREY_LEVEL and view.is_spacing_estimated
    assert view.spacing_mm == pytest.approx((8.5, 8.5), rel=0.05)
    for words in ("taken to be a bone-scan", "taken to be anterior", "body height"):
        assert any(words in note for note in study.notes), words
    assert study.files[0].name == "file-1.png"


def test_dark_on_light_gives_the_same_image(save, levels):
    light = open_study(save("a.png", levels[0])).views["anterior"].pixels
    dark = open_study(save("b.png", 255 - levels[0])).views["anterior"].pixels
    np.testing.assert_array_equal(light, dark)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
def test_two_bodies_side_by_side_are_two_views(save, levels, suffix):
    study = open_study(save(f"both.{suffix}", np.hstack(levels)))
    assert list(study.views) == ["anterior", "posterior"]
    for view, panel in zip(study.views.values(), levels, strict=True):
        assert view.pixels.shape == panel.shape
        np.testing.assert_array_equal(view.pixels, panel)
    assert any("left one was taken to be anterior" in note for note in study.notes)


def test_a_frame_around_each_view_does_not_hide_the_bodies(save, levels):
    framed = [level.copy() for level in levels]
    for level in framed:
        level[:2], level[-2:], level[:, :2], level[:, -2:] = 255, 255, 255, 255
    study = open_study(save("both.png", np.hstack(framed)))
    assert len(study.views) == 2
    assert study.views["anterior"].spacing_mm[0] == pytest.approx(8.5, rel=0.05)


MARGINS = {
    "page": (1, lambda image: np.pad(image, 40, constant_values=255)),
    "dark page": (-1, lambda image: np.pad(image, 40, constant_values=0)),
    "grey": (1, lambda image: np.pad(image, 12, constant_values=128)),
    "one side": (1, lambda image: np.pad(image, ((0, 0), (0, 40)), constant_values=255)),
    "page and frame": (
        1,
        lambda image: np.pad(np.pad(image, 2, constant_values=0), 30, constant_values=255),
    ),
}


@pytest.mark.parametrize("suffix", ["png", "jpg"])
@pytest.mark.parametrize("case", MARGINS)
@pytest.mark.parametrize("count", [1, 2])
def test_a_plain_margin_is_background(save, levels, case, count, suffix):
    sign, add_margin = MARGINS[case]
    image = np.hstack(levels[:count])
    image = image if sign > 0 else 255 - image
    plain = open_study(save(f"plain.{suffix}", image)).views
    study = open_study(save(f"margin.{suffix}", add_margin(image)))
    assert len(study.views) == count and any("margin" in note for note in study.notes)
    for view, bare in zip(study.views.values(), plain.values(), strict=True):
        assert view.spacing_mm[0] == pytest.approx(bare.spacing_mm[0], rel=0.03)
        assert np.median(view.pixels) < 10
        np.testing.assert_allclose(np.ptp(view.pixels), np.ptp(bare.pixels), rtol=0.1)


def test_a_body_on_a_plain_ground_has_no_margin():
    figure = np.zeros((200, 100), np.float32)
    figure[10:190, 20:80] = 120
    figure[10:60, 20:30] = figure[10:60, 70:80] = 0
    for image in (figure, 120 - figure):
        cleared, has_margin = clear_margin(image)
        assert not has_margin and cleared is image


@pytest.mark.parametrize("cut", [slice(0, 150), slice(40, None), slice(30, 160)])
def test_a_body_that_is_cut_off_is_measured_across_and_said(save, bodies, cut):
    # The figure is 44 columns broad.
    study = open_study(save("cut.png", to_levels(bodies[0])[cut]))
    assert study.views["anterior"].spacing_mm[0] == pytest.approx(520 / 44, rel=0.1)
    assert any("cut off" in note for note in study.notes)
    assert not any("body height" in note for note in study.notes)


def test_of_a_pair_the_body_that_is_whole_is_measured(save, tmp_path, levels):
    save("x_ANT.png", levels[0])
    save("x_POST.png", levels[1][:180])
    study = open_study(tmp_path)
    for view in study.views.values():
        assert view.spacing_mm[0] == pytest.approx(8.5, rel=0.05)
    assert not any("cut off" in note for note in study.notes)


def test_where_no_body_is_seen_the_image_stands_for_it_and_it_is_said(save):
    image = np.zeros((200, 80), np.uint8)
    image[90:110, 35:45] = 200
    study = open_study(save("spot.png", image))
    assert study.views["anterior"].spacing_mm[0] == pytest.approx(8.5, rel=0.01)
    assert any("no whole body was made out" in note for note in study.notes)


def test_one_body_in_a_wide_picture_is_one_view(save, levels):
    wide = np.pad(levels[0], ((0, 0), (60, 60)))
    assert list(open_study(save("wide.png", wide)).views) == ["anterior"]


def test_legs_apart_do_not_make_two_views(save):
    figure = np.zeros((200, 100), np.uint8)
    figure[10:30, 45:55] = 120
    figure[30:70, 25:75] = 120
    figure[70:190, 25:36] = 100
    figure[70:190, 64:75] = 100
    assert len(open_study(save("legs.png", figure)).views) == 1


@pytest.mark.parametrize(
    "names",
    [("x_ANT", "x_POST"), ("x_anterior", "x_posterior"), ("X-Ant", "x-post"), ("ANT", "POST")],
)
def test_a_pair_is_one_study(save, tmp_path, levels, names):
    for name, image in zip(names, levels, strict=True):
        save(f"{name}.png", image)
    (source,) = find_studies([tmp_path], None)
    study = open_study(source)
    np.testing.assert_array_equal(study.views["posterior"].pixels, levels[1])
    assert study.views["anterior"].spacing_mm == study.views["posterior"].spacing_mm
    assert not any("anterior" in note for note in study.notes)


def test_words_in_names():
    assert view_in_name("WB_POST") == view_in_name("a posterior view") == "posterior"
    assert view_in_name("x-ANT") == view_in_name("Anterior") == "anterior"
    for name in ("antenna", "outpost", "poster", "ANT_POST", "3h post injection", ""):
        assert view_in_name(name) is None


@pytest.mark.parametrize("depth", [np.uint16, np.int32, np.float32])
def test_deep_greys_keep_their_steps(save, bodies, depth):
    pixels = (bodies[0].astype(float) * 300).astype(depth)
    suffix = "tif" if depth is not np.uint16 else "png"
    view = open_study(save(f"deep.{suffix}", pixels)).views["anterior"]
    np.testing.assert_array_equal(view.pixels, pixels.astype(np.float32))


def test_grey_in_colours_is_grey_and_colour_is_noted(save, levels):
    grey = np.dstack([levels[0]] * 3)
    study = open_study(save("grey.png", grey))
    np.testing.assert_array_equal(study.views["anterior"].pixels, levels[0])
    assert not any("colour" in note for note in study.notes)
    grey[30:60, 20:40, 0] = 255
    assert any("colour" in note for note in open_study(save("red.png", grey)).notes)


def test_resolution_tags_are_not_trusted(save, levels):
    study = open_study(save("dpi.png", levels[0], dpi=(25, 25)))
    assert study.views["anterior"].spacing_mm[0] == pytest.approx(8.5, rel=0.05)


def test_modality_of_the_user_is_taken_and_no_note_made(save, levels):
    study = open_study(save("scan.png", levels[0]), modality="fdg-pet")
    assert study.modality == "fdg-pet"
    assert not any("does not say" in note for note in study.notes)


def test_letters_and_frames_are_no_body(levels):
    image = levels[0].astype(np.float32)
    image[4:12, 2:10] = 255
    image[:, :2] = 255
    body = find_body(image)
    rows = np.flatnonzero(body.any(axis=1))
    assert abs(int(rows[0]) - 20) <= 3 and abs(int(rows[-1]) - 219) <= 3


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind, data):
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def tiff_of_two() -> bytes:
    stream = io.BytesIO()
    pages = [Image.new("L", (64, 200), level) for level in (1, 2)]
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:])
    return stream.getvalue()


def png_of(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


REFUSED = {
    "bomb": (png_claiming(9000, 9000), "16 megapixels, found 9000 x 9000"),
    "some 100 kB": (png_claiming(4097, 4096), "16 megapixels, found 4096 x 4097"),
    "huge bomb": (png_claiming(2**30, 2**30), "damaged|megapixels"),
    "tiny": (png_of(Image.new("L", (8, 8), 3)), "at least 64 x 16 pixels, found 8 x 8"),
    "flat": (png_of(Image.new("L", (64, 200), 3)), "shows nothing"),
    "text": (b"Dear colleague, ...", "damaged"),
    "pages": (tiff_of_two(), "one picture, found 2"),
    "empty": (b"", "empty"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_one_sentence(tmp_path, case):
    content, message = REFUSED[case]
    path = tmp_path / "x.png"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=message) as caught:
        open_study(path)
    assert isinstance(caught.value, NotAStudyError) == (case == "pages")
    assert "\n" not in str(caught.value) and str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("number", ["020", "061", "111", "301", "318"])
def test_real_pictures_give_the_same_views_in_one_file_or_two(real_folder, number):
    both = open_study(real_folder / f"bs80k_{number}.png")
    assert not any("margin" in note or "cut off" in note for note in both.notes)
    files = [real_folder / f"bs80k_{number}_{view}.png" for view in ("ANT", "POST")]
    (source,) = find_studies(files, None)
    pair = open_study(source)
    for name, view in pair.views.items():
        np.testing.assert_array_equal(both.views[name].pixels, view.pixels)
        assert 4.2 < view.spacing_mm[0] < 7.5


@pytest.mark.parametrize("number", ["020", "061", "111", "301", "318"])
def test_a_real_body_cut_at_the_knees_keeps_its_pixel_size(real_folder, save, number):
    path = real_folder / f"bs80k_{number}_ANT.png"
    whole = open_study(path).views["anterior"]
    cut = open_study(save("cut.png", np.asarray(Image.open(path).convert("L"))[:150]))
    spacing_mm = cut.views["anterior"].spacing_mm[0]
    assert spacing_mm == pytest.approx(whole.spacing_mm[0], rel=0.12)


@pytest.mark.parametrize("is_dark_on_light", [False, True])
def test_a_picture_of_an_fdg_pet_is_one_anterior_projection(save, levels, is_dark_on_light):
    # Two bodies wide: of a bone scan these would be two views.
    both = np.hstack(levels)
    path = save("mip.png", 255 - both if is_dark_on_light else both)
    study = open_study(path, modality="fdg-pet")
    assert study.modality == "fdg-pet" and study.volume is None
    assert list(study.views) == ["anterior"]
    view = study.views["anterior"]
    assert view.unit == GREY_LEVEL and view.is_spacing_estimated
    np.testing.assert_array_equal(view.pixels, both.astype(float) - both.min())
    assert len(open_study(path).views) == 2


def test_a_posterior_picture_of_an_fdg_pet_is_refused(save, levels):
    with pytest.raises(NotAStudyError, match="its name says posterior"):
        open_study(save("x_POST.png", levels[0]), modality="fdg-pet")
