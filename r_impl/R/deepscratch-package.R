#' @title The layers of 'Deep Learning from Scratch' in matrix style
#'
#' @description
#' Neural network layers, losses, optimizers and networks of both volumes of the book, and those of a transformer, as pure
#' functions in base R. Each function reads beside the line of NumPy that does the same, takes its state as an argument and
#' returns the new one, and gives the same numbers.
#'
#' @details
#' **Layers** ([Affine], [Convolution], [Pooling], [BatchNormalization], [Dropout], [Embedding], [LayerNorm], ...) are two
#' functions each. `Affine.forward(W, b, x)` returns a list of `out` and what the way back needs;
#' `Affine.backward(forward, dout)` takes that list and returns the gradients, `dx`, `dW` and `db`.
#'
#' **Layers over time** ([TimeLSTM], [TimeGRU], [TimeAttention], [MultiHeadAttention], ...) do the same at each step of a
#' sequence (N, T, D).
#'
#' **Networks** ([MultiLayerNetExtend], [SimpleConvNet], [CBOW], [Rnnlm], [Seq2seq], [TransformerLM], ...) put layers
#' together, [Trainer.train()] trains them with an optimizer ([SGD], [Momentum], [Adam], [AdamW], ...), and the runs
#' ([DigitsRun.train()], [AdditionSeq2seqRun.train()], ...) say the data, the network and the hyperparameters.
#'
#' **Random numbers**: [np_random_state()] starts NumPy's legacy stream from a seed, bit for bit, so that a run in R and
#' one in Python begin with the same weights and draw the same batches.
#'
#' Letters are the book's: `x`, `W`, `b`, `dout`, `dx`, `dW`, `db`. Indices have NumPy's order, `x[n, c, h, w]`. Labels
#' are data and count from 0, in both languages. No function changes its arguments or the session's random numbers.
#' Arguments that do not fit stop with a sentence, where R would recycle them.
#'
#' @source Goro Saito, *Deep Learning from Scratch*, both volumes, and the documents named on each page.
#' @seealso `vignette("deepscratch")`
#' @keywords internal
"_PACKAGE"
