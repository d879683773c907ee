"""How close is close: the tolerance that a case needs, from what an ulp of its inputs moves, and why.

`perturb` moves the inputs, `estimate` sees how far each side's outputs follow, `propose` makes a tolerance of that and
judges the one that there is. `measure` does it for fixtures. How far the two sides are apart is judged by what is
proposed; it never enters it, or a difference would excuse itself.
"""
