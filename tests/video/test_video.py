"""Videos: written, read, cut, turned, damaged."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from sfv.errors import SfvError, VideoError
from sfv.video import open_video, write_video


def gray_frames(count, width=64, height=48):
    """Frame k has brightness 40 + 5 k, so that a frame says which one it is."""
    return [np.full((height, width, 3), 40 + 5 * k, np.uint8) for k in range(count)]


def numbers(video):
    return [round((float(frame.mean()) - 40) / 5) for frame in video]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".avi", ".mkv"])
def test_frames_come_back_in_order_and_more_than_once(tmp_path, suffix):
    write_video(tmp_path / f"a{suffix}", gray_frames(20), 25)
    video = open_video(tmp_path / f"a{suffix}")
    assert (video.fps, video.size, len(video)) == (pytest.approx(25, rel=1e-3), (64, 48), 20)
    assert numbers(video) == list(range(20))
    assert numbers(video) == list(range(20))


def test_frames_are_contiguous_rgb_of_any_width(tmp_path):
    image = np.zeros((54, 86, 3), np.uint8)
    image[:, :40] = (200, 30, 30)
    write_video(tmp_path / "a.mp4", [image] * 3, 30)
    frame = next(iter(open_video(tmp_path / "a.mp4")))
    assert frame.shape == image.shape
    assert frame.dtype == np.uint8
    assert frame.flags.c_contiguous
    assert np.abs(frame[10:40, 5:30].astype(int) - (200, 30, 30)).max() < 12


def test_odd_sizes_are_padded(tmp_path):
    write_video(tmp_path / "a.mp4", gray_frames(3, 33, 21), 30)
    assert open_video(tmp_path / "a.mp4").size == (34, 22)


def test_cut_in_seconds(tmp_path):
    write_video(tmp_path / "a.mp4", gray_frames(40), 20)
    video = open_video(tmp_path / "a.mp4", start=0.5, stop=1.25)
    assert (video.first_frame, len(video)) == (10, 15)
    assert numbers(video) == list(range(10, 25))
    with pytest.raises(VideoError, match=r"lasts 2\.00 s"):
        open_video(tmp_path / "a.mp4", start=3.0)


def write_with_times(path, times_ms, rotation=None):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", 30, {"crf": "10", "x264-params": "bframes=0"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for image, time in zip(gray_frames(len(times_ms)), times_ms):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def test_variable_rate_is_resampled_to_the_typical_one(tmp_path):
    times = [0, 40, 80, 120, 320, 360, 400, 440, 480]  # five frames were dropped
    write_with_times(tmp_path / "a.mkv", times)
    video = open_video(tmp_path / "a.mkv")
    assert video.fps == pytest.approx(25)
    assert numbers(video) == [0, 1, 2, 3, 3, 3, 4, 4, 4, 5, 6, 7, 8]
    assert len(video) == 13


def test_rounded_time_stamps_are_not_resampled(tmp_path):
    write_with_times(tmp_path / "a.mkv", [round(1000 * k / 30) for k in range(30)])
    video = open_video(tmp_path / "a.mkv")
    assert video.fps == pytest.approx(30, rel=0.01)
    assert numbers(video) == list(range(30))


def test_raw_stream_has_no_times(tmp_path):
    write_video(tmp_path / "a.mp4", gray_frames(12), 24)
    with av.open(str(tmp_path / "a.mp4")) as source, av.open(str(tmp_path / "a.h264"), "w", format="h264") as raw:
        stream = raw.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                raw.mux(packet)
    video = open_video(tmp_path / "a.h264")
    assert numbers(video) == list(range(12))
    assert 10 < video.fps < 60


def test_folder_of_images_in_natural_order(tmp_path):
    for k, image in enumerate(gray_frames(12)):
        cv2.imwrite(str(tmp_path / f"frame{k}.png"), image)
    (tmp_path / "notes.txt").write_text("not a frame")
    assert open_video(tmp_path).fps == 30
    video = open_video(tmp_path, start=0.2, fps=10)
    assert numbers(video) == list(range(2, 12))
    assert video.first_frame == 2


def test_folder_with_images_of_two_sizes(tmp_path):
    cv2.imwrite(str(tmp_path / "0.png"), gray_frames(1)[0])
    cv2.imwrite(str(tmp_path / "1.png"), gray_frames(1, 32)[0])
    with pytest.raises(VideoError, match="one size"):
        list(open_video(tmp_path))


def test_broken_image(tmp_path):
    (tmp_path / "0.png").write_bytes(b"no image")
    with pytest.raises(VideoError, match=r"0\.png is not a readable image"):
        open_video(tmp_path)


def test_what_is_no_video(tmp_path):
    with pytest.raises(VideoError, match="does not exist"):
        open_video(tmp_path / "missing.mp4")
    with pytest.raises(VideoError, match="holds no image"):
        open_video(tmp_path)
    (tmp_path / "text.mp4").write_text("this is text\n" * 100)
    with pytest.raises(VideoError, match="not a readable video"):
        open_video(tmp_path / "text.mp4")
    (tmp_path / "empty.mp4").write_bytes(b"")
    with pytest.raises(VideoError, match="not a readable video"):
        open_video(tmp_path / "empty.mp4")


def test_sound_only(tmp_path):
    with av.open(str(tmp_path / "a.wav"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(VideoError, match="no video stream"):
        open_video(tmp_path / "a.wav")


def test_truncated_without_its_index(tmp_path):
    """The index of an ordinary mp4 lies at its end: nothing can be read."""
    write_video(tmp_path / "a.mp4", gray_frames(40), 30)
    whole = (tmp_path / "a.mp4").read_bytes()
    (tmp_path / "a.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(VideoError, match=r"not a readable video.*copy it again"):
        open_video(tmp_path / "a.mp4")


def noise_video(path):
    """40 noisy frames with the index in front, as cameras and web sites write it."""
    rng = np.random.default_rng(0)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", 20, {"crf": "10"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(40):
            image = rng.integers(0, 255, (48, 64, 3), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())


def test_truncated_with_its_index_in_front(tmp_path):
    noise_video(tmp_path / "a.mp4")
    whole = (tmp_path / "a.mp4").read_bytes()
    (tmp_path / "a.mp4").write_bytes(whole[: len(whole) * 6 // 10])
    video = open_video(tmp_path / "a.mp4")
    assert 20 <= len(video) <= 25
    assert any(f"{len(video)} of 40 pictures are there" in word for word in video.words)
    assert len(list(video)) == len(video)
    assert len(list(open_video(tmp_path / "a.mp4", stop=0.5))) == 10


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_is_applied(tmp_path, degrees):
    image = np.zeros((48, 64, 3), np.uint8)
    image[:16, :16] = 255  # top left corner
    write_video(tmp_path / "a.mp4", [image] * 3, 30)
    data = bytearray((tmp_path / "a.mp4").read_bytes())
    cos, sin = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    matrix = np.array([cos, sin, 0, -sin, cos, 0, 0, 0, 0x4000], float) * 0x10000
    at = data.index(b"tkhd") + 4 + 40  # the track header's display matrix, 16.16 fixed point
    data[at : at + 36] = matrix.astype(">i4").tobytes()
    (tmp_path / "a.mp4").write_bytes(bytes(data))
    video = open_video(tmp_path / "a.mp4")
    bright = next(iter(video)).mean(-1) > 128
    rows, columns = np.nonzero(bright)
    turned_clockwise = {90: (64, 48, "right", "top"), 180: (48, 64, "right", "bottom"), 270: (64, 48, "left", "bottom")}
    height, width, across, down = turned_clockwise[degrees]
    assert video.size == (width, height)
    assert (columns.mean() > width / 2) == (across == "right")
    assert (rows.mean() > height / 2) == (down == "bottom")


def test_write_refuses(tmp_path):
    with pytest.raises(VideoError, match="no frame"):
        write_video(tmp_path / "a.mp4", [], 30)
    with pytest.raises(VideoError, match="differ in size"):
        write_video(tmp_path / "a.mp4", [*gray_frames(1), *gray_frames(1, 32)], 30)
    with pytest.raises(VideoError, match="does not end like a video"):
        write_video(tmp_path / "a.txt", gray_frames(1), 30)
    (tmp_path / "file").write_text("")
    with pytest.raises(SfvError, match="cannot write"):
        write_video(tmp_path / "file" / "a.mp4", gray_frames(1), 30)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_interrupted_writing_leaves_nothing(tmp_path):
    def frames():
        yield from gray_frames(5)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_video(tmp_path / "a.mp4", frames(), 30)
    assert list(tmp_path.iterdir()) == []
