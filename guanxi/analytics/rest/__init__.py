"""The operations of analytics for programs."""
