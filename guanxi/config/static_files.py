"""The addresses of styles, scripts and pictures, which carry a hash of their content."""

from whitenoise.storage import (
    CompressedManifestStaticFilesStorage,
)


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # -- no stubs
    """Whitenoise's storage; it remembers each address, of which a page has a dozen."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name: str, *args: bool) -> str:
        """Return the address of the file ``name``; it stays while the process lives."""
        address = self._addresses.get(name)
        if address is None:
            address = self._addresses[name] = super().url(name, *args)
        return address
