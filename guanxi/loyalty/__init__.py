"""
Loyalty owns points and satisfaction: programs, rewards, surveys and recovery.

It reacts to paid orders and closed cases. Nothing is open here yet.
"""
