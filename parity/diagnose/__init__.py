"""Why two values differ: named hypotheses, tried alone and in pairs.

A hypothesis is an entry in one of the tables `arrangement`, `statistics`, `arithmetic`, `reruns`: a code, what it
tries, what it says and means in English and Korean, and the line that mends it. `search` tries them all and names the
one that fits; `weight` says when a fit is more than chance.
"""

from parity.diagnose.difference import Cause, Diagnosis, Difference, Hypothesis
from parity.diagnose.search import search as diagnose

__all__ = ["Cause", "Diagnosis", "Difference", "Hypothesis", "diagnose"]
