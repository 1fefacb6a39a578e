"""Of a description only the robot: the ground, light, gravity and other bodies are the environment's."""

import mujoco

_DISABLE = {
    mujoco.mjtDisableBit.mjDSBL_CONSTRAINT: "constraints", mujoco.mjtDisableBit.mjDSBL_LIMIT: "joint limits",
    mujoco.mjtDisableBit.mjDSBL_CONTACT: "contacts", mujoco.mjtDisableBit.mjDSBL_GRAVITY: "gravity",
    mujoco.mjtDisableBit.mjDSBL_ACTUATION: "actuation", mujoco.mjtDisableBit.mjDSBL_FRICTIONLOSS: "joint friction",
    mujoco.mjtDisableBit.mjDSBL_SPRING: "springs", mujoco.mjtDisableBit.mjDSBL_DAMPER: "dampers",
    mujoco.mjtDisableBit.mjDSBL_EQUALITY: "equality constraints", mujoco.mjtDisableBit.mjDSBL_FILTERPARENT: "the parent filter",
}  # fmt: skip
_ENABLE = mujoco.mjtEnableBit.mjENBL_OVERRIDE | mujoco.mjtEnableBit.mjENBL_SLEEP
_SHOWN = 3
"""Names of one kind that are told."""


def keep_robot(spec: mujoco.MjSpec, root: mujoco.MjsBody) -> list[str]:
    """Delete from ``spec`` whatever is no part of the robot whose body in the world is ``root``, and settings of the world.

    Returns what was left out, in words. Its own joints, actuators, shapes, sites and sensors stay.
    """
    out: list[str] = []
    keys = _told("keyframe", [key.name for key in spec.keys])
    for key in list(spec.keys):  # first: MuJoCo would keep them, cut down to the bodies that are left
        spec.delete(key)
    bodies = [body for body in spec.worldbody.bodies if body != root]
    out += _told("body", [body.name for body in bodies], "bodies")
    for body in bodies:
        spec.delete(body)
    geoms = list(spec.worldbody.geoms)
    gone = {geom.name for geom in geoms if geom.name}
    out += _told("geom", [geom.name for geom in geoms])
    for pair in [pair for pair in spec.pairs if {pair.geomname1, pair.geomname2} & gone]:
        spec.delete(pair)
    for geom in geoms:
        spec.delete(geom)
    for kind, items in (("light", spec.lights), ("camera", spec.cameras)):
        out += _told(kind, [item.name for item in items])
        for item in list(items):
            spec.delete(item)
    out += keys
    skies = [one for one in spec.textures if one.type == mujoco.mjtTexture.mjTEXTURE_SKYBOX]
    out += ["the sky"] if skies else []
    for one in skies:
        spec.delete(one)
    return out + _world(spec)


def _world(spec: mujoco.MjSpec) -> list[str]:
    """Settings of the world, back to MuJoCo's own."""
    option, out = spec.option, []
    if option.density or option.viscosity or any(option.wind):
        out.append("air and wind")
        option.density, option.viscosity, option.wind = 0.0, 0.0, [0.0, 0.0, 0.0]
    disabled = [words for bit, words in _DISABLE.items() if option.disableflags & bit]
    if disabled:
        out.append(f"that {', '.join(disabled)} are disabled")
    option.disableflags &= ~sum(int(bit) for bit in _DISABLE)
    if option.enableflags & _ENABLE:
        out.append("contact override and sleep")
        option.enableflags &= ~int(_ENABLE)
    # Room for the robot alone in its own scene: MuJoCo measures anew what is needed with the ground and things of ours.
    spec.nkey = 0
    spec.memory = spec.njmax = spec.nconmax = spec.nstack = -1
    # A body that is merged into its parent would be missing under the name that character.toml gives it.
    spec.compiler.fusestatic = False
    return out


def name_all(spec: mujoco.MjSpec) -> None:
    """Give a name to each body, joint and actuator that has none, so that contacts, clips and tables can tell them apart."""
    for kind, items in (("body", spec.bodies), ("joint", spec.joints), ("actuator", spec.actuators)):
        taken = {item.name for item in items}
        for number, item in enumerate(items):
            if not item.name:
                free = next(name for name in _candidates(f"{kind}_{number}") if name not in taken)
                item.name = free
                taken.add(free)


def _candidates(stem: str) -> list[str]:
    return [stem, *(f"{stem}_{extra}" for extra in range(1000))]


def _told(kind: str, names: list[str], several: str = "") -> list[str]:
    """``the geom 'floor'``, ``12 lights``; nothing where there are none."""
    named = [f"'{name[:40]}'" for name in names if name]
    if not names:
        return []
    if len(names) == 1:
        return [f"the {kind} {named[0]}" if named else f"1 {kind}"]
    which = f" ({', '.join(named[:_SHOWN])}{', ...' if len(named) > _SHOWN else ''})" if named else ""
    return [f"{len(names)} {several or kind + 's'}{which}"]
