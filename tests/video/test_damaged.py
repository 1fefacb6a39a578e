"""Damaged and cut films, and files that are none: what is there is used and told, what is not is one sentence."""

import os
import re
from contextlib import suppress

import av
import numpy as np
import pytest
from numbered_films import numbers_in, write_film, write_images

from sfv.errors import VideoError
from sfv.video import open_video


def packets_of(path):
    """Place and length in the file of every packet, in the order of decoding."""
    with av.open(str(path)) as container:
        return [(packet.pos, packet.size) for packet in container.demux(container.streams.video[0]) if packet.size]


def damage(path, wanted):
    content = bytearray(path.read_bytes())
    packets = packets_of(path)
    for number in wanted:
        at, length = packets[number]
        content[at : at + length] = bytes(np.random.default_rng(number).integers(0, 256, length, np.uint8))
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["a.mp4", "a.avi"])
def test_packets_that_do_not_decode_are_left_out_and_counted(tmp_path, name):
    path = write_film(tmp_path / name, range(40), codec="mjpeg", pixels="yuvj420p")
    damage(path, [7, 8, 20, 39])
    video = open_video(path)
    assert any("4 of its 40 pictures are damaged" in word for word in video.words)
    assert np.flatnonzero(video.held).tolist() == [7, 8, 20, 39]
    numbers = np.array(numbers_in(video))
    assert numbers[~video.held].tolist() == [number for number in range(40) if number not in (7, 8, 20, 39)]
    assert len(video) == 40


def test_damage_in_the_middle_of_frames_that_depend_on_each_other(tmp_path):
    path = write_film(tmp_path / "a.mp4", range(60), options={"g": "10", "bf": "2"})
    damage(path, [11, 12, 13, 14])
    video = open_video(path)
    assert len(video) == len(list(video)) == 60
    assert 0 < video.held.sum() < 12
    assert numbers_in(video.at(np.arange(20, 60))) == list(range(20, 60))


def test_a_cut_webm_says_how_much_is_there(tmp_path):
    path = write_film(tmp_path / "a.webm", range(60), codec="libvpx-vp9", options={"g": "10"})
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 6 // 10])
    video = open_video(path)
    assert 10 < len(video) < 55
    told = re.search(r"cut: (\d+) of (\d+) pictures are there, ([\d.]+) s of ([\d.]+) s", video.words[0])
    assert told is not None
    assert int(told[1]) == len(video)
    assert int(told[2]) == pytest.approx(60, abs=1)
    assert float(told[4]) == pytest.approx(2.0, abs=0.05)


def test_whole_films_are_not_called_cut(tmp_path):
    """A sound that goes on longer than the pictures is usual."""
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        film = container.add_stream("libx264", 30)
        film.width, film.height, film.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=8000)
        for _ in range(15):
            container.mux(film.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")))
        container.mux(film.encode())
        for _ in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
            frame.sample_rate = 8000
            container.mux(sound.encode(frame))
    assert open_video(tmp_path / "a.mkv").words == ()


def test_titles_of_any_encoding(tmp_path):
    for name in ("a.mp4", "a.avi", "a.mkv"):
        path = write_film(tmp_path / name, range(6), title="TITLE-OF-IT")
        content = path.read_bytes()
        assert b"TITLE-OF-IT" in content
        path.write_bytes(content.replace(b"TITLE-OF-IT", b"\xe9t\xe9 \xc3\x28 \xff\xfe!!"))
        assert numbers_in(open_video(path)) == list(range(6))


def test_names_that_are_no_unicode(tmp_path):
    path = write_film(tmp_path / "a.mp4", range(6))
    strange = path.rename(tmp_path / os.fsdecode(b"\xe9t\xe9.mp4"))
    assert numbers_in(open_video(strange)) == list(range(6))


def test_names_that_mean_something_to_libraries(tmp_path):
    for name in ("http:a.mp4", "concat:a.mp4|b.mp4", "%03d.mp4", "-i.mp4", "pipe:0"):
        path = write_film(tmp_path / "a.mp4", range(4))
        path.rename(tmp_path / name)
        assert numbers_in(open_video(tmp_path / name)) == list(range(4))


@pytest.mark.parametrize("name", ["list.m3u8", "list.mp4", "list.txt"])
def test_lists_of_other_files_open_none_of_them(tmp_path, name):
    secret = write_film(tmp_path / "secret.mp4", range(4))
    lists = {
        "list.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://{secret}\n#EXT-X-ENDLIST\n",
        "list.mp4": f"ffconcat version 1.0\nfile {secret}\nfile secret.mp4\n",
        "list.txt": f"file '{secret}'\n",
    }
    (tmp_path / name).write_text(lists[name])
    with pytest.raises(VideoError, match="not a readable video"):
        open_video(tmp_path / name)


def test_pipes_and_devices_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path / "pipe.mp4", "/dev/zero"):
        with pytest.raises(VideoError, match="a pipe, a device or a socket"):
            open_video(path)


def test_music_with_a_cover_is_no_film(tmp_path):
    with av.open(str(tmp_path / "a.mp3"), "w") as container:
        sound = container.add_stream("libmp3lame", rate=44100)
        cover = container.add_stream("mjpeg", 1)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        container.mux(cover.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")))
        container.mux(cover.encode())
        for _ in range(10):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 2304), np.int16), format="s16", layout="stereo")
            frame.sample_rate = 44100
            container.mux(sound.encode(frame))
        container.mux(sound.encode())
    with pytest.raises(VideoError, match="no video stream"):
        open_video(tmp_path / "a.mp3")


@pytest.mark.parametrize("seed", range(4))
def test_wrong_bytes_end_as_a_sentence_or_a_film(tmp_path, seed):
    random = np.random.default_rng(seed)
    for name, codec in (("a.mp4", "libx264"), ("a.webm", "libvpx-vp9"), ("a.avi", "mpeg4")):
        path = write_film(tmp_path / name, range(10), codec=codec)
        content = np.frombuffer(path.read_bytes(), np.uint8).copy()
        for _ in range(12):
            broken = content.copy()
            broken[random.integers(0, len(content), 30)] = random.integers(0, 256, 30, np.uint8)
            path.write_bytes(broken[: random.integers(1, len(content) + 1)].tobytes())
            with suppress(VideoError):
                video = open_video(path)
                assert len(list(video)) == len(video)


def test_an_image_larger_than_what_is_read(tmp_path):
    folder = write_images(tmp_path / "a", range(3))
    content = bytearray((folder / "1.png").read_bytes())
    content[16:24] = (100_000).to_bytes(4, "big") * 2
    (folder / "1.png").write_bytes(content)
    video = open_video(folder)
    assert np.flatnonzero(video.held).tolist() == [1]
    assert any("1 of its 3 pictures" in word for word in video.words)
    (folder / "0.png").unlink()
    (folder / "2.png").unlink()
    with pytest.raises(VideoError, match=r"1\.png has pictures of 100000x100000"):
        open_video(folder)
