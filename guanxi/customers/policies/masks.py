"""What is left legible of covered values."""


def mask_wechat(value: str) -> str:
    """Return the id with only its first letter legible."""
    return f"{value[:1]}***"


def mask_birth(value: str) -> str:
    """Return an ISO date with only its year legible."""
    return f"{value[:4]}-**-**"


def mask_address(_value: str) -> str:
    """Return a covered street."""
    return "***"


def mask_custom(_value: str) -> str:
    """Return a covered value of a field that the house added."""
    return "***"
