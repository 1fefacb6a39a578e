"""Films of many containers, codecs and pixels: every picture is read, in order, and says its number."""

import pytest
from numbered_films import numbered_picture, numbers_in, write_film, write_images

from sfv.errors import VideoError
from sfv.video import open_video

COUNT = 24
X265 = {"x265-params": "log-level=none"}
KINDS = {
    "vp9.webm": {"codec": "libvpx-vp9"},
    "hidden_packets.webm": {"codec": "libvpx", "options": {"auto-alt-ref": "1", "lag-in-frames": "16", "b": "300k"}},
    "alpha.webm": {"codec": "libvpx-vp9", "pixels": "yuva420p"},
    "h264.ts": {"container": "mpegts"},
    "mpeg2.mpg": {"codec": "mpeg2video", "container": "mpeg", "options": {"b": "3M"}},
    "b_frames.avi": {"codec": "mpeg4", "options": {"bf": "2", "b": "3M"}},
    "ten_bits.mp4": {"codec": "libx265", "pixels": "yuv420p10le", "options": X265},
    "gray.mp4": {"pixels": "gray"},
    "gray16.mkv": {"codec": "ffv1", "pixels": "gray16le"},
    "rgba.mov": {"codec": "qtrle", "pixels": "argb"},
    "palette.gif": {"codec": "gif", "pixels": "rgb8", "fps": 25},
    "moving.apng": {"codec": "apng", "pixels": "rgba"},
    "odd.mp4": {"pixels": "yuv444p", "size": (129, 97)},
    "without_length.mkv": {"mux": {"live": "1"}},
    "fragments.mp4": {"mux": {"movflags": "frag_keyframe+empty_moov"}},
    "raw.h264": {"container": "h264"},
    "raw.hevc": {"codec": "libx265", "container": "hevc", "options": X265},
}


@pytest.mark.parametrize("name", KINDS)
def test_every_picture_of_every_kind(tmp_path, name):
    kind = {"fps": 30, **KINDS[name]}
    path = write_film(tmp_path / name, range(COUNT), **kind)
    video = open_video(path)
    assert numbers_in(video) == list(range(COUNT))
    assert not video.held.any()
    assert video.size == kind.get("size", (128, 96))
    if not name.startswith("raw"):
        assert video.fps == pytest.approx(kind["fps"], rel=0.01)
        assert video.words == ()
    half = open_video(path, start=(COUNT // 2) / video.fps)
    assert numbers_in(half) == list(range(COUNT // 2, COUNT))
    assert half.first_frame == COUNT // 2


def test_a_raw_stream_states_no_rate(tmp_path):
    video = open_video(write_film(tmp_path / "raw.h264", range(8), container="h264"))
    assert "states no rate" in video.words[0]
    assert open_video(tmp_path / "raw.h264", fps=50).words == ()


def test_one_picture(tmp_path):
    video = open_video(write_film(tmp_path / "one.mp4", [7]))
    assert numbers_in(video) == [7]


def test_an_image_is_a_film_of_one_picture_whatever_its_name(tmp_path):
    write_images(tmp_path / "a", [9])
    (tmp_path / "a" / "9.png").rename(tmp_path / "photo.mp4")
    video = open_video(tmp_path / "photo.mp4")
    assert numbers_in(video) == [9]


def test_interlaced_is_told(tmp_path):
    options = {"x264-params": "interlaced=1:tff=1"}
    video = open_video(write_film(tmp_path / "i.mp4", range(8), options=options))
    assert any("interlaced" in word for word in video.words)


def test_a_stream_whose_pictures_change_their_size(tmp_path):
    first = write_film(tmp_path / "a.ts", range(10), container="mpegts")
    second = write_film(
        tmp_path / "b.ts",
        range(10, 20),
        size=(192, 144),
        container="mpegts",
        times_ms=[round(k / 0.03) for k in range(10, 20)],
    )
    (tmp_path / "switch.ts").write_bytes(first.read_bytes() + second.read_bytes())
    video = open_video(tmp_path / "switch.ts")
    assert {frame.shape for frame in video} == {(96, 128, 3)}
    assert {*range(10), *range(12, 20)} <= set(numbers_in(video))
    assert any("128x96, 192x144" in word for word in video.words)


def test_a_size_beyond_what_is_read_is_refused_before_it_is_decoded(tmp_path):
    path = write_film(tmp_path / "a.gif", range(3), codec="gif", pixels="rgb8", fps=25)
    content = bytearray(path.read_bytes())
    content[6:10] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    with pytest.raises(VideoError, match=r"65535x65535|can be decoded"):
        open_video(path)


def test_the_helper_tells_numbers_apart():
    assert numbers_in(numbered_picture(number) for number in (0, 1, 85, 254)) == [0, 1, 85, 254]
