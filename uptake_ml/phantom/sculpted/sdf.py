"""Signed distance functions in mm; points are (x, y, z), three broadcastable float32 arrays."""

import numpy as np


def smooth_min(a, b, k):
    """Union of two distances with a fillet of size `k` mm (polynomial)."""
    h = np.clip(0.5 + 0.5 * (b - a) / k, 0.0, 1.0)
    return b + (a - b) * h - k * h * (1.0 - h)


def ellipsoid(p, centre, radii):
    """Approximate distance to an ellipsoid (exact on the surface)."""
    q = [(c - m) / r for c, m, r in zip(p, centre, radii, strict=True)]
    g = [v / r for v, r in zip(q, radii, strict=True)]
    norm = np.sqrt(q[0] ** 2 + q[1] ** 2 + q[2] ** 2)
    grad = np.sqrt(g[0] ** 2 + g[1] ** 2 + g[2] ** 2) + 1e-6
    return norm * (norm - 1.0) / grad


def rounded_box(p, centre, half, radius):
    """Distance to a box of half sizes `half` whose edges are rounded by `radius`."""
    q = [np.abs(c - m) - (h - radius) for c, m, h in zip(p, centre, half, strict=True)]
    out = np.sqrt(sum(np.maximum(v, 0.0) ** 2 for v in q))
    return out + np.minimum(np.maximum(np.maximum(q[0], q[1]), q[2]), 0.0) - radius


def flared(p, a, b, radii, bow=(0.0, 0.0, 0.0)):
    """Distance to a rod a-b whose radius follows `radii` (evenly spaced), and t in 0..1.

    `bow` bends the axis: its middle is moved by that vector (mm).
    """
    a, b = np.asarray(a, np.float32), np.asarray(b, np.float32)
    v = b - a
    rel = [c - m for c, m in zip(p, a, strict=True)]
    t = (rel[0] * v[0] + rel[1] * v[1] + rel[2] * v[2]) / float(v @ v)
    t = np.clip(t, 0.0, 1.0)
    bend = np.float32(4.0) * t * (1.0 - t)
    d2 = sum((r - t * n - bend * w) ** 2 for r, n, w in zip(rel, v, bow, strict=True))
    r = np.interp(t, np.linspace(0.0, 1.0, len(radii)), radii).astype(np.float32)
    return np.sqrt(d2) - r, t


def polygon(u, v, points):
    """Signed distance in a plane to the closed polygon `points` (n, 2); negative inside."""
    points = np.asarray(points, np.float32)
    best = np.full(np.broadcast(u, v).shape, 1e9, np.float32)
    inside = np.zeros(best.shape, bool)
    for (ax, ay), (bx, by) in zip(points, np.roll(points, -1, axis=0), strict=True):
        ex, ey = bx - ax, by - ay
        wx, wy = u - ax, v - ay
        t = np.clip((wx * ex + wy * ey) / (ex * ex + ey * ey + 1e-6), 0.0, 1.0)
        best = np.minimum(best, (wx - t * ex) ** 2 + (wy - t * ey) ** 2)
        if ey != 0.0:
            inside ^= ((ay > v) != (by > v)) & (wx < ex * wy / ey)
    return np.sqrt(best) * np.where(inside, -1.0, 1.0).astype(np.float32)


def plate(p, origin, along, outline, half_mm, bulge=0.0, lean=0.0):
    """Extruded outline: (distance, distance to the outline's rim).

    The plate stands on `along` (unit vector in x, y) and z; outline in (u, z) mm; `bulge` bends it
    across its plane; `lean` moves it across with height (mm per mm).
    """
    x, y, z = p[0] - origin[0], p[1] - origin[1], p[2] - origin[2]
    u = x * along[0] + y * along[1]
    n = -x * along[1] + y * along[0]
    outline = np.asarray(outline, float)
    span = outline[:, 0].max() - outline[:, 0].min()
    middle = outline[:, 0].mean()
    n = n - bulge * (1.0 - ((u - middle) / (0.6 * span)) ** 2) - lean * z
    rim = polygon(u, z, outline)
    return np.maximum(rim, np.abs(n) - half_mm), rim


def half_shell(p, centre, radius, thickness, opening):
    """Shell of a sphere cut away on the side to which the unit vector `opening` points."""
    rel = [c - m for c, m in zip(p, centre, strict=True)]
    r = np.sqrt(rel[0] ** 2 + rel[1] ** 2 + rel[2] ** 2)
    cut = sum(c * o for c, o in zip(rel, opening, strict=True)) - 0.35 * radius
    return np.maximum(np.abs(r - radius) - 0.5 * thickness, cut)
