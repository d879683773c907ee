"""A case followed along a chain: its named stages, its calls, the steps of its trajectory.

`follow` chooses which; `stages` carries each stage out on its own, `calls` reads what was found of each call, `steps`
looks for the step in which two runs part. `handing` makes of what one stage gave what the next one takes.
"""
