"""One update of the regressor and its discriminators after another; everything random follows from the seed and the step."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor

from sfv.body import Body
from sfv.errors import DivergedError, FileFormatError, SfvError
from sfv.files import load_npz, save_npz
from sfv.motion.body_motion import BodyMotion
from sfv.motion.rotations import quat_to_rotmat
from sfv.reconstruct.hmr.augment import Augmenter
from sfv.reconstruct.hmr.config import RegressorTrainConfig
from sfv.reconstruct.hmr.discriminator import Discriminators, loss_of_discriminators, loss_of_regressor
from sfv.reconstruct.hmr.network import Regressor, Theta
from sfv.reconstruct.hmr.smpl import SmplSkeleton
from sfv.reconstruct.hmr.training.bank import MotionBank
from sfv.reconstruct.hmr.training.loss import losses
from sfv.reconstruct.hmr.training.synthesis import Batch, Synthesis
from sfv.reconstruct.hmr.weights import Weights

CHECKPOINT_SCHEMA, CHECKPOINT_VERSION = "sfv.hmr_checkpoint", 1
_WARM = 0.05  # share of the steps over which the learning rate rises
_SEED_STRIDE = 1_000_003  # apart enough that the steps of two seeds never share a stream
_MEAN_STEP = -1  # the stream of the mean pose


@dataclass
class Networks:
    """What is trained, and its optimisers."""

    regressor: Regressor
    average: Regressor
    """Running average of the regressor's weights."""
    discriminators: Discriminators
    optimizers: tuple[torch.optim.Optimizer, ...]
    """Of the regressor's matrices (Muon), of its vectors (AdamW) and of the discriminators (Adam)."""


