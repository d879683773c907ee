def output_size(input_size: int, filter_size: int, stride: int = 1, pad: int = 0) -> int:
    """How many places a filter takes along one axis: floor((input_size + 2 pad - filter_size) / stride) + 1.

    Where the steps do not divide what is left, the last pixels are in no window, and the division rounds down.
    Raises ValueError where the filter is larger than the padded input, and for a stride below 1 or a pad below 0.
    Source: the book, first volume, chapter 7, equation 7.1.
    """
    if stride < 1 or pad < 0:
        raise ValueError(f"stride {stride} and pad {pad}: expected a stride of at least 1 and a pad of at least 0")
    if not 1 <= filter_size <= input_size + 2 * pad:
        raise ValueError(f"a filter of {filter_size} does not fit into {input_size} with a pad of {pad}")
    return (input_size + 2 * pad - filter_size) // stride + 1
