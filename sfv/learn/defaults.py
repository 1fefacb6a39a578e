"""Training settings that suit a clip and its character, measured on the humanoid (docs/results)."""

from collections.abc import Sequence
from dataclasses import replace

import torch

from sfv.character import load_character
from sfv.environment import load_environment
from sfv.imitate.config import ImitationConfig
from sfv.imitate.observations.height_map import sideways_places
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.run.folder import read_run
from sfv.motion.clip import Clip
from sfv.names.runs import run_of
from sfv.physics.backend import choose_device

_NR_INTERVAL_CYCLIC = 262_144
"""Evaluations of 20 s each would take an eighth of the training time at the usual interval."""
_EPISODE_SECONDS_CYCLIC = 5.0
"""Recovering from a start is learned at starts: with episodes of 20 s only one step in seven was within 3 s of one."""
_START_POSITION_NOISE_CYCLIC = 0.15
"""A gait drifts from its reference by centimetres a second; starts beside it teach the way back. Metres."""
_WORLDS_GPU, _BATCH_SIZE_GPU = 4096, 8192
"""Eight times the worlds with twice the minibatches: a GPU is as fast with these as with fewer."""
_MORE_SAMPLES_GPU = 4
"""Larger updates learn less from a sample."""


_LOG_STD_WARM = -2.0
"""Action noise with which a policy that is given begins to learn: less than from nothing, so that it keeps what it can."""
_LEARNING_RATE_WARM = 0.5
"""Factor on the step size then."""
_SAMPLES_WARM = 0.6
"""Factor on the samples then."""
_CRITIC_UPDATES_WARM = 5

_STEPS_DISTURBED, _BATCH_SIZE_DISTURBED = 32, 4096
"""Of who is pushed: whether an episode ends in a fall is chance, so every update needs twice the samples."""
_LOG_STD_DISTURBED = -1.2
"""A step to catch oneself is far from the reference: less noise does not find it (docs/results/trials.md)."""
_LEARNING_RATE_DISTURBED = 0.375
"""Factor on the step size of a policy that is given: with half of it, half of the samples of an update were clipped."""
_SAMPLES_DISTURBED = 2.0
"""Factor on the samples of a policy that is given, against one that nobody pushes."""
_GAMMA_DISTURBED = 0.97
"""A fall comes a second after the push."""
_REFERENCE_DISTANCE_DISTURBED = 0.5
"""The reference waits for who was thrown aside, so that there is something to come back to, metres."""
_COM_WEIGHT_DISTURBED = 0.3
"""With DeepMimic's 0.1 such a policy learns to stay up, but not to come back to where its reference is."""
_EPISODE_SECONDS_DISTURBED = 4.0
"""Of a cyclic clip: enough to stumble and to come back."""


def defaults_for(clip: Clip | Sequence[Clip], run: RunConfig | None = None) -> RunConfig:
    """``run`` with the settings for ``clip``: a gait learns on coarse physics; what happens once needs finer ones.

    Physics step, rotor inertia, size of an action, step size, noise and number of samples are the character's own
    (``[training]`` in character.toml). Ground that asks to be seen is seen, to the side where the (first) clip goes there; a policy
    that is given (``start_from``) looks where it did and needs less noise and fewer samples. Where ``run.learner.device`` is or
    finds a GPU, there are more worlds and samples. Where an episode may bring a push (``[randomisation]``, or ``start_push_speed`` of
    ``run.imitation``), more noise, larger updates, and a reference that waits. Several clips get the samples of each together,
    and the settings of those that do not cycle if there are any.
    """
    clips = [clip] if isinstance(clip, Clip) else list(clip)
    cyclic, count = all(one.cyclic for one in clips), len(clips)
    run = run or RunConfig()
    hints = load_character(run.character).training
    samples = hints.samples_cyclic if cyclic else hints.samples_acyclic
    learner = replace(
        run.learner,
        nr_interval=count * run.learner.nr_interval,
        learning_rate=hints.learning_rate,
        total_samples=count * samples,
        log_std_final=hints.log_std_final,
    )
    imitation = replace(
        run.imitation,
        action_scale=hints.action_scale,
        start_pose_noise=hints.start_pose_noise,
        start_velocity_noise=hints.start_velocity_noise,
    )
    if cyclic:
        learner = replace(learner, nr_interval=count * _NR_INTERVAL_CYCLIC)
        imitation = replace(
            imitation,
            episode_seconds=_EPISODE_SECONDS_CYCLIC,
            start_position_noise=_START_POSITION_NOISE_CYCLIC,
        )
    if run.start_from:
        learner = replace(
            learner,
            log_std_init=_LOG_STD_WARM,
            learning_rate=_LEARNING_RATE_WARM * learner.learning_rate,
            total_samples=round(_SAMPLES_WARM * learner.total_samples),
            critic_updates=_CRITIC_UPDATES_WARM,
        )
    if imitation.start_push_speed > 0 or load_environment(run.env).randomisation.pushes:
        imitation, learner = _disturbed(imitation, learner, cyclic, bool(run.start_from), hints.learning_rate)
    imitation = _seeing_ground(imitation, clips[0], run)
    if choose_device(learner.device) == "cuda":
        learner = replace(
            learner,
            worlds=_WORLDS_GPU,
            batch_size=_BATCH_SIZE_GPU,
            nr_interval=_MORE_SAMPLES_GPU * learner.nr_interval,
            total_samples=_MORE_SAMPLES_GPU * learner.total_samples,
        )
    substeps = hints.substeps_cyclic if cyclic else hints.substeps_acyclic
    return replace(
        run,
        physics=replace(run.physics, substeps=substeps, armature=hints.armature),
        imitation=imitation,
        learner=learner,
    )


def _disturbed(
    imitation: ImitationConfig, learner: TrainConfig, cyclic: bool, warm: bool, learning_rate: float
) -> tuple[ImitationConfig, TrainConfig]:
    """With settings that teach to catch oneself and to come back."""
    learner = replace(learner, gamma=_GAMMA_DISTURBED, n_steps=_STEPS_DISTURBED, batch_size=_BATCH_SIZE_DISTURBED)
    if warm:
        learner = replace(
            learner,
            log_std_init=_LOG_STD_DISTURBED,
            learning_rate=_LEARNING_RATE_DISTURBED * learning_rate,
            total_samples=round(_SAMPLES_DISTURBED / _SAMPLES_WARM * learner.total_samples),
        )
    imitation = replace(
        imitation,
        max_reference_distance=_REFERENCE_DISTANCE_DISTURBED,
        episode_seconds=_EPISODE_SECONDS_DISTURBED if cyclic else imitation.episode_seconds,
        reward=replace(imitation.reward, com_weight=_COM_WEIGHT_DISTURBED),
    )
    return imitation, learner


def _seeing_ground(imitation: ImitationConfig, clip: Clip, run: RunConfig) -> ImitationConfig:
    """With a height map where the environment asks for it or the policy that is given has one: as that looks, or to the side for a
    clip that goes there."""
    given = read_run(run_of(run.start_from, run.character))[0].imitation if run.start_from else imitation
    if given.height_map:
        ahead, aside = given.height_map_ahead, given.height_map_aside
    elif load_environment(run.env).observation.height_map:
        usual = imitation.height_map_ahead, imitation.height_map_aside
        ahead, aside = sideways_places(torch.as_tensor(clip.qpos)) or usual
    else:
        return imitation
    return replace(imitation, height_map=True, height_map_ahead=ahead, height_map_aside=aside)
