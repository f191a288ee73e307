"""How loyalty plugs in: it has nothing to offer yet."""

from guanxi.foundation.rooms import Room

room = Room()
