"""Products and orders in bulk, as files bring them: taken in, changed, taken back."""
