"""
What ties single records to people beyond ownership: shares open them, walls shut them.

A room that wants it for a kind of record declares two tables (`models`) and names them in
the `Ties` of its policy; lists and object checks both take their conditions from
`conditions`, and `explain` tells why somebody may do something, or may not.
"""
