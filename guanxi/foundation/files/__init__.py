"""
Files on records: kept out of the web's reach, checked, and handed out by one door.

A room says at which of its records files may lie (`places.FilePlace`); the rest is here.
"""
