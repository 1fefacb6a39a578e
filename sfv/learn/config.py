"""Settings of the learner, and everything that defines one training run. Imports nothing heavy: the CLI reads it for its help."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

import tyro

from sfv.errors import SettingError
from sfv.imitate.config import ImitationConfig
from sfv.physics.config import Device, PhysicsConfig
from sfv.ranges import Checked, NotNegative, Number, Positive, Range, Seed, Share, Threads, Whole

Samples = Annotated[int, Range(1, 10**13)]


@dataclass(frozen=True)
class TrainConfig(Checked):
    """PPO (Schulman et al. 2017) as Stable-Baselines3 names it; defaults learn a walk on two cores in minutes."""

    worlds: Annotated[int, Range(1, 1_000_000)] = 512
    """Number of parallel worlds (num_envs)."""
    n_steps: Annotated[int, Range(1, 100_000)] = 16
    """Control steps of every parallel world between two updates."""
    batch_size: Annotated[int, Range(2, 100_000_000)] = 2048
    """Samples in a minibatch."""
    n_epochs: Annotated[int, Range(1, 10_000)] = 5
    """Passes over the samples of an update."""
    learning_rate: Annotated[float, Range(0, 1, open_low=True)] = 8e-4
    """Adam's step size at the start."""
    anneal: bool = True
    """Let the step size fall linearly to zero over total_samples."""
    clip_range: Annotated[float, Range(0, 10, open_low=True)] = 0.2
    """PPO's bound on the probability ratio."""
    dual_clip: Annotated[float, Range(1, 1e9, open_low=True)] | None = None
    """Probability ratio above which samples with a negative advantage no longer count (Ye et al. 2020: 3); none lets
    them count without bound, as in PPO. With little action noise a few such samples can outweigh all others."""
    gamma: Share = 0.95
    """Discount factor for each control step, DeepMimic's: half of what happens 0.45 s later counts."""
    gae_lambda: Share = 0.95
    """Trace decay of the generalised advantage estimate."""
    max_grad_norm: Positive = 1.0
    """Largest gradient norm of a minibatch."""
    vf_coef: NotNegative = 0.5
    """Weight of the value loss."""
    ent_coef: Number = 0.0
    """Weight of the entropy bonus."""
    target_kl: Positive | None = None
    """Kullback-Leibler divergence of which 1.5 times ends an update early; none never does."""
    critic_updates: Whole = 0
    """Updates at the start in which only the value network learns: a policy that is given must not follow values that are not
    learned yet."""
    hidden: tuple[Annotated[int, Range(1, 65_536)], ...] = (512, 256)
    """Widths of the hidden ReLU layers, of the policy and of the value network each."""
    log_std_init: Annotated[float, Range(-20, 5)] = -1.0
    """Logarithm of the action noise's standard deviation at the start."""
    log_std_final: Annotated[float, Range(-20, 5)] | None = -2.7
    """Logarithm of the action noise's standard deviation at the end of the training, to which it changes linearly with
    the samples; none lets it be learned like the weights. Less noise finds less and, below exp(-3), forgets how to
    recover."""
    total_samples: Samples = 2_500_000
    """Samples (control steps of all parallel worlds together) after which training ends."""
    stop_nr: Share | None = None
    """NR of an evaluation that ends the training as soon as it is reached; none uses all samples."""
    nr_interval: Samples = 131_072
    """Samples between two evaluations; a checkpoint is written at each."""
    nr_starts: Annotated[int, Range(1, 100_000)] = 32
    """Start states of an evaluation during training."""
    seed: Seed = 0
    """Seed of the networks, the action noise and the start states."""
    device: Annotated[Device, tyro.conf.arg(aliases=("--device",))] = "auto"
    """Where worlds and networks are: cuda needs an NVIDIA GPU and the extra sfv[gpu]; auto takes it where both are there;
    warp:cpu runs the GPU's code on the CPU, very slowly, for tests."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """Arithmetic of the hidden layers while training; auto takes bfloat16 where a short timing shows that it is faster."""
    physics_threads: Threads = 0
    """Number of threads that simulate; 0 takes one a core."""
    torch_threads: Threads = 0
    """Number of threads of the networks: 1 computes policy and value network one after the other; 0 takes one for each,
    and more where a short timing shows that it is faster (never on two cores)."""

    def __post_init__(self) -> None:
        """Raise SettingError for numbers out of their ranges, and where an update or its last minibatch were a single sample."""
        super().__post_init__()
        samples = self.worlds * self.n_steps
        if samples == 1 or samples % self.batch_size == 1:  # advantages are divided by their deviation in the minibatch
            raise SettingError(
                f"must be another one: of the {samples} samples of an update (worlds times n-steps) minibatches of "
                f"{self.batch_size} leave a single one over, which nothing can be learned from",
                "batch_size",
            )


@dataclass(frozen=True)
class RunConfig:
    """One training run: with the clip in the run folder it is enough to repeat the run."""

    character: str = "humanoid"
    """Character, by name or by the path of its folder."""
    env: str = "flat"
    """Environment, by name or by the path of its folder; changes of its keys may follow (slope:angle_deg=20,direction=down)."""
    start_from: Annotated[str, tyro.conf.arg(name="from")] = ""
    """Run folder or skill whose policy the training begins with, for example one from level ground; without it training
    begins from nothing."""
    physics: PhysicsConfig = field(default_factory=PhysicsConfig)
    """Physics of the simulation."""
    imitation: ImitationConfig = field(default_factory=ImitationConfig)
    """The imitation task: observations, rewards, start states, early termination, disturbances."""
    learner: TrainConfig = field(default_factory=TrainConfig)
    """The learner (PPO) and how long it trains."""