class Trainer:
    """Holds everything an update needs."""

    def __init__(
        self, config: RegressorTrainConfig, clips: Mapping[str, BodyMotion], body: Body, device: str = "cpu"
    ) -> None:
        self.config, self.device, self.step = config, device, 0
        self.skeleton = SmplSkeleton(body, device)
        self.bank = MotionBank.build(clips, config.motion, device)
        self.synthesis = Synthesis(Augmenter(self.bank, config.motion), self.skeleton, config)
        torch.manual_seed(config.seed)
        regressor = Regressor(config.network, self.synthesis.mean_theta(self._random(_MEAN_STEP)).cpu()).to(device)
        discriminators = Discriminators().to(device)
        self.networks = Networks(
            regressor,
            copy.deepcopy(regressor).requires_grad_(False),
            discriminators,
            _optimizers(regressor, discriminators, config),
        )

    def begin_with(self, weights: Weights) -> None:
        """Take over what was learned before. Raises SfvError for a network of another shape."""
        if weights.regressor.config != self.config.network:
            raise SfvError(
                f"the weights are of another network ({weights.regressor.config}); give its shape with --network.window, "
                "--network.width and the others, or leave --start-from out"
            )
        for network in (self.networks.regressor, self.networks.average):
            network.load_state_dict(weights.regressor.state_dict())
        self.networks.discriminators.load_state_dict(weights.discriminators.state_dict())

    def update(self, share: float | None = None) -> dict[str, float]:
        """One step on a new batch; ``share`` of the training is done, by default as the count of steps says.

        Returns the terms of the loss, unweighted. Raises DivergedError for a loss that is not finite.
        """
        random = self._random(self.step)
        share = self.step / self.config.steps if share is None else share
        return self.update_on(self.synthesis.batch(random), random, share)

    def update_on(self, batch: Batch, random: Generator, share: float) -> dict[str, float]:
        """One step on ``batch``."""
        networks, config = self.networks, self.config
        matrices, vectors, _ = networks.optimizers
        for optimizer, rate in ((matrices, config.matrix_rate), (vectors, config.learning_rate)):
            for group in optimizer.param_groups:
                group["lr"] = rate * schedule(share)
        with torch.autocast(self.device, torch.bfloat16, enabled=config.bfloat16):
            answers = networks.regressor(batch.window.features)
        terms, said = losses([answer.float() for answer in answers], batch, self.skeleton, config.loss)
        rotations, betas = self._some(said, random)
        terms["adversarial"] = loss_of_regressor(networks.discriminators(rotations, betas))
        total = sum(
            (getattr(config.loss, name) * term for name, term in terms.items()), torch.zeros((), device=self.device)
        )
        if not torch.isfinite(total):
            raise DivergedError(f"the regressor's loss is not finite at step {self.step}; lower --matrix-rate")
        networks.regressor.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(networks.regressor.parameters(), config.clip_norm)
        matrices.step()
        vectors.step()
        terms["discriminators"] = self._update_discriminators(rotations.detach(), betas.detach(), random)
        with torch.no_grad():
            decay = min(config.average, (1 + self.step) / (10 + self.step))
            for kept, new in zip(networks.average.parameters(), networks.regressor.parameters()):
                kept.lerp_(new, 1 - decay)
        self.step += 1
        return {"total": total.item(), **{name: term.item() for name, term in terms.items()}}

    def _update_discriminators(self, rotations: Tensor, betas: Tensor, random: Generator) -> Tensor:
        count = len(rotations)
        real = quat_to_rotmat(self.bank.poses(count, random))
        shapes = self.config.motion.betas_std * torch.randn(betas.shape, generator=random, device=betas.device)
        answers = self.networks.discriminators(torch.cat((real, rotations)), torch.cat((shapes, betas)))
        loss = loss_of_discriminators(answers[:count], answers[count:])
        optimizer = self.networks.optimizers[2]
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    def _some(self, said: Theta, random: Generator) -> tuple[Tensor, Tensor]:
        """Some of the predicted bodies for the discriminators."""
        rotations, betas = said.rotations.flatten(0, 1), said.betas.flatten(0, 1)
        rows = torch.randint(
            len(rotations), (self.config.adversarial_frames,), generator=random, device=rotations.device
        )
        return rotations[rows], betas[rows]

    def _random(self, step: int) -> Generator:
        return Generator(self.device).manual_seed(self.config.seed * _SEED_STRIDE + step + 1)

    def save(self, path: Path) -> None:
        """Write all that the next update depends on."""
        arrays: dict[str, object] = {"step": self.step}
        modules = {
            "regressor": self.networks.regressor,
            "average": self.networks.average,
            "prior": self.networks.discriminators,
        }
        for prefix, module in modules.items():
            arrays |= {f"{prefix}.{name}": value.cpu().numpy() for name, value in module.state_dict().items()}
        for index, optimizer in enumerate(self.networks.optimizers):
            for row, parameter in enumerate(_parameters(optimizer)):
                for moment, value in optimizer.state.get(parameter, {}).items():
                    arrays[f"optimizer{index}.{row}.{moment}"] = value.cpu().numpy()
        save_npz(path, CHECKPOINT_SCHEMA, CHECKPOINT_VERSION, arrays)

    def load(self, path: Path) -> None:
        """Go back to where ``save`` was called. Raises FileFormatError."""
        data = load_npz(path, CHECKPOINT_SCHEMA, CHECKPOINT_VERSION, ("step",))
        modules = {
            "regressor": self.networks.regressor,
            "average": self.networks.average,
            "prior": self.networks.discriminators,
        }
        try:
            for prefix, module in modules.items():
                module.load_state_dict(
                    {name: torch.from_numpy(data[f"{prefix}.{name}"]) for name in module.state_dict()}
                )
            for index, optimizer in enumerate(self.networks.optimizers):
                for row, parameter in enumerate(_parameters(optimizer)):
                    start = f"optimizer{index}.{row}."
                    state = {name.removeprefix(start): value for name, value in data.items() if name.startswith(start)}
                    optimizer.state[parameter] = {
                        name: _moment(value, name, self.device) for name, value in state.items()
                    }
        except (KeyError, RuntimeError) as error:
            raise FileFormatError(f"{path} does not fit these settings ({error}); delete it to start anew") from error
        self.step = int(data["step"])


def _optimizers(
    regressor: Regressor, discriminators: Discriminators, config: RegressorTrainConfig
) -> tuple[torch.optim.Optimizer, torch.optim.Optimizer, torch.optim.Optimizer]:
    """Muon needed a third of AdamW's steps on this network; it takes matrices only."""
    matrices = [parameter for parameter in regressor.parameters() if parameter.ndim == 2]
    vectors = [parameter for parameter in regressor.parameters() if parameter.ndim != 2]
    decay = config.weight_decay
    return (
        torch.optim.Muon(matrices, lr=config.matrix_rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(vectors, lr=config.learning_rate, weight_decay=decay),
        torch.optim.Adam(discriminators.parameters(), lr=config.discriminator_rate, betas=(0.5, 0.99)),
    )


def schedule(share: float) -> float:
    """Factor on the learning rate at this share of the training: up over the first ``_WARM``, then down a half cosine."""
    if share < _WARM:
        return (share + 1e-3) / (_WARM + 1e-3)
    return 0.5 * (1 + np.cos(np.pi * min(1.0, (share - _WARM) / (1 - _WARM))))


def _parameters(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def _moment(value: np.ndarray, name: str, device: str) -> Tensor:
    return torch.from_numpy(np.array(value)).to("cpu" if name == "step" else device)
