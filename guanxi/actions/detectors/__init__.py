"""Detectors compare plan with fact and yield findings. One file a subject."""
