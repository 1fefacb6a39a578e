"""Which sensors of a model tell what touches the ground."""

import mujoco
import torch
from torch import Tensor

from sfv.physics.model import CONTACT


def ground_columns(model: mujoco.MjModel) -> tuple[Tensor, Tensor, Tensor]:
    """Body of each ground-contact sensor, and the columns of sensordata with its count and its distance. Shapes (K,), int64."""
    bodies, found = [], []
    for i in range(model.nsensor):
        name = model.sensor(i).name
        if name.startswith(CONTACT):
            bodies.append(model.body(name.removeprefix(CONTACT)).id)
            found.append(int(model.sensor_adr[i]))
    columns = torch.tensor(found, dtype=torch.long)
    return torch.tensor(bodies, dtype=torch.long), columns, columns + 1
