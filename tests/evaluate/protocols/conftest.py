"""A statue: a rigid block that stands still, whose policy does nothing, so that what happens to it can be computed."""

import numpy as np
import pytest
import torch

from sfv.character import load_character
from sfv.environment import load_environment
from sfv.imitate.config import ImitationConfig
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.learn.config import RunConfig
from sfv.learn.ppo.actor import Actor
from sfv.learn.run.folder import write_run
from sfv.learn.run.policy import POLICY_FILE, Policy, save_small_policy
from sfv.motion.clip import Clip
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import build_model, joint_layout

MJCF = """<mujoco><worldbody>
<body name="trunk" pos="0 0 {up}"><freejoint/><geom type="box" size="{x} {y} {half}" mass="{trunk}"/>
<body name="base" pos="0 0 {down}"><geom type="box" size="{x} {y} 0.05" mass="{base}"/></body>
<body name="antenna" pos="0 0 {half}"><joint name="antenna" axis="0 1 0"/>
<geom type="sphere" size="0.02" mass="0.01" contype="0" conaffinity="0"/></body></body></worldbody>
<actuator><position joint="antenna" kp="1" kv="0.1"/></actuator></mujoco>"""
TOML = """mjcf = "statue.xml"
root = "trunk"
feet = ["base"]
end_effectors = ["base"]
fall_bodies = ["trunk"]
body_map = {trunk = "pelvis"}
joint_weights = {antenna = 1.0}
"""
GAP = 0.1
"""Metres between base and trunk, so that the trunk is not near the ground."""


class Statue:
    """Its size and its run folder. The base is 0.1 m high and 5 kg, the trunk hangs 0.1 m above it."""

    base, trunk = 5.0, 45.0

    def __init__(self, folder, x, y, half):
        self.x, self.y, self.half = x, y, half
        self.trunk_height = 0.1 + GAP + half
        home = folder / "statue"
        home.mkdir()
        sizes = {
            "x": x,
            "y": y,
            "half": half,
            "up": self.trunk_height,
            "down": 0.05 - self.trunk_height,
            "base": self.base,
            "trunk": self.trunk,
        }
        (home / "statue.xml").write_text(MJCF.format(**sizes))
        (home / "character.toml").write_text(TOML)
        self.character = load_character(str(home))
        self.physics = PhysicsConfig(substeps=20, armature=None)
        model = build_model(self.character, load_environment("flat"), self.physics)
        names, widths = joint_layout(model)
        qpos = np.repeat(model.qpos0[None], 31, axis=0)
        self.clip = Clip(qpos, 30.0, "statue", names, widths, cyclic=True, name="stand")
        self.run_dir = folder / "run"
        run = RunConfig(character=str(home), physics=self.physics)
        write_run(self.run_dir, run, [self.clip])
        core = self.worlds("flat", 1)
        policy = Policy(Actor(core.observation_size, 1, (2,)), core.observation_size, 1)
        with torch.no_grad():
            for weight in policy.network.parameters():
                weight.zero_()
        save_small_policy(policy, self.run_dir / POLICY_FILE)

    def worlds(self, env, count, **settings):
        return make_imitation_worlds(
            self.clip, self.character, load_environment(env), self.physics, ImitationConfig(**settings), count, 1,
            auto_reset=False,
        )  # fmt: skip

    def tips_over(self, force, seconds, along):
        """Whether a horizontal force at the middle of the trunk tips it over its lower edge, by integrating
        I a = F z - m g r sin(p - t), t being the turn so far, r the way from the edge to the centre of mass and p its angle
        to the vertical; z is the height of the trunk's middle. It falls when the centre passes over the edge."""
        b = self.x if along == "x" else self.y
        parts = [(self.base, 0.05, 0.05), (self.trunk, self.trunk_height, self.half)]
        mass = sum(m for m, _, _ in parts)
        height = sum(m * z for m, z, _ in parts) / mass
        inertia = sum(m * ((b**2 + h**2) / 3 + b**2 + z**2) for m, z, h in parts)
        r, p = np.hypot(b, height), np.arctan2(b, height)
        turn, rate, dt = 0.0, 0.0, 1e-4
        for step in range(round(5.0 / dt)):
            z = self.trunk_height * np.cos(turn) + b * np.sin(turn)
            torque = (force * z if step * dt < seconds else 0.0) - mass * 9.81 * r * np.sin(p - turn)
            rate += dt * torque / inertia
            turn += dt * rate
            if turn <= 0.0:
                turn, rate = 0.0, 0.0
            if turn > p:
                return True
        return False

    def tipping_force(self, seconds, along):
        """The smallest force that tips it over, newtons."""
        low, high = 0.0, 5000.0
        while high - low > 0.5:
            middle = 0.5 * (low + high)
            low, high = (low, middle) if self.tips_over(middle, seconds, along) else (middle, high)
        return high


@pytest.fixture(scope="session")
def tall_statue(tmp_path_factory):
    """1.6 m high, 0.2 m deep and 0.3 m wide."""
    return Statue(tmp_path_factory.mktemp("tall"), 0.10, 0.15, 0.7)


@pytest.fixture(scope="session")
def flat_statue(tmp_path_factory):
    """0.4 m high, 0.8 m deep and wide: nothing tips it over."""
    return Statue(tmp_path_factory.mktemp("flat"), 0.4, 0.4, 0.1)
