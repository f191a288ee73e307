"""The laws of identity, one file a noun: no tables, no clock."""
