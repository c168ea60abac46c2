"""The meshes of ``myo-sim``: read, split into single bones and named.

Needs the extra [simulate], and only while the cache of distance fields is built.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from uptake_ml.errors import MissingExtraError

_MIDLINE_X_MM = -25.0
_STERNUM_HALF_WIDTH_MM = 22.0


def load_model():
    """Return the compiled model of the whole body; raises MissingExtraError without myo-sim."""
    try:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import myo_sim

            return myo_sim.load_model("myofullbody")
    except ImportError as error:
        raise MissingExtraError(
            "simulating needs the bones of the package myo-sim, which is not installed: "
            "run  pip install 'uptake-ml[simulate]'"
        ) from error


def kinematic_tree(m) -> tuple[dict, dict]:
    """Return names and couplings, and the arrays of bodies and joints at rest, in mm."""
    import mujoco

    def name(kind, i):
        return mujoco.mj_id2name(m, kind, i) or ""

    obj = mujoco.mjtObj
    couplings = [
        (int(m.eq_obj1id[e]), int(m.eq_obj2id[e]), [float(c) for c in m.eq_data[e][:5]])
        for e in range(m.neq)
        if m.eq_type[e] == mujoco.mjtEq.mjEQ_JOINT and m.eq_obj2id[e] >= 0
    ]
    meta = {
        "bodies": [name(obj.mjOBJ_BODY, b) for b in range(m.nbody)],
        "joints": [name(obj.mjOBJ_JOINT, j) for j in range(m.njnt)],
        "couplings": couplings,
    }
    slide = mujoco.mjtJoint.mjJNT_SLIDE
    arrays = {
        "parents": m.body_parentid.astype(np.int32),
        "rest_position_mm": m.body_pos * 1000.0,
        "rest_quaternion": m.body_quat.copy(),
        "joint_body": m.jnt_bodyid.astype(np.int32),
        "joint_is_slide": m.jnt_type == slide,
        "joint_anchor_mm": m.jnt_pos * 1000.0,
        "joint_axis": m.jnt_axis.copy(),
    }
    return meta, arrays


def bone_meshes(m) -> Iterator[tuple[str, int, np.ndarray, np.ndarray]]:
    """Yield (name, body, vertices in mm of the body's frame, faces) of every bone."""
    import mujoco

    data = mujoco.MjData(m)
    mujoco.mj_forward(m, data)
    for g in range(m.ngeom):
        if m.geom_type[g] != mujoco.mjtGeom.mjGEOM_MESH:
            continue
        mesh, body = m.geom_dataid[g], int(m.geom_bodyid[g])
        vertices = m.mesh_vert[m.mesh_vertadr[mesh] :][: m.mesh_vertnum[mesh]] * 1000.0
        faces = m.mesh_face[m.mesh_faceadr[mesh] :][: m.mesh_facenum[mesh]]
        rotation = np.zeros(9)
        mujoco.mju_quat2Mat(rotation, m.geom_quat[g])
        local = vertices @ rotation.reshape(3, 3).T + m.geom_pos[g] * 1000.0
        world = local @ data.xmat[body].reshape(3, 3).T + data.xpos[body] * 1000.0
        mesh_name = mujoco.mj_id2name(m, mujoco.mjtObj.mjOBJ_MESH, mesh)
        for part_name, chosen in _parts(mesh_name, world, faces):
            used, renumbered = np.unique(chosen, return_inverse=True)
            yield part_name, body, local[used], renumbered.reshape(-1, 3)


def _parts(mesh: str, world: np.ndarray, faces: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Split a compound mesh into named bones, by connected parts and their place at rest."""
    side = "_l" if mesh.endswith("_l") or mesh.startswith("l_") else "_r"
    stem = mesh.removesuffix("_l").removesuffix("_r").removeprefix("l_").removeprefix("r_")
    if "ribcage" in mesh:
        return _split_ribcage(world, faces)
    if mesh == "hat_cervical":
        vertebrae = sorted(
            (p for p in _connected(world, faces) if len(p) > 200),
            key=lambda p: -_centre(world, p)[2],
        )
        return [(f"C{i + 1}", p) for i, p in enumerate(vertebrae)]
    if stem == "foot":
        return _numbered("tarsal", side, world, faces)
    if stem == "bofoot":
        return _numbered("toe", side, world, faces)
    for prefix, letter in (("lumbar", "L"), ("thoracic", "T")):
        if (at := mesh.find(f"_{prefix}")) >= 0:
            return [(letter + mesh[at + 1 + len(prefix) :].removesuffix("_s"), faces)]
    midline = {"hat_jaw": "mandible", "hat_skull": "skull"}
    if mesh in midline:
        return [(midline[mesh], faces)]
    if "sacrum" in mesh:
        return [("sacrum", faces)]
    largest = max(_connected(world, faces), key=len)
    return [(stem + side, largest)]


def _split_ribcage(world, faces):
    named = []
    rib_parts = {"_r": [], "_l": []}
    for part in _connected(world, faces):
        if len(part) > 15000 or len(part) < 60:
            continue  # decorative parts inside the chest, not anatomy
        if len(part) > 1000:
            middle = np.abs(world[part].mean(axis=1)[:, 0] - _MIDLINE_X_MM) < _STERNUM_HALF_WIDTH_MM
            named += [("sternum", part[middle]), ("costal-cartilage", part[~middle])]
        else:
            rib_parts["_l" if _centre(world, part)[0] > _MIDLINE_X_MM else "_r"].append(part)
    for side, parts in rib_parts.items():
        parts.sort(key=lambda p: -world[p].reshape(-1, 3)[:, 2].max())
        named += [(f"rib{i + 1}{side}", p) for i, p in enumerate(parts)]
    return named


def _numbered(stem, side, world, faces):
    parts = sorted(_connected(world, faces), key=lambda p: -_centre(world, p)[1])
    return [(f"{stem}{i + 1}{side}", p) for i, p in enumerate(parts)]


def _centre(world, part):
    return world[part].reshape(-1, 3).mean(axis=0)


def _connected(world: np.ndarray, faces: np.ndarray) -> list[np.ndarray]:
    """Return the faces of each connected part; vertices at the same place count as one."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    _, same = np.unique(np.round(world, 3), axis=0, return_inverse=True)
    merged = same.ravel()[faces]
    rows, cols = merged[:, :2].ravel(), merged[:, 1:].ravel()
    n = int(same.max()) + 1
    links = coo_matrix((np.ones(len(rows)), (rows, cols)), shape=(n, n))
    count, label = connected_components(links, directed=False)
    of_face = label[merged[:, 0]]
    return [faces[of_face == k] for k in range(count) if (of_face == k).any()]
