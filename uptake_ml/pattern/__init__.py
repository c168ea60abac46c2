"""From named features to a label, how sure it is, and whether the image is one the model knows."""
