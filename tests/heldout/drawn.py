def draw_one(rng):
    raise NotImplementedError
