"""``sfv.play``: a trained policy live in a window, or in a video."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sfv.front.outputs import path_of
from sfv.front.settings import Log, quiet
from sfv.names import as_run, character_name, check_names, environment_name
from sfv.ranges import PositiveSeconds, checked
from sfv.render.config import LiveConfig, RenderConfig
from sfv.skills.config import Direction, PlayConfig
from sfv.storage.outputs import writable_video

if TYPE_CHECKING:
    from sfv.character import Character
    from sfv.environment import Environment
    from sfv.learn.run.policy import Policy
    from sfv.names.skill import Skill
    from sfv.skills.player import Player

_CYCLIC_SECONDS = 10.0
"""Of a video of what goes on for ever."""


@checked
def play(
    policy: "Policy | Skill | str | Path",
    out: str | Path | None = None,
    *,
    character: "Character | str | Path | None" = None,
    seconds: PositiveSeconds | None = None,
    push_at: Sequence[float] = (),
    push_direction: Direction = "forward",
    env: "Environment | str | Path | None" = None,
    fine: bool = False,
    between: PlayConfig | None = None,
    live: LiveConfig | None = None,
    look: RenderConfig | None = None,
    log: Log = quiet,
) -> Path | None:
    """Play a policy: in a window, where it can be pushed about, or into a video. Without a display a video is written.

    Args:
        policy: The name of a skill (``walk``, ``atlas/walk``), the path of a run folder or of the policy in one, or a policy.
        out: Video to write instead of opening a window.
        character: Whose skill is meant by a name; None is the humanoid's, or that of the one that has it.
        seconds: How long; None shows the window until it is closed, films what goes on for ever for 10 s, and anything else once.
        push_at: Seconds at which a video's character is pushed, with the newtons and for as long as an arrow key of the window would.
        push_direction: Where such a push goes, from where the character faces.
        env: Environment to play in, by name, by path or as it is; None is its own.
        fine: Play at 1/600 s with light joints instead of the physics that it was trained on.
        between: What happens between episodes.
        live: What the window does, and how strong pushes are.
        look: How the video looks, and the window's reference and forces.
        log: Called with a line about what was written.

    Returns:
        The video that was written; None where a window was shown.

    Raises:
        UnknownNameError: There is no such skill, character or environment.
        FileFormatError: The folder is no run folder.
        RenderError: There is no OpenGL to draw with.
    """
    whose, named = (None if character is None else character_name(character)), env and environment_name(env)
    check_names(whose, named)
    target = path_of(out)
    if target is not None:
        writable_video(target, "--output")
    folder = as_run(policy, whose)
    from sfv.learn.run.folder import read_run

    run, _ = read_run(folder)
    from sfv.draw.window import why_no_window
    from sfv.evaluate.nr import fine_physics
    from sfv.skills.player import Player
    from sfv.storage.safe_names import safe_name
    from sfv.system.threads import one_torch_thread

    reason = "" if target is not None else why_no_window()
    live, look = live or LiveConfig(), look or RenderConfig()
    with one_torch_thread():
        player = Player(folder, between, fine_physics(run.character) if fine else None, named)
        if target is None and not reason:
            _show(player, seconds, live, look)
            return None
        path = target or Path(safe_name(f"{player.character.name}_{player.name}") + ".mp4")
        _film(player, path, seconds, push_at, push_direction, live, look)
    log(f"wrote {path}" if target is not None else f"no window ({reason}): wrote {path} instead")
    return path


def _show(player: "Player", seconds: float | None, live: LiveConfig, look: RenderConfig) -> None:
    """In a window, until it is closed."""
    from sfv.view.character_show import PolicyShow
    from sfv.view.live import Live

    Live(PolicyShow(player, look), live, look).run(seconds)


def _film(
    player: "Player",
    path: Path,
    seconds: float | None,
    push_at: Sequence[float],
    direction: Direction,
    live: LiveConfig,
    look: RenderConfig,
) -> None:
    """Into a video."""
    from sfv.draw.view import front_azimuth
    from sfv.render.policy.character import character_frames, qpos_heading
    from sfv.skills.player import record_episodes
    from sfv.skills.pushes import PushPlan
    from sfv.video import write_video

    push = PushPlan(player, push_at, direction, live.push_newtons, live.push_seconds)
    episodes = record_episodes(player, seconds, _CYCLIC_SECONDS, push)
    # every episode from the same side, also one that a fall or the end of the film cuts short
    azimuth = front_azimuth(qpos_heading(episodes[0].qpos), None, look.turn_deg)
    frames = (
        frame
        for episode in episodes
        for frame in character_frames(
            episode.qpos, player.character, look, azimuth, episode.reference, episode.acting, player.environment
        )
    )
    write_video(path, frames, player.hz * live.speed, look.crf)
