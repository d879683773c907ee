"""What the training runs share: the loop of stochastic gradient descent, and the batches that it goes through."""
