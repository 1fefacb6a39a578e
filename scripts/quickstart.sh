#!/usr/bin/env bash
# From nothing to a trained walking policy from a real video: environment, assets, `sfv run demo_video`.
# Running it again does only what is not done yet. Arguments are passed on to `sfv run`.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh

setup_environment
say "fetching the pose networks and the demo video"
timed download .venv/bin/sfv fetch pose_detection pose_landmark_full demo_video
say "the main job: the woman's walk in the demo video becomes a walking policy"
timed run .venv/bin/sfv run demo_video --out runs/demo "$@"
say "done: runs/demo/report.md and runs/demo/side_by_side.mp4"
