"""Sputnik Moments: the course library that the lessons import."""
