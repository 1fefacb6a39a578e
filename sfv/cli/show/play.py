"""``sfv play``: a trained skill, live in a window, or as a video where there is none."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.ranges import Checked, PositiveSeconds, Seconds
from sfv.render.config import LiveConfig, RenderConfig
from sfv.skills.config import Direction, PlayConfig

if TYPE_CHECKING:
    from sfv.skills.player import Player


COMMON = (
    "speed",
    "push_newtons",
    "push_seconds",
    "fall_seconds",
    "hold_seconds",
    "video.forces",
    "video.ghost",
)
"""Settings that the short help shows too."""


@dataclass(frozen=True)
class PlayArguments(Checked):
    """Play a skill that comes with sfv, or a run folder: in a window, where it can be pushed about, or into a video.

    Without a name the skills are listed. Without a display, or with --output, a video is written.
    """

    skill: Annotated[str | None, tyro.conf.Positional] = None
    """Name of a skill (walk, backflip ...), or a run folder that `sfv train` or `sfv run` wrote."""
    character: str | None = None
    """Character whose skill it is; by default the humanoid, or the one that has the skill."""
    output: Path | None = None
    """Video to write instead of opening a window."""
    seconds: PositiveSeconds | None = None
    """Seconds to play; by default a window lasts until it is closed, and a video 10 s of what goes on for ever, or once
    through anything else."""
    push_at: tuple[Seconds, ...] = ()
    """Times at which a video's character is pushed, seconds, with the newtons and for as long as an arrow key of the
    window would."""
    push_direction: Direction = "forward"
    """Direction of the pushes of --push-at, from where the character faces."""
    env: str | None = None
    """Environment to play in, for example slope or gaps; the policy's own by default."""
    fine: bool = False
    """Play at 1/600 s with light joints, the honest physics, instead of what it was trained on."""
    play: Annotated[PlayConfig, tyro.conf.arg(name="")] = field(default_factory=PlayConfig)
    """Between episodes."""
    live: Annotated[LiveConfig, tyro.conf.arg(name="")] = field(default_factory=LiveConfig)
    """In the window."""
    video: RenderConfig = field(default_factory=RenderConfig)
    """How the video looks, and the window's reference and forces."""


_CYCLIC_SECONDS = 10.0  # of a video of what goes on for ever


def play(given: PlayArguments) -> None:
    """List, show or film."""
    if given.skill is None:
        from sfv.catalogue import skill_lines

        print("\n".join(skill_lines()))
        return
    from sfv.learn.run.folder import read_run
    from sfv.names import check_names
    from sfv.outputs import writable_video
    from sfv.skills.skill import find_playable

    check_names(given.character, given.env)
    if given.output is not None:
        writable_video(given.output, "--output")
    folder = find_playable(given.skill, given.character)
    run, _ = read_run(folder)
    from sfv.draw.window import why_no_window
    from sfv.evaluate.nr import fine_physics
    from sfv.safe_names import safe_name
    from sfv.skills.player import Player
    from sfv.threads import one_torch_thread

    reason = "" if given.output is not None else why_no_window()
    fine = fine_physics(run.character) if given.fine else None
    with one_torch_thread():
        player = Player(folder, given.play, fine, given.env)
        if given.output is None and not reason:
            show(player, given)
            return
        path = given.output or Path(safe_name(f"{player.character.name}_{player.name}") + ".mp4")
        film(player, given, path)
    print(f"wrote {path}" if given.output is not None else f"no window ({reason}): wrote {path} instead")


def show(player: "Player", given: PlayArguments) -> None:
    """In a window, until it is closed."""
    from sfv.view.character_show import PolicyShow
    from sfv.view.live import Live

    Live(PolicyShow(player, given.video), given.live, given.video).run(given.seconds)


def film(player: "Player", given: PlayArguments, path: Path) -> None:
    """Into a video."""
    from sfv.draw.view import front_azimuth
    from sfv.render.policy.character import character_frames, qpos_heading
    from sfv.skills.player import record_episodes
    from sfv.skills.pushes import PushPlan
    from sfv.video import write_video

    live = given.live
    push = PushPlan(player, given.push_at, given.push_direction, live.push_newtons, live.push_seconds)
    episodes = record_episodes(player, given.seconds, _CYCLIC_SECONDS, push)
    # every episode from the same side, also one that a fall or the end of the film cuts short
    azimuth = front_azimuth(qpos_heading(episodes[0].qpos), None, given.video.turn_deg)
    frames = (
        frame
        for episode in episodes
        for frame in character_frames(
            episode.qpos,
            player.character,
            given.video,
            azimuth,
            episode.reference,
            episode.acting,
            player.environment,
        )
    )
    write_video(path, frames, player.hz * live.speed, given.video.crf)


def main(arguments: list[str]) -> None:
    """Parse and run."""
    play(parse(PlayArguments, arguments, "sfv play", common=COMMON))
