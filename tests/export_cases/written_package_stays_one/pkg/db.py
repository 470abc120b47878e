from .names import NAME


def get():
    return NAME
