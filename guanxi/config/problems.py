"""What stops a start on purpose: one sentence that says what is wrong and how to mend it."""


class SetupError(Exception):
    """
    A setting, an argument or the machine does not allow to go on.

    The message is one translated sentence for the operator; the command line prints
    it without a traceback and ends with exit code 2.
    """
