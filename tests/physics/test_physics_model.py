from dataclasses import replace

import mujoco
import numpy as np
import pytest

from sfv.environment.smooth import Plane
from sfv.errors import SfvError
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import CONTACT, build_model, joint_layout
from sfv.physics.terrain import GROUND


def test_step_friction_and_armature_are_as_configured(humanoid, flat):
    model = build_model(humanoid, replace(flat, terrain=Plane(friction=0.6)), PhysicsConfig(substeps=8, armature=0.03))
    assert model.opt.timestep == pytest.approx(1 / 240)
    assert model.opt.integrator == mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    assert model.geom(GROUND).friction[0] == pytest.approx(0.6)
    np.testing.assert_allclose(model.dof_armature[6:], 0.03)
    np.testing.assert_allclose(model.dof_armature[:6], 0.0)
    own = build_model(humanoid, flat, PhysicsConfig(armature=None))
    np.testing.assert_allclose(own.dof_armature[6:], 0.02)


def test_every_body_with_geoms_has_a_contact_sensor_where_there_is_ground(humanoid, flat):
    model = build_model(humanoid, flat, PhysicsConfig())
    sensors = {model.sensor(i).name for i in range(model.nsensor)}
    assert sensors == {CONTACT + model.body(i).name for i in range(1, model.nbody)}
    assert build_model(humanoid, None, PhysicsConfig()).nsensor == 0


def test_layout_names_every_joint_in_qpos_order(flat_model, walk_clip):
    names, widths = joint_layout(flat_model)
    assert names == walk_clip.joints
    assert widths == walk_clip.widths
    assert 7 + sum(widths) == flat_model.nq


def test_a_character_without_a_free_root_is_refused(humanoid, flat, tmp_path):
    path = tmp_path / "fixed.xml"
    path.write_text('<mujoco><worldbody><body name="root"><joint/><geom size=".1"/></body></worldbody></mujoco>')
    with pytest.raises(SfvError, match="free joint"):
        build_model(replace(humanoid, mjcf=path), flat, PhysicsConfig())


def test_solver_settings(humanoid, flat):
    plain = build_model(humanoid, flat, PhysicsConfig())
    other = build_model(humanoid, flat, PhysicsConfig(cone="elliptic", iterations=3))
    assert (plain.opt.cone, plain.opt.iterations) == (mujoco.mjtCone.mjCONE_PYRAMIDAL, 100)
    assert (other.opt.cone, other.opt.iterations) == (mujoco.mjtCone.mjCONE_ELLIPTIC, 3)
