"""Videos in and out: RGB frames at one constant rate from a video file, an image or a folder of images; H.264 files out."""

from sfv.video.images import image_files
from sfv.video.opening import open_video, reopen
from sfv.video.video import Video
from sfv.video.writing import write_video

__all__ = ["Video", "image_files", "open_video", "reopen", "write_video"]
