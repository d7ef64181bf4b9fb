"""Sources of frames: video files, cameras and network streams."""

from __future__ import annotations

import os

# FFmpeg writes to the terminal when a stream does not answer; the fault is in our error.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
