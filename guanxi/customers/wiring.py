"""What customers contributes to the house."""

from guanxi.foundation.rooms import Room

room = Room()
