"""Words and laws of sales; no database here."""
