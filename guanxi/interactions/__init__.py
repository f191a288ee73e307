"""
Interactions owns every touch on every channel: conversations, messages, calls, queues.

It knows who was in touch and through what, never why. Nothing is open here yet.
"""
