"""What stands around the loop of `minicnn train`: its settings, its parts, its beginning and its end."""
