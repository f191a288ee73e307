"""What a file or an option has that a model cannot work with."""


class Unusable(ValueError):
    """
    The file, an option or the data do not allow the model.

    The message is one translated sentence that says what is wrong, where, and what
    mends it; the command line prints it and ends with exit code 2.
    """
