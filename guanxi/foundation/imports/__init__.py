"""
Files on their way into the house: looked at, mapped, tried, taken in, taken back.

A room says what it can take (`kinds.ImportKind`) and how (`kinds.Loader`); everything
else is here. `trial` looks at a file and tells what would happen, `engine` takes it in,
`undo` takes it back; `commands` and `jobs` are how people start these.
"""
