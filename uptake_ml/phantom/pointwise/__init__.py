"""A third body, of points on swept curves and curved plates, with a camera of its own."""
