import math


def cosine_schedule(step: int, steps: int, lr: float, lr_min: float = 0.0, warmup: int = 0) -> float:
    """The learning rate of a step: up in a line for `warmup` steps, then down by half a cosine to lr_min.

    lr (step + 1) / warmup before;   lr_min + (lr - lr_min) (1 + cos(pi p)) / 2 after, with
    p = (step - warmup) / (steps - warmup); lr_min from `steps` on. Steps count from 0.
    Source: Loshchilov and Hutter (2017), SGDR, section 3, without restarts.
    """
    if step < warmup:
        return lr * (step + 1) / warmup
    part = min((step - warmup) / (steps - warmup), 1.0)
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * part)) / 2
